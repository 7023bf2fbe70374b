// What the endpoints of share reports have in common. A report is the store's own and nowhere in
// the log, so a mirror or a read-only store has none and says so (503) before it looks at anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/endpoint.h"
#include "api/verify_certificate.h"
#include "base/result.h"
#include "domain/report_code.h"
#include "domain/share_report.h"
#include "index/reports.h"

namespace chayan::api {

// Error unavailable where reports cannot be kept.
Result<void> require_reports(const Call& call);

// Whether this caller may look a code up now; if not, `response` is the refusal. What limits who
// guesses codes comes in here and nowhere else; guesses of a proof are prove_holder's.
bool may_look_up_code(const Call& call, http::Response& response);

// The code of the path. Error invalid_argument: it has a typing error, which is no secret.
Result<ReportCode> report_code_of(const Call& call);

// The same for a code that never was, that has ended, that expired, and whose certificate was
// erased.
Error no_such_report();

Seconds now(const Call& call);

// A report as its bearer may see it now, with the certificate as it stands now.
struct OpenReport {
  index::FoundReport found;
  VerifyCertificate::Match match;

  bool shows(ReportField field) const { return found.report.shows.has(field); }
};
// Error not_found: no_such_report(). Does not record that it was opened.
Result<OpenReport> find_open_report(const Call& call, const ReportCode& code);
// The same for the code of the path, recorded in the report's accesses, where the request is a GET:
// a HEAD shows nothing. nullopt: `response` is the refusal.
Result<std::optional<OpenReport>> open_report(const Call& call, http::Response& response);

// Where the page of a report is: "https://…/r/CODE"; nullopt: it is not known where this service is
// found.
std::optional<std::string> report_url(const Call& call, const ReportCode& code);

// "shows", "created_at" and "expires_at".
void write_report_terms(JsonWriter& json, const ShareReport& report);

// Who must not be told the code by a referrer, and who must not list the page.
void set_report_headers(http::Response& response);

}  // namespace chayan::api
