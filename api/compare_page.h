// GET /compare: two or three institutions side by side on a day: who they are, and what each may
// assess of all that any of them ever filed for.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_compare_page(const Call& call, http::Response& response);

}  // namespace chayan::api
