#include "api/show_report.h"

#include "api/json_forms.h"
#include "api/share_reports.h"
#include "base/text.h"

namespace chayan::api {
namespace {

void write_facts(JsonWriter& json, const OpenReport& report) {
  const CertificateFacts& facts = report.match.certificate.facts;
  if (report.shows(ReportField::occupation)) {
    json.key("occupation").begin_object().member("code", facts.occupation.text());
    json.member("name", facts.occupation_name).optional_member("work_type", facts.work_type);
    json.end_object();
  }
  if (report.shows(ReportField::level)) {
    json.member("level", code(facts.level)).member("level_name", name_zh(facts.level));
  }
  if (report.shows(ReportField::issuer)) {
    json.key("issuer").begin_object().member("credit_code", facts.issuer.text());
    const auto& issuer = report.match.decision.institution;
    if (issuer) json.member("name", issuer->institution.name);
    json.end_object();
  }
  if (report.shows(ReportField::issued_on)) json.member("issued_on", facts.issued_on.text());
}

void write_secrets(JsonWriter& json, const OpenReport& report) {
  const CertificateSecrets& secrets = report.match.certificate.secrets;
  const auto show = [&](ReportField field, std::string_view value) {
    if (report.shows(field)) json.member(code(field), value);
  };
  show(ReportField::holder_name, secrets.holder_name);
  show(ReportField::holder_name_masked, mask_name(secrets.holder_name));
  show(ReportField::certificate_number, secrets.number);
  show(ReportField::certificate_number_masked, mask_code(secrets.number));
  show(ReportField::document_type, code(secrets.document.type));
  show(ReportField::document_last_four, mask_code(secrets.document.number));
  if (report.shows(ReportField::original_certificate)) {
    nullable_member(json, code(ReportField::original_certificate), secrets.original_certificate);
  }
}

}  // namespace

Result<void> answer_report(const Call& call, http::Response& response) {
  const auto opened = open_report(call, response);
  if (!opened) return opened.error();
  if (!*opened) return {};
  const OpenReport& report = **opened;
  set_report_headers(response);
  JsonWriter json(response.body);
  json.begin_object().member("status", report.match.certificate.status());
  write_secrets(json, report);
  write_facts(json, report);
  if (report.shows(ReportField::basis)) write_basis(json, report.match);
  if (report.shows(ReportField::issuer_authorized)) {
    json.key("issuer_authorized").boolean(report.match.decision.entitlement.holds());
  }
  if (report.shows(ReportField::status_history)) {
    write_status_history(json, report.match.certificate);
  }
  write_report_terms(json, report.found.report);
  json.end_object();
  return {};
}

}  // namespace chayan::api
