#include "index/planner.h"

#include <utility>

#include "base/clock.h"
#include "base/json_writer.h"
#include "crypto/digest.h"
#include "index/schema.h"
#include "log/commitment.h"
#include "log/entry.h"

namespace chayan::index {

Planner::Planner(const Store& store) : store_(store), fold_(store.sealer(), store.keyed_index()) {}

void Planner::set_time(std::chrono::system_clock::time_point now) {
  time_ = rfc3339_utc(now);
  today_ = Date::from_days(shanghai_day(now));
}

Result<bool> Planner::plan(const Change& change, GrowingTree& tree, RowBatch& rows) {
  const Admission admission(store_.sealer(), store_.keyed_index(), today_);
  auto admitted = admission.admit(rows, change);
  if (!admitted) return admitted.error();
  if (admitted->unchanged) return false;

  const std::uint64_t seq = tree.size();
  std::string body;
  JsonWriter json(body, JsonWriter::Order::canonical);
  const bool has_payload = !admitted->payload.empty();
  if (has_payload) {
    const auto commitment = seal_payload(seq, admitted->payload, rows);
    if (!commitment) return commitment.error();
    json.insert("alg", std::string(commitment->algorithm->name));
    json.insert("commitment", to_hex(view(commitment->digest)));
  }
  write_body(json, admitted->body);

  auto entry = log::encode_entry({seq, time_, kind(admitted->body), change.actor}, body);
  if (!entry) return entry.error();
  tree.append(log::leaf_hash(*entry));
  rows.put(entry_key(seq), std::move(*entry));
  const auto applied =
      fold_.apply(rows, seq, admitted->body, has_payload ? &admitted->payload : nullptr);
  if (!applied) return applied.error();
  return true;
}

Result<log::Commitment> Planner::seal_payload(std::uint64_t seq, const PrivateFields& fields,
                                              RowBatch& rows) {
  const log::WholeRecord payload{fields, crypto::random_bytes(log::kRecordSaltBytes)};
  const std::string key = payload_key(seq);
  std::string sealed;
  store_.sealer().seal(sealing_context(key), encode_payload(payload), sealed);
  rows.put(key, std::move(sealed));
  return log::commitment(store_.keyring().suite->digest, payload);
}

std::string encode_payload(const log::WholeRecord& payload) {
  std::string out;
  put_prefixed(out, payload.record_salt);
  for (const auto& [name, value] : payload.fields) {
    put_prefixed(out, name);
    put_prefixed(out, value);
  }
  return out;
}

Result<log::WholeRecord> decode_payload(std::string_view bytes) {
  ByteReader in(bytes);
  log::WholeRecord payload;
  payload.record_salt = in.prefixed();
  while (in.ok() && !in.at_end()) {
    const std::string_view name = in.prefixed();
    payload.fields.emplace(name, in.prefixed());
  }
  if (!in.ok() || payload.record_salt.size() != log::kRecordSaltBytes) {
    return corrupt("a payload does not decode");
  }
  return payload;
}

}  // namespace chayan::index
