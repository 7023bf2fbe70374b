// What the holder does with a report that was made: POST /v1/reports/{code}/extend, /revoke and
// /accesses. Each body holds the holder's proof again (holder_proof.h), for the code alone is the
// bearer's; who made the report loses no right with a lost secret. A wrong proof, a code of another
// certificate and a code that never was get the same 404.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

// Valid for `valid_days` from now on, where that is longer. Error conflict: it is not active.
Result<void> answer_report_extension(const Call& call, http::Response& response);
// Ends it; once ended it stays so.
Result<void> answer_report_revocation(const Call& call, http::Response& response);
Result<void> answer_report_accesses(const Call& call, http::Response& response);

}  // namespace chayan::api
