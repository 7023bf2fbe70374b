// POST /v1/reports: the holder makes a share report. A wrong proof gets what POST /v1/verifications
// answers to it, whatever is wrong.
#pragma once

#include <string_view>

#include "api/endpoint.h"
#include "api/verify_certificate.h"
#include "domain/share_report.h"

namespace chayan::api {

struct ReportOrder {
  VerifyCertificate::Input proof;
  int valid_days = 0;
  ReportFields shows;

  // Errors name a member of the body, or "body", and repeat nothing of it.
  static Result<ReportOrder> parse(std::string_view json_body);
};

Result<void> answer_report_creation(const Call& call, http::Response& response);

}  // namespace chayan::api
