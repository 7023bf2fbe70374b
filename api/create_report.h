// POST /v1/reports: the holder makes a share report. A wrong proof gets what POST /v1/verifications
// answers to it, whatever is wrong.
#pragma once

#include <optional>
#include <string_view>

#include "api/endpoint.h"
#include "api/verify_certificate.h"
#include "domain/report_code.h"
#include "domain/share_report.h"

namespace chayan::api {

struct ReportOrder {
  VerifyCertificate::Input proof;
  int valid_days = 0;
  ReportFields shows;

  // Errors name a member of the body, or "body", and repeat nothing of it. In a form each thing to
  // show is the value of a field of its own, whose name begins with "show_".
  static Result<ReportOrder> parse(std::string_view json_body);
  static Result<ReportOrder> parse_form(std::string_view body);
};

struct MadeReport {
  ReportCode code;
  ShareReport report;
};

struct ReportCreation {
  std::optional<guard::Refusal> refusal;  // a limit's
  std::optional<MadeReport> made;         // neither of both: the proof is wrong
};
Result<ReportCreation> create_report(const Call& call, const ReportOrder& order);

Result<void> answer_report_creation(const Call& call, http::Response& response);

}  // namespace chayan::api
