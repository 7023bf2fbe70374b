#include "api/report_page.h"

#include <utility>

#include "api/page.h"
#include "api/page_words.h"
#include "api/qr_code.h"
#include "api/share_reports.h"
#include "api/times.h"
#include "api/verification_page.h"
#include "base/text.h"

namespace chayan::api {
namespace {

Message type_name(DocumentType type) {
  switch (type) {
    case DocumentType::resident_id:
    case DocumentType::resident_id_15:
      return {"Resident identity card", "居民身份证"};
    case DocumentType::passport:
      return {"Passport", "护照"};
    case DocumentType::residence_permit:
      return {"Residence permit for Hong Kong, Macao and Taiwan residents", "港澳台居民居住证"};
    case DocumentType::permanent_residence:
      return {"Foreign permanent resident identity card", "外国人永久居留身份证"};
    case DocumentType::other:
      break;
  }
  return {"Another document", "其他证件"};
}

// The rows of the page, in the order of the report's fields.
class Rows {
 public:
  explicit Rows(const OpenReport& report) : report_(report) {}

  // What is recorded, in the one language that it is recorded in.
  void add(ReportField field, const char* zh, const char* en, const std::string& value) {
    add(field, zh, en, Message{{}, value});
  }
  void add(ReportField field, const char* zh, const char* en, const Message& value) {
    if (!report_.shows(field)) return;
    PageData row;
    row.set("zh", zh);
    row.set("en", en);
    row.set("value", value.zh);
    set_optional(row, "value_en", value.en);
    rows_.push_back(row);
  }

  PageData take() { return std::move(rows_); }

 private:
  const OpenReport& report_;
  PageData rows_{PageData::type::list};
};

std::string occupation_text(const CertificateFacts& facts) {
  if (facts.work_type.empty()) return facts.occupation_name;
  return facts.occupation_name + "（" + facts.work_type + "）";
}

std::string issuer_text(const OpenReport& report) {
  const std::string code(report.match.certificate.facts.issuer.text());
  const auto& issuer = report.match.decision.institution;
  return issuer ? issuer->institution.name + "（" + code + "）" : code;
}

std::string basis_text(const OpenReport& report) {
  const CatalogItem* item = basis_of(report.match);
  return item == nullptr ? "—" : item->certificate + "，" + item->document;
}

Message history_text(const Certificate& certificate) {
  Message text;
  for (const CertificateStatusChange& change : certificate.history) {
    const Message name = status_name(code(change.kind));
    text.zh += (text.zh.empty() ? "" : "；") + change.on.text() + " " + name.zh;
    text.en += (text.en.empty() ? "" : "; ") + change.on.text() + " " + name.en;
  }
  return text;
}

PageData rows_of(const OpenReport& report) {
  using F = ReportField;
  const Certificate& certificate = report.match.certificate;
  const CertificateSecrets& secrets = certificate.secrets;
  const CertificateFacts& facts = certificate.facts;
  const bool entitled = report.match.decision.entitlement.holds();
  Rows rows(report);
  rows.add(F::holder_name, "持证人", "Holder", secrets.holder_name);
  rows.add(F::holder_name_masked, "持证人", "Holder", mask_name(secrets.holder_name));
  rows.add(F::document_type, "证件类型", "Document", type_name(secrets.document.type));
  rows.add(F::document_last_four, "证件号码", "Document number",
           mask_code(secrets.document.number));
  rows.add(F::certificate_number, "证书编号", "Certificate number", secrets.number);
  rows.add(F::certificate_number_masked, "证书编号", "Certificate number",
           mask_code(secrets.number));
  rows.add(F::occupation, "职业（工种）", "Occupation", occupation_text(facts));
  rows.add(F::level, "等级", "Level", level_name(facts.level));
  rows.add(F::issuer, "发证机构", "Issuer", issuer_text(report));
  rows.add(F::issued_on, "发证日期", "Issued on", facts.issued_on.text());
  rows.add(F::basis, "比照认定依据", "Basis", basis_text(report));
  rows.add(F::issuer_authorized, "发证日有评价资格", "Issuer was entitled",
           entitled ? Message{"Yes", "是"} : Message{"No", "否"});
  rows.add(F::original_certificate, "原证书编号", "Original certificate",
           secrets.original_certificate.empty() ? "—" : secrets.original_certificate);
  rows.add(F::status_history, "状态记录", "History", history_text(certificate));
  return rows.take();
}

}  // namespace

Result<void> answer_report_page(const Call& call, http::Response& response) {
  const auto opened = open_report(call, response);
  if (!opened) return opened.error();
  if (!*opened) return {};
  const OpenReport& report = **opened;
  const ReportCode report_code = *report_code_of(call);
  const std::string_view status = report.match.certificate.status();
  const auto url = report_url(call, report_code);
  PageData data = page_data(Section::check, {"Shared certificate report", "证书分享报告"});
  data.set("noindex", true);
  set_message(data, "status", status_name(status));
  data.set("standing", status != "revoked" && status != "cancelled");
  data.set("rows", rows_of(report));
  data.set("expires", shanghai_time(report.found.report.expires));
  data.set("seen", shanghai_time(now(call)));
  data.set("code", std::string(report_code.text()));
  data.set("grouped", report_code.grouped());
  data.set("has_url", url.has_value());
  if (url) data.set("url", *url);
  render_page(call, "report.html", data, response);
  set_report_headers(response);
  return {};
}

Result<void> answer_report_qr(const Call& call, http::Response& response) {
  if (auto kept = require_reports(call); !kept) return kept;
  const auto code = report_code_of(call);
  if (!code) return code.error();
  if (!may_look_up_code(call, response)) return {};
  if (const auto report = find_open_report(call, *code); !report) return report.error();
  const auto url = report_url(call, *code);
  if (!url) {
    return Error{ErrorCode::unavailable,
                 {},
                 {"This service does not know where the public finds it; its operator sets "
                  "--public-url.",
                  "此服务未设置对外网址，请由运维人员以 --public-url 设置。"}};
  }
  auto svg = qr_svg(*url);
  if (!svg) return svg.error();
  response.body = std::move(*svg);
  set_report_headers(response);
  return {};
}

}  // namespace chayan::api
