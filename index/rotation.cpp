#include "index/rotation.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/limits.h"
#include "crypto/seal.h"
#include "index/fold.h"
#include "index/read_views.h"
#include "index/row_batch.h"
#include "index/scan.h"
#include "index/schema.h"

namespace chayan::index {
namespace {

constexpr std::uint32_t kFirstKey = 1;

Error stopped() {
  return {ErrorCode::unavailable,
          {},
          {"The rotation was stopped; it goes on when it is ordered again.",
           "密钥轮换已中止，再次执行即可继续。"}};
}

// Every sealed row, in key order, from `from` on.
template <typename Visit>
Result<void> each_sealed_row(const Store& store, const rocksdb::Snapshot* snapshot,
                             std::string_view from, Visit visit) {
  for (const char family : kSealedFamilies) {
    const std::string begin(1, family);
    if (from.compare(end_of(begin)) >= 0) continue;
    bool go_on = true;
    auto scanned = scan(store.db(), snapshot, begin, from,
                        [&](std::string_view key, std::string_view value) -> Result<bool> {
                          go_on = visit(key, value);
                          return go_on;
                        });
    if (!scanned || !go_on) return scanned;
  }
  return {};
}

std::uint64_t count_entries_about(rocksdb::DB& db) {
  std::uint64_t count = 0;
  db.GetIntProperty(rocksdb::DB::Properties::kEstimateNumKeys, &count);
  return count;
}

// One run through the sealed rows.
class Resealing {
 public:
  Resealing(const Store& store, std::uint32_t active_key, const RotationRequest& request)
      : store_(store), active_key_(active_key), request_(request) {}

  // From behind the saved cursor to the end.
  Result<void> run(std::string cursor) {
    const std::uint64_t about = count_entries_about(store_.db());
    while (true) {
      if (request_.stop.stop_requested()) return stopped();
      const auto keys = next(cursor);
      if (!keys) return keys.error();
      if (keys->empty()) return {};
      cursor = keys->back();
      auto amended =
          request_.amend([&](RowBatch& rows) -> Result<void> { return reseal(*keys, rows); });
      if (!amended) return amended;
      done_ += keys->size();
      request_.progress(done_, std::max(about, done_));
    }
  }

  std::uint64_t resealed() const { return resealed_; }

 private:
  // The next rows to go through, a bounded number.
  Result<std::vector<std::string>> next(const std::string& cursor) const {
    std::vector<std::string> keys;
    std::size_t bytes = 0;
    const std::string behind = cursor + '\0';
    const auto scanned = each_sealed_row(
        store_, nullptr, cursor.empty() ? std::string_view() : std::string_view(behind),
        [&](std::string_view key, std::string_view value) {
          keys.emplace_back(key);
          bytes += value.size();
          return keys.size() < limits::kResealRowsMax && bytes < limits::kResealBytesMax;
        });
    if (!scanned) return scanned.error();
    return keys;
  }

  // In the commit thread: what was erased since is passed over, what changed is read as it is now.
  Result<void> reseal(const std::vector<std::string>& keys, RowBatch& rows) {
    std::uint64_t resealed = 0;
    for (const std::string& key : keys) {
      const auto sealed = rows.get(key);
      if (!sealed) return sealed.error();
      if (!*sealed || crypto::sealing_key(**sealed) == active_key_) continue;
      const std::string context = sealing_context(key);
      if (const auto opened = store_.sealer().open(context, **sealed, plain_); !opened) {
        return corrupt("Row " + to_hex(key) +
                       " cannot be sealed anew: " + opened.error().message.en);
      }
      store_.sealer().seal(context, plain_, sealed_);
      rows.put(key, sealed_);
      ++resealed;
    }
    rows.put(meta_key(kResealedRow), keys.back());
    resealed_ += resealed;
    return {};
  }

