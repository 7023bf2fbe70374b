// POST /verify: the form of the first page, answered as a page by the same handle() as
// /v1/verifications. Number and name travel in the body and stand in no address.
#pragma once

#include <string>
#include <string_view>

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_verification_page(const Call& call, http::Response& response);

// {"Revoked", "已撤销"}, of a certificate's status or of a change of it.
Message status_name(std::string_view status);

}  // namespace chayan::api
