// GET /v1/reports/{code}: what the holder chose to show to the bearer of the code, as it stands
// now, and the status, which is always shown.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_report(const Call& call, http::Response& response);

}  // namespace chayan::api
