// GET /v1/changes: the change feed (trust.md, "Sync"; log/feed.h has its lines). Entries from behind
// `after` on, in order, then the checkpoint that covers them. `after` is the last seq that the
// reader has; nothing expires, and one beyond the end is refused (416). With `wait` an answer
// without entries is held back until there are some, or that many seconds have passed.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_changes(const Call& call, http::Response& response);

}  // namespace chayan::api
