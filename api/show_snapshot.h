// GET /v1/snapshots/{file}: a snapshot file, or a part of it (RFC 9110 section 14): a download that
// was cut goes on with Range and If-Range. The address names the content, its strong ETag is the
// file's SHA-256, and Repr-Digest (RFC 9530) says the same to whoever wants to check.
// GET /v1/snapshots/latest leads to the newest.
//
// Only what /v1/snapshots lists is opened, by the name it has there: no byte of the request becomes
// part of a path.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_snapshot(const Call& call, http::Response& response);
Result<void> answer_latest_snapshot(const Call& call, http::Response& response);

}  // namespace chayan::api
