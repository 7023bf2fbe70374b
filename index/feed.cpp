#include "index/feed.h"

#include <algorithm>
#include <optional>

#include "index/fold.h"
#include "index/planner.h"
#include "index/schema.h"
#include "log/entry.h"
#include "log/feed.h"

namespace chayan::index {
namespace {

// A canonical entry that commits to private fields has this member in its body; within a string
// the quotes would be escaped.
bool has_private_fields(std::string_view entry) {
  return entry.find(R"(,"commitment":")") != std::string_view::npos;
}

class FeedWriter {
 public:
  FeedWriter(const Store& store, const Reader& reader, const FeedRequest& request,
             std::optional<std::uint64_t> first_unheld)
      : store_(store), reader_(reader), request_(request), first_unheld_(first_unheld) {
    answer_.next = request.first_seq;
  }

  Result<void> add_entries(std::uint64_t end) {
    std::optional<Error> failed;
    auto scanned =
        reader_.each_entry(request_.first_seq, [&](std::uint64_t seq, std::string_view entry) {
          if (seq >= end) return false;
          if (const auto beside = beside_of(seq, entry); beside) {
            log::write_feed_line(answer_.body, entry, *beside);
          } else {
            failed = beside.error();
            return false;
          }
          ++answer_.next;
          return answer_.body.size() < request_.bytes_max;
        });
    if (failed) return *failed;
    return scanned;
  }

  FeedAnswer take() { return std::move(answer_); }

 private:
  Result<log::Beside> beside_of(std::uint64_t seq, std::string_view entry) {
    if (!has_private_fields(entry)) return log::Beside();
    const std::string key = payload_key(seq);
    const auto sealed = reader_.row(key);
    if (!sealed) return sealed.error();
    // From its first unheld entry on a mirror does not know whether they were erased.
    if (!*sealed) {
      return first_unheld_ && seq >= *first_unheld_ ? log::Beside() : log::Beside(log::Erased{});
    }
    if (request_.visibility.nothing()) return log::Beside();
    if (const auto opened = store_.sealer().open(sealing_context(key), **sealed, plain_); !opened) {
      return opened.error();
    }
    auto record = decode_payload(plain_);
    if (!record) return record.error();
    const bool shows_any =
        std::any_of(record->fields.begin(), record->fields.end(),
                    [&](const auto& field) { return request_.visibility.shows(field.first); });
    if (!shows_any) return log::Beside();  // as to everybody; nothing to record
    answer_.disclosed.push_back(seq);
    if (request_.visibility.everything) return log::Beside(std::move(*record));
    const auto parsed = log::parse_entry(entry, parser_);
    if (!parsed || !parsed->commitment) return corrupt("an entry does not parse");
    return log::Beside(
        log::open_fields(*parsed->commitment->algorithm, record->record_salt, record->fields,
                         [&](std::string_view name) { return request_.visibility.shows(name); }));
  }

  const Store& store_;
  const Reader& reader_;
  const FeedRequest& request_;
  const std::optional<std::uint64_t> first_unheld_;
  FeedAnswer answer_;
  JsonParser parser_;
  std::string plain_;
};

}  // namespace

bool Visibility::shows(std::string_view name) const {
  return everything || std::find(fields.begin(), fields.end(), name) != fields.end();
}

Result<FeedAnswer> answer_feed(const Store& store, const Reader& reader, const Published& published,
                               const FeedRequest& request) {
  const auto first_unheld = reader.first_unheld();
  if (!first_unheld) return first_unheld.error();
  FeedWriter writer(store, reader, request, *first_unheld);
  const std::uint64_t end =
      std::min<std::uint64_t>(published.checkpoint.size, request.first_seq + request.entries_max);
  if (const auto added = writer.add_entries(end); !added) return added.error();
  FeedAnswer answer = writer.take();
  auto proof = reader.prove_consistency(answer.next, published.checkpoint.size);
  if (!proof) return proof.error();
  log::write_feed_end(answer.body, {answer.next, published.note, std::move(*proof)});
  return answer;
}

}  // namespace chayan::index