  const Store& store_;
  const std::uint32_t active_key_;
  const RotationRequest& request_;
  std::uint64_t done_ = 0;
  std::uint64_t resealed_ = 0;
  std::string plain_;
  std::string sealed_;
};

// Whether any row is sealed under another key, in what is committed now.
Result<bool> is_any_under_another(const Store& store, std::uint32_t active_key) {
  bool found = false;
  const auto scanned = each_sealed_row(store, nullptr, {}, [&](std::string_view, auto value) {
    found = crypto::sealing_key(value) != active_key;
    return !found;
  });
  if (!scanned) return scanned.error();
  return found;
}

Result<std::string> read_cursor(const Store& store) {
  auto cursor = DatabaseRows(store.db()).get(meta_key(kResealedRow));
  if (!cursor) return cursor.error();
  return cursor->value_or(std::string());
}

// What was overwritten stays in the files beneath until they are compacted. A rotation is often made
// because the old key is no longer trusted.
Result<void> compact_sealed_rows(const Store& store) {
  rocksdb::DB& db = store.db();
  store.views().release();  // an idle snapshot from before would keep what was overwritten
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  auto status = db.Flush(rocksdb::FlushOptions());
  for (const char family : kSealedFamilies) {
    if (!status.ok()) break;
    const std::string begin(1, family);
    const std::string end = end_of(begin);
    const rocksdb::Slice first(begin);
    const rocksdb::Slice last(end);
    status = db.CompactRange(options, &first, &last);
  }
  if (!status.ok()) return io_error("compacting resealed rows: " + status.ToString());
  return {};
}

}  // namespace

Result<std::uint32_t> read_oldest_key(const RowView& rows) {
  const auto row = rows.get(meta_key(kOldestKeyRow));
  if (!row) return row.error();
  if (!*row) return kFirstKey;
  std::uint32_t id = 0;
  const std::string& text = **row;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (failed != std::errc() || end != text.data() + text.size()) {
    return corrupt("the oldest_key row does not parse");
  }
  return id;
}

Result<std::vector<KeyUse>> count_key_uses(const Store& store) {
  const auto keyring = crypto::Keyring::load(store.options().keys);
  if (!keyring) return keyring.error();
  std::map<std::uint32_t, std::uint64_t> records;
  rocksdb::DB& db = store.db();
  const std::unique_ptr<const rocksdb::Snapshot, std::function<void(const rocksdb::Snapshot*)>>
      snapshot(db.GetSnapshot(), [&](const rocksdb::Snapshot* held) { db.ReleaseSnapshot(held); });
  const auto scanned =
      each_sealed_row(store, snapshot.get(), {}, [&](std::string_view, std::string_view value) {
        ++records[crypto::sealing_key(value)];
        return true;
      });
  if (!scanned) return scanned.error();
  std::vector<KeyUse> uses;
  for (const auto& [id, key] : keyring->data_keys) {
    uses.push_back({id, key.state, key.created, records[id]});
    records.erase(id);
  }
  if (records.empty()) return uses;
  return corrupt(std::to_string(records.begin()->second) + " records are sealed under data key " +
                 std::to_string(records.begin()->first) + ", which the keyring does not hold.");
}

Result<bool> is_rotation_under_way(const Store& store) {
  const auto keyring = crypto::Keyring::load(store.options().keys);
  if (!keyring) return keyring.error();
  const auto oldest = read_oldest_key(DatabaseRows(store.db()));
  if (!oldest) return oldest.error();
  return keyring->has_retiring_key() || *oldest < keyring->active_data_key;
}

Result<Rotation> rotate_keys(Store& store, const RotationRequest& request) {
  const std::string& directory = store.options().keys;
  const auto under_way = is_rotation_under_way(store);
  if (!under_way) return under_way.error();
  const auto keyring =
      *under_way ? crypto::Keyring::load(directory)
                 : crypto::Keyring::add_data_key(directory, rfc3339_utc(store.clock().now()));
  if (!keyring) return keyring.error();
  store.adopt(*keyring);
  Rotation rotation{keyring->active_data_key, *under_way, 0};

  // A barrier: what the writer had sealed under the old key before it saw the new one is committed
  // when this is.
  if (auto passed = request.amend([](RowBatch&) -> Result<void> { return {}; }); !passed) {
    return passed.error();
  }
  auto cursor = *under_way ? read_cursor(store) : Result<std::string>(std::string());
  if (!cursor) return cursor.error();
  Resealing resealing(store, keyring->active_data_key, request);
  while (true) {
    const auto left = is_any_under_another(store, keyring->active_data_key);
    if (!left) return left.error();
    if (!*left) break;
    if (auto ran = resealing.run(*cursor); !ran) return ran.error();
    cursor->clear();  // where something is left all the same, it is looked for from the beginning
  }
  rotation.resealed = resealing.resealed();
  const auto ended = request.amend([&](RowBatch& rows) -> Result<void> {
    rows.put(meta_key(kOldestKeyRow), std::to_string(keyring->active_data_key));
    rows.erase(meta_key(kResealedRow));
    return {};
  });
  if (!ended) return ended.error();
  if (auto compacted = compact_sealed_rows(store); !compacted) return compacted.error();
  if (keyring->has_retiring_key()) {
    if (auto retired = crypto::Keyring::retire_data_keys(directory); !retired) {
      return retired.error();
    }
  }
  return rotation;
}

}  // namespace chayan::index
