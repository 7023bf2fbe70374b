// Share reports for their holders, as pages: what the JSON endpoints of create_report.h and
// manage_report.h do, by the same functions, within the same limits and on the same record.
//
//   GET  /reports          the form that makes one          POST /reports/new
//   GET  /reports/own      the form that shows all          POST /reports/list
//   and from the list, each with the proof again            POST /reports/extend, /end, /end-all
//
// There is no session: the proof travels in hidden fields of the list, which nobody may keep
// (no-store), and is proven anew with every deed. A report is named there by the MAC of its code,
// for the code itself is nowhere. A wrong proof gets what a verification that did not match gets; a
// form that cannot be read comes back without what was typed.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_reports_page(const Call& call, http::Response& response);
Result<void> answer_own_reports_form(const Call& call, http::Response& response);

Result<void> answer_made_report_page(const Call& call, http::Response& response);
Result<void> answer_own_reports_page(const Call& call, http::Response& response);
Result<void> answer_extended_report_page(const Call& call, http::Response& response);
Result<void> answer_ended_report_page(const Call& call, http::Response& response);
Result<void> answer_ended_reports_page(const Call& call, http::Response& response);

}  // namespace chayan::api
