#include "api/list_changes.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "api/environment.h"
#include "api/show_log.h"
#include "base/limits.h"
#include "index/feed.h"

namespace chayan::api {
namespace {

struct Input {
  std::uint64_t first_seq = 0;
  std::size_t limit = limits::kFeedEntriesDefault;
  std::chrono::seconds wait{0};
};

Result<Input> parse(const Call& call) {
  constexpr auto kSeqMax = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  Input input;
  if (const auto after = call.fields.count("after", kSeqMax, 0)) input.first_seq = *after + 1;
  input.limit = call.fields.count("limit", limits::kFeedEntriesMax).value_or(input.limit);
  constexpr auto kWaitMax = static_cast<std::size_t>(limits::kWaitMax.count());
  input.wait = std::chrono::seconds(call.fields.count("wait", kWaitMax, 0).value_or(0));
  if (const auto finished = call.fields.finish(); !finished) return finished.error();
  return input;
}

Error beyond_the_end(std::uint64_t size) {
  const std::string text = std::to_string(size);
  return {ErrorCode::out_of_range,
          "after",
          {"The log has " + text + " entries; the last seq is one less.",
           "日志共有 " + text + " 条，最后一条的序号为条数减一。"}};
}

}  // namespace

Result<void> answer_changes(const Call& call, http::Response& response) {
  const auto input = parse(call);
  if (!input) return input.error();
  const auto published = require_published(call);
  if (!published) return published.error();
  const std::uint64_t size = (*published)->checkpoint.size;
  if (input->first_seq > size) return beyond_the_end(size);
  if (input->first_seq == size && input->wait.count() > 0 && !call.request.waited) {
    response.wait = input->wait;
    return {};
  }

  const Services& services = call.environment.services;
  index::FeedRequest request{input->first_seq, input->limit, limits::kFeedBytesMax};
  if (call.partner != nullptr) request.visibility = call.partner->visibility;
  auto answer = index::answer_feed(services.store, reader_of(call), **published, request);
  if (!answer) return answer.error();
  const bool is_shown = call.request.method == http::Method::get;  // of a HEAD nothing leaves
  if (is_shown && !answer->disclosed.empty()) {
    auto recorded = services.record_disclosure({*call.partner, answer->disclosed});
    if (!recorded) return recorded;
  }
  response.body = std::move(answer->body);
  return {};
}

}  // namespace chayan::api
