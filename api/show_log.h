// The transparency log as C2SP tlog-tiles serves it: public entries only, so it can stand open to
// the world, and whoever reads it needs nothing else of ours.
//
//   GET /checkpoint                       the newest published checkpoint, a signed note
//   GET /tile/{level}/{tile...}           hashes: "000", "x001/234", "000.p/112" where partial
//   GET /tile/entries/{tile...}           256 entries, each behind its length in two bytes
//   GET /v1/log                           name, size and verifier keys, as JSON
//
// Tiles reach as far as the published checkpoint and no further. A partial tile stays available
// when it has been filled: whoever holds an older checkpoint can finish what was begun.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_checkpoint(const Call& call, http::Response& response);
Result<void> answer_tile(const Call& call, http::Response& response);
Result<void> answer_entries(const Call& call, http::Response& response);
Result<void> answer_log(const Call& call, http::Response& response);

// The published checkpoint, or the error unavailable: a mirror that has not caught up yet, a store
// that cannot vouch for its log.
Result<std::shared_ptr<const index::Published>> require_published(const Call& call);

}  // namespace chayan::api
