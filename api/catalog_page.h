// GET /catalog: the equivalences of /v1/catalog as a table to browse and print, led by the
// certificates or (by=occupation) by what they lead to.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_catalog_page(const Call& call, http::Response& response);

}  // namespace chayan::api
