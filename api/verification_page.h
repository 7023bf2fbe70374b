// POST /verify: the form of the first page, answered as a page by the same handle() as
// /v1/verifications. Number and name travel in the body and stand in no address.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_verification_page(const Call& call, http::Response& response);

}  // namespace chayan::api
