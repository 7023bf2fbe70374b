#include "api/prepared_answers.h"

#include <unordered_map>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "crypto/thread_cache.h"

namespace chayan::api {
namespace {

struct Kept {
  std::string_view content_type;
  std::vector<http::Header> headers;
  std::string body;
};

struct ByText : std::hash<std::string_view> {
  using is_transparent = void;
};

struct Shelf {
  std::int64_t hour = 0;
  std::uint64_t sequence = 0;
  std::unordered_map<std::string, Kept, ByText, std::equal_to<>> answers;
};

Shelf& own_shelf(std::uint64_t id) {
  thread_local crypto::ThreadCache<Shelf> shelves;
  return shelves.get(id, [] { return Shelf(); });
}

// The key's own text; a target holds no space.
std::string_view text_of(const AnswerKey& key) {
  thread_local std::string text;
  text.assign(key.target).append(" ").append(tag(key.language)).append(" ");
  text.append(http::name(key.coding));
  return text;
}

}  // namespace

PreparedAnswers::PreparedAnswers() : id_(crypto::next_owner_id()) {}

bool PreparedAnswers::find(const AnswerKey& key, http::Response& response) const {
  const Shelf& shelf = own_shelf(id_);
  if (shelf.hour != key.hour || shelf.sequence != key.sequence) return false;
  const auto found = shelf.answers.find(text_of(key));
  if (found == shelf.answers.end()) return false;
  const Kept& kept = found->second;
  response.status = 200;
  response.content_type = kept.content_type;
  response.headers = kept.headers;
  response.body = kept.body;
  return true;
}

void PreparedAnswers::keep(const AnswerKey& key, const http::Response& response) const {
  const bool is_whole = response.status == 200 && !response.source && !response.wait;
  if (!is_whole || response.body.size() > limits::kPreparedAnswerBytesMax) return;
  Shelf& shelf = own_shelf(id_);
  const bool is_past = shelf.hour != key.hour || shelf.sequence != key.sequence;
  if (is_past || shelf.answers.size() >= limits::kPreparedAnswersMax) shelf.answers.clear();
  shelf.hour = key.hour;
  shelf.sequence = key.sequence;
  shelf.answers.insert_or_assign(std::string(text_of(key)),
                                 Kept{response.content_type, response.headers, response.body});
}

}  // namespace chayan::api
