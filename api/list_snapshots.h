// GET /v1/snapshots: the snapshots that there are, newest first, each with its checkpoint and the
// `after` from which /v1/changes goes on. index/snapshot_file.h says what a file holds.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_snapshots(const Call& call, http::Response& response);

}  // namespace chayan::api
