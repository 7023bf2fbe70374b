#include "api/record_batch.h"

#include <vector>

#include "api/environment.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "crypto/digest.h"

namespace chayan::api {
namespace {

struct RefusedLine {
  std::uint64_t line = 0;  // 1-based
  Error error;
};

struct Lines {
  index::Batch batch;
  std::vector<std::uint64_t> line_of_change;
  std::vector<RefusedLine> refused;
};

Result<std::string> read_key(const http::Request& request) {
  const std::string_view key = request.field("Idempotency-Key");
  if (!key.empty() && key.size() <= limits::kIdempotencyKeyBytesMax) return std::string(key);
  const std::string bound = std::to_string(limits::kIdempotencyKeyBytesMax);
  return invalid("Idempotency-Key",
                 "Name the batch in the header Idempotency-Key, in at most " + bound + " bytes.",
                 "请在请求头 Idempotency-Key 中为本批变更命名，最长 " + bound + " 字节。");
}

Result<Lines> read_lines(std::string_view body) {
  Lines lines;
  JsonParser parser;
  for (std::uint64_t number = 1; !body.empty(); ++number) {
    const std::size_t end = body.find('\n');
    const std::string_view text = body.substr(0, end);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
    if (text.empty()) continue;
    auto object = parser.parse_object(text);
    auto change = object ? read_change(*object) : Result<Change>(object.error());
    if (!change) {
      lines.refused.push_back({number, change.error()});
      continue;
    }
    lines.batch.changes.push_back(std::move(*change));
    lines.line_of_change.push_back(number);
  }
  if (lines.batch.changes.size() + lines.refused.size() <= limits::kBatchChangesMax) return lines;
  const std::string bound = std::to_string(limits::kBatchChangesMax);
  return Error{ErrorCode::too_large,
               "body",
               {"A batch holds at most " + bound + " changes.", "一批最多 " + bound + " 条变更。"}};
}

void write_refused(const std::vector<RefusedLine>& refused, Language language,
                   http::Response& response) {
  response.status = 422;
  response.content_type = "application/problem+json";
  JsonWriter json(response.body);
  json.begin_object().member("type", "urn:chayan:problem:refused-lines");
  json.member("title", in(language, {"Nothing was recorded: lines are refused",
                                     "未写入任何变更：部分行被拒绝"}));
  json.key("rejections").begin_array();
  for (const RefusedLine& line : refused) {
    json.begin_object().member("line", static_cast<std::int64_t>(line.line));
    json.member("field", line.error.field);
    json.member("detail", in(language, line.error.message)).end_object();
  }
  json.end_array().end_object();
}

}  // namespace

Result<void> answer_batch(const Call& call, http::Response& response) {
  const Services& services = call.environment.services;
  if (!services.record) {
    return Error{ErrorCode::unavailable,
                 {},
                 {"This service does not record changes.", "此服务不接受变更写入。"}};
  }
  auto key = read_key(call.request);
  if (!key) return key.error();
  auto lines = read_lines(call.request.body);
  if (!lines) return lines.error();
  if (!lines->refused.empty()) {
    write_refused(lines->refused, call.language, response);
    return {};
  }
  lines->batch.idempotency_key = std::move(*key);
  lines->batch.content = crypto::sha256(call.request.body);
  const index::BatchOutcome outcome = services.record(std::move(lines->batch));
  if (outcome.failure) return *outcome.failure;
  if (!outcome.receipt) {
    std::vector<RefusedLine> refused;
    for (const index::Rejection& rejection : outcome.rejections) {
      refused.push_back({lines->line_of_change[rejection.index], rejection.error});
    }
    write_refused(refused, call.language, response);
    return {};
  }
  JsonWriter json(response.body);
  json.begin_object().member("first_seq", static_cast<std::int64_t>(outcome.receipt->first_seq));
  json.member("count", static_cast<std::int64_t>(outcome.receipt->count));
  json.member("unchanged", static_cast<std::int64_t>(outcome.receipt->unchanged));
  json.key("replayed").boolean(outcome.replayed).end_object();
  return {};
}

}  // namespace chayan::api
