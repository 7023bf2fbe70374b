// GET /institutions/{credit_code}: one institution as a page: its scope, how to reach it, its
// filings over time, and where they stood on a day (`on`).
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_institution_page(const Call& call, http::Response& response);

}  // namespace chayan::api
