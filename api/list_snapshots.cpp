#include "api/list_snapshots.h"

#include "api/environment.h"
#include "index/snapshot_file.h"

namespace chayan::api {

Result<void> answer_snapshots(const Call& call, http::Response& response) {
  const auto snapshots = call.environment.snapshots.list();
  if (!snapshots) return snapshots.error();
  JsonWriter json(response.body);
  json.begin_object().key("items").begin_array();
  for (const index::Snapshot& snapshot : *snapshots) {
    json.begin_object().member("file", snapshot.file());
    json.member("size", static_cast<std::int64_t>(snapshot.size));
    json.member("after", static_cast<std::int64_t>(snapshot.size) - 1);
    json.member("root", to_hex(view(snapshot.root))).member("checkpoint", snapshot.checkpoint);
    json.member("bytes", static_cast<std::int64_t>(snapshot.bytes));
    json.member("sha256", to_hex(view(snapshot.sha256)));
    json.member("created", snapshot.created).end_object();
  }
  json.end_array().key("next_cursor").null().end_object();
  return {};
}

}  // namespace chayan::api
