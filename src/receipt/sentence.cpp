#include "receipt/sentence.h"

#include <string>
#include <string_view>

namespace chayan::receipt {
namespace {

struct Said {
  std::string_view en;
  std::string_view zh;
};

Said said(CertificateEventKind kind) {
  switch (kind) {
    case CertificateEventKind::issued:
      return {"issued", "核发"};
    case CertificateEventKind::corrected:
      return {"corrected", "更正"};
    case CertificateEventKind::reissued:
      return {"reissued", "补证"};
    case CertificateEventKind::revoked:
      return {"revoked", "撤销"};
    case CertificateEventKind::cancelled:
      return {"cancelled", "注销"};
    case CertificateEventKind::erased:
      break;
  }
  return {"erased", "删除"};
}

std::string occupation(const CertificateFacts& facts) {
  std::string text = facts.occupation_name;
  if (!facts.work_type.empty()) text += "（" + facts.work_type + "）";
  return text;
}

std::string sentence_en(const Proven& proven) {
  const Certificate& certificate = proven.certificate;
  const CertificateFacts& facts = certificate.facts;
  std::string text = "Proven by " + proven.checkpoint.origin + " (its first " +
                     std::to_string(proven.checkpoint.size) + " entries): certificate " +
                     certificate.secrets.number;
  if (!certificate.secrets.holder_name.empty()) text += " of " + certificate.secrets.holder_name;
  if (!certificate.secrets.document.number.empty()) {
    text += ", document " + certificate.secrets.document.number;
  }
  text += ", " + occupation(facts) + " " + std::string(name_zh(facts.level));
  text += ", issuer " + std::string(facts.issuer.text()) + ":";
  for (const CertificateStatusChange& change : certificate.history) {
    text += &change == &certificate.history.front() ? " " : ", ";
    text.append(said(change.kind).en).append(" on ").append(change.on.text());
  }
  return text + ".";
}

std::string sentence_zh(const Proven& proven) {
  const Certificate& certificate = proven.certificate;
  const CertificateFacts& facts = certificate.facts;
  std::string text = "经 " + proven.checkpoint.origin + " 日志（前 " +
                     std::to_string(proven.checkpoint.size) + " 条）证明：证书 " +
                     certificate.secrets.number;
  if (!certificate.secrets.holder_name.empty())
    text += "，持证人" + certificate.secrets.holder_name;
  if (!certificate.secrets.document.number.empty()) {
    text += "，证件号码 " + certificate.secrets.document.number;
  }
  text += "，" + occupation(facts) + " " + std::string(name_zh(facts.level));
  text += "，发证机构 " + std::string(facts.issuer.text()) + "：";
  for (const CertificateStatusChange& change : certificate.history) {
    text += &change == &certificate.history.front() ? "" : "，";
    text.append(change.on.text()).append(" ").append(said(change.kind).zh);
  }
  return text + "。";
}

}  // namespace

Message sentence(const Proven& proven) {
  return {sentence_en(proven), sentence_zh(proven)};
}

Message caution() {
  return {
      "A receipt does not prove that nothing came later or was left out: how the certificate "
      "stands now, the registry says. Nothing else that the file says is proven, such as the "
      "issuer's name and whether it was entitled.",
      "凭据不能证明此后没有变更，也不能证明没有略去后来的记录；证书现状请向登记方查验。"
      "文件中的其他内容（如发证机构的名称、是否有权发证）未经证明。"};
}

}  // namespace chayan::receipt
