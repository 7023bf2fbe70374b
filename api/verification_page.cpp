#include "api/verification_page.h"

#include "api/guarded.h"
#include "api/page.h"
#include "api/verify_certificate.h"
#include "base/text.h"
#include "http/query.h"

namespace chayan::api {
namespace {

struct Names {
  std::string_view code;
  std::string_view zh;
  std::string_view en;
};

constexpr Names kStatuses[] = {
    {"valid", "有效", "Valid"},           {"issued", "核发", "Issued"},
    {"corrected", "已更正", "Corrected"}, {"reissued", "已补证", "Reissued"},
    {"revoked", "已撤销", "Revoked"},     {"cancelled", "已注销", "Cancelled"}};

Result<VerifyCertificate::Input> parse(std::string_view body) {
  const auto form = http::parse_form(body);
  if (!form) {
    return invalid("body", "The form could not be read; fill it in again.",
                   "无法读取表单，请重新填写。");
  }
  std::optional<std::string_view> number, name, document;
  for (const http::QueryParameter& parameter : *form) {
    if (trim(parameter.value).empty()) continue;
    if (parameter.name == "certificate_number") {
      number = parameter.value;
    } else if (parameter.name == "holder_name") {
      name = parameter.value;
    } else if (parameter.name == "document_number") {
      document = parameter.value;
    } else {
      return invalid("body", "The form has a field that this page does not know.",
                     "表单中有本页面不认识的项目。");
    }
  }
  return VerifyCertificate::read(number, name, document);
}

PageData history_data(const Certificate& certificate) {
  PageData history(PageData::type::list);
  for (const CertificateStatusChange& change : certificate.history) {
    PageData row;
    set_message(row, "status", status_name(code(change.kind)));
    row.set("on", change.on.text());
    history.push_back(row);
  }
  return history;
}

PageData match_data(const VerifyCertificate::Match& match) {
  const Certificate& certificate = match.certificate;
  const CertificateFacts& facts = certificate.facts;
  const Entitlement& entitlement = match.decision->entitlement;
  PageData data;
  set_message(data, "status", status_name(certificate.status()));
  data.set("standing", certificate.status() != "revoked" && certificate.status() != "cancelled");
  data.set("holder", mask_name(certificate.secrets.holder_name));
  data.set("occupation", facts.occupation_name);
  data.set("has_work_type", !facts.work_type.empty());
  data.set("work_type", facts.work_type);
  data.set("level", std::string(name_zh(facts.level)));
  data.set("issued_on", facts.issued_on.text());
  const auto& issuer = match.decision->institution;
  data.set("issuer", issuer ? issuer->institution.name : std::string(facts.issuer.text()));
  data.set("issuer_code", std::string(facts.issuer.text()));
  data.set("authorized", entitlement.holds());
  set_message(data, "why", sentence(entitlement.reason));
  const CatalogItem* basis = basis_of(match);
  data.set("has_basis", basis != nullptr);
  if (basis != nullptr) {
    data.set("basis", basis->certificate);
    data.set("basis_document", basis->document);
  }
  data.set("history", history_data(certificate));
  return data;
}

}  // namespace

Message status_name(std::string_view status) {
  for (const Names& names : kStatuses) {
    if (names.code == status) return {std::string(names.en), std::string(names.zh)};
  }
  return {std::string(status), std::string(status)};
}

Result<void> answer_verification_page(const Call& call, http::Response& response) {
  const auto input = parse(call.request.body);
  if (!input) return input.error();
  const index::Reader reader = reader_of(call);
  if (auto held = require_records(reader); !held) return held;
  const auto answer = verify_guarded(call, reader, *input);
  if (!answer) return answer.error();
  if (answer->refusal) {
    write_refusal_page(call, *answer->refusal, response);
    return {};
  }

  const VerifyCertificate::Output& output = answer->output;
  PageData data = page_data(Section::check, output ? Message{"Match", "信息相符"}
                                                   : Message{"No match", "未找到相符的证书"});
  if (output) {
    data.set("match", match_data(*output));
  } else {
    PageData help(PageData::type::list);
    for (const Message& message : no_match_help(*input)) {
      PageData line;
      line.set("zh", message.zh);
      line.set("en", message.en);
      help.push_back(line);
    }
    data.set("help", help);
  }
  data.set("no_match", !output);
  render_page(call, "verification.html", data, response);
  return {};
}

}  // namespace chayan::api
