#include "api/show_snapshot.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "api/environment.h"
#include "api/field_value.h"
#include "api/problem.h"
#include "api/representation.h"
#include "http/file_source.h"
#include "http/range.h"
#include "index/snapshot_file.h"

namespace chayan::api {
namespace {

Error no_such_snapshot() {
  return {ErrorCode::not_found,
          "file",
          {"There is no such snapshot; /v1/snapshots lists those there are.",
           "没有这个快照，现有快照见 /v1/snapshots。"}};
}

// Of a GET alone (RFC 9110 section 14.2). If-Range stands in front of Range: only of the very bytes
// that were begun is a part of use. Of dates we send none, so none can be the right one.
http::Range asked_for(const http::Request& request, const std::string& etag, std::uint64_t bytes) {
  const std::string_view condition = without_ows(request.field("If-Range"));
  const bool stands =
      request.method == http::Method::get && (condition.empty() || condition == etag);
  return http::parse_range(stands ? request.field("Range") : std::string_view(), bytes);
}

void describe(const index::Snapshot& snapshot, const std::string& etag, http::Response& response) {
  response.set("ETag", etag);
  response.set("Accept-Ranges", "bytes");
  response.set("Repr-Digest", "sha-256=:" + to_base64(view(snapshot.sha256)) + ':');
  response.set("Content-Disposition", "attachment; filename=\"" + snapshot.file() + '"');
}

void refuse_range(const Call& call, const index::Snapshot& snapshot, const http::Range& range,
                  http::Response& response) {
  const Error error{ErrorCode::out_of_range,
                    {},
                    {"The file has " + std::to_string(snapshot.bytes) + " bytes.",
                     "该文件共 " + std::to_string(snapshot.bytes) + " 字节。"}};
  write_problem(problem_of(error), call.language, response);
  response.set("Content-Range", http::content_range(range, snapshot.bytes));
}

Result<void> send(const Call& call, const index::Snapshot& snapshot, http::Response& response) {
  // It may have been removed since it was listed.
  OpenFile file(index::snapshot_folder(call.environment.services.store) + '/' + snapshot.file(),
                O_RDONLY);
  if (!file.is_open()) return no_such_snapshot();
  const std::string etag = '"' + to_hex(view(snapshot.sha256)) + '"';
  const http::Range range = asked_for(call.request, etag, snapshot.bytes);
  const bool is_known = names_etag(call.request.field("If-None-Match"), etag);
  if (!is_known && range.kind == http::Range::Kind::unsatisfiable) {
    refuse_range(call, snapshot, range, response);
    return {};
  }
  describe(snapshot, etag, response);
  if (is_known) {
    response.status = 304;
    response.content_type = {};
    return {};
  }
  if (range.kind == http::Range::Kind::part) {
    response.status = 206;
    response.set("Content-Range", http::content_range(range, snapshot.bytes));
  }
  response.source = std::make_unique<http::FileSource>(std::move(file), range.offset, range.length);
  response.source_bytes = range.length;
  return {};
}

}  // namespace

Result<void> answer_snapshot(const Call& call, http::Response& response) {
  const auto snapshots = call.environment.snapshots.list();
  if (!snapshots) return snapshots.error();
  const auto asked = std::find_if(
      snapshots->begin(), snapshots->end(),
      [&](const index::Snapshot& snapshot) { return snapshot.file() == call.path.decoded[0]; });
  if (asked == snapshots->end()) return no_such_snapshot();
  return send(call, *asked, response);
}

Result<void> answer_latest_snapshot(const Call& call, http::Response& response) {
  const auto snapshots = call.environment.snapshots.list();
  if (!snapshots) return snapshots.error();
  if (snapshots->empty()) return no_such_snapshot();
  response.set("Location", "/v1/snapshots/" + snapshots->front().file());
  return {};
}

}  // namespace chayan::api
