// GET /institutions: the list of /v1/institutions as a page, by the same parse and handle. What is
// asked stands in the address and nothing of the reader does; a fault of the form is shown in it.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_institutions_page(const Call& call, http::Response& response);

}  // namespace chayan::api
