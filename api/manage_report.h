// What the holder does with reports that were made. Each body holds the holder's proof again
// (holder_proof.h), for the code alone is the bearer's; who made a report loses no right with a lost
// secret.
//
// With one: POST /v1/reports/{code}/extend, /revoke and /accesses. A wrong proof, a code of another
// certificate and a code that never was get the same 404.
//
// With all of a certificate, for which no code is needed: POST /v1/reports/list and /revoke. Whoever
// knows a holder's papers can make reports that the holder never saw, and so many that he can make
// none; here he sees that there are any, and ends them. A wrong proof gets what a verification that
// did not match gets.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "api/endpoint.h"
#include "domain/share_report.h"

namespace chayan::api {

// What is done to a report by whoever has proven to be the holder.
using ReportEdit = std::function<Result<void>(ShareReport&)>;
// Valid for that many days from now on, where that is longer. Error conflict: it is not active.
ReportEdit extension(Seconds now, int valid_days);
// Ends it; once ended it stays so.
ReportEdit ending(Seconds now);

// The report as `edit` leaves it, durably.
Result<ShareReport> edit_report(const Call& call, const ShareReport& own, const ReportEdit& edit);
// Ends those of a certificate that are active; gives all, in the order they were made.
Result<std::vector<ShareReport>> end_reports(const Call& call, std::uint64_t issued_seq);

Result<void> answer_report_extension(const Call& call, http::Response& response);
Result<void> answer_report_revocation(const Call& call, http::Response& response);
Result<void> answer_report_accesses(const Call& call, http::Response& response);

// Newest first.
Result<void> answer_own_reports(const Call& call, http::Response& response);
// Ends those that are active, and shows all.
Result<void> answer_own_reports_revocation(const Call& call, http::Response& response);

}  // namespace chayan::api
