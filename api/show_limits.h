// GET /v1/limits: the bounds of base/limits.h that a client can meet, and each route's own.
#pragma once

#include <span>
#include <string>

#include "api/endpoint.h"
#include "api/route.h"

namespace chayan::api {

// The document; it never changes while the process runs.
// `guard` null: no limit on who asks how often.
std::string limits_document(std::span<const Route> routes, const guard::Guard* guard);

Result<void> answer_limits(const Call& call, http::Response& response);

}  // namespace chayan::api
