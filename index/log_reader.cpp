#include "index/log_reader.h"

#include <utility>

#include "index/fold.h"
#include "index/schema.h"
#include "log/merkle.h"

namespace chayan::index {

Result<std::uint64_t> LogReader::size() const {
  const auto head = reader_.head();
  if (!head) return head.error();
  return head->size;
}

Result<LoggedChange> LogReader::read(std::uint64_t seq) {
  const auto bytes = reader_.entry(seq);
  if (!bytes) return bytes.error();
  if (!*bytes) return corrupt("entry " + std::to_string(seq) + " is missing");
  auto entry = log::parse_entry(**bytes, parser_);
  if (!entry || entry->head.seq != seq) {
    return corrupt("entry " + std::to_string(seq) + " does not parse");
  }
  auto body = read_body(entry->head.kind, entry->body);
  if (!body) return corrupt("the body of entry " + std::to_string(seq) + " does not parse");
  LoggedChange change{std::move(entry->head), log::leaf_hash(**bytes), std::move(*body),
                      entry->commitment, std::nullopt};
  if (!change.commitment) return change;

  const std::string key = payload_key(seq);
  const auto sealed = reader_.row(key);
  if (!sealed) return sealed.error();
  if (!*sealed) return change;  // erased
  const auto opened = store_.sealer().open(sealing_context(key), **sealed, plain_);
  if (!opened) return corrupt("the payload of entry " + std::to_string(seq) + " does not open");
  auto payload = decode_payload(plain_);
  if (!payload) return payload.error();
  change.payload = std::move(*payload);
  return change;
}

}  // namespace chayan::index
