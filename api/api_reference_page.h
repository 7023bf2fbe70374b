// GET /data/api: what the route table and the schemas say, as a page: the same that /openapi.json
// is written from. Its script makes requests that can be tried.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_api_reference_page(const Call& call, http::Response& response);

}  // namespace chayan::api
