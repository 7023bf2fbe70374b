#include "index/rebuild.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <memory>
#include <utility>

#include "base/file.h"
#include "crypto/digest.h"
#include "index/database_options.h"
#include "index/fold.h"
#include "index/log_reader.h"
#include "index/reader.h"
#include "index/row_batch.h"
#include "index/scan.h"
#include "index/schema.h"
#include "index/tree.h"
#include "index/unheld.h"
#include "log/commitment.h"

namespace chayan::index {
namespace {

constexpr std::size_t kRowBytesInMemoryMax = std::size_t{8} << 20;
constexpr std::size_t kTargetCacheBytes = std::size_t{64} << 20;
constexpr std::uint64_t kProgressEvery = 4096;
constexpr std::size_t kFaultsListedMax = 100;

// Replays the log of `source` into the derived rows of `target`.
class Replay {
 public:
  Replay(const Store& source, rocksdb::DB& target)
      : log_(source),
        target_(target),
        rows_(target),
        pending_(rows_),
        fold_(source.sealer(), source.keyed_index()) {}

  // Visits each entry before it is folded.
  template <typename Visit>
  Result<void> run(std::uint64_t size, const Progress& progress, Visit visit) {
    for (std::uint64_t seq = 0; seq < size; ++seq) {
      const auto change = log_.read(seq);
      if (!change) return change.error();
      visit(*change);
      tree_.append(change->leaf);
      const PrivateFields* secrets = change->payload ? &change->payload->fields : nullptr;
      const auto applied = fold_.apply(pending_, seq, change->body, secrets);
      if (!applied) return applied.error();
      if (pending_.bytes() > kRowBytesInMemoryMax) {
        if (const auto spilled = spill(); !spilled) return spilled.error();
      }
      if (seq % kProgressEvery == 0) progress(seq, size);
    }
    progress(size, size);
    return spill();
  }

  const GrowingTree& tree() const { return tree_; }

 private:
  // Derived rows only: the primary ones are the source's.
  Result<void> spill() {
    if (auto grown = tree_.put_rows(pending_); !grown) return grown;
    rocksdb::WriteBatch batch;
    for (const auto& [key, value] : pending_.rows()) {
      if (is_primary(key)) continue;
      if (value) {
        batch.Put(key, *value);
      } else {
        batch.Delete(key);
      }
    }
    rocksdb::WriteOptions unlogged;
    unlogged.disableWAL = true;
    const auto status = target_.Write(unlogged, &batch);
    if (!status.ok()) return io_error("writing derived rows: " + status.ToString());
    pending_.clear();
    return {};
  }

  LogReader log_;
  rocksdb::DB& target_;
  DatabaseRows rows_;
  RowBatch pending_;
  Fold fold_;
  GrowingTree tree_;
};

Result<std::unique_ptr<rocksdb::DB>> open_new(const std::string& folder) {
  rocksdb::Options options = database_options(kTargetCacheBytes);
  options.error_if_exists = true;
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(options, folder, &db);
  if (!status.ok()) return io_error("opening " + folder + ": " + status.ToString());
  return std::unique_ptr<rocksdb::DB>(db);
}

// Whether a row was there when the log had `size` entries. Of the head row there is only the last.
bool is_before(std::string_view key, std::string_view value, std::uint64_t size) {
  const auto family = static_cast<Family>(key.front());
  if (family == Family::head) return false;
  if (key == meta_key(kUnheldRow)) return decode_unheld(value).value_or(0) < size;
  if (family == Family::entry || family == Family::payload) {
    return key < (family == Family::entry ? entry_key(size) : payload_key(size));
  }
  if (family == Family::reports) return key < reports_key(size);
  if (family == Family::report_code) return ByteReader(value).u64() < size;
  if (family != Family::batch) return true;
  const auto batch = decode_batch(value);
  return batch && batch->first_seq + batch->count <= size;
}

Result<void> copy_primary_rows(const Store& source, std::uint64_t size, rocksdb::DB& target) {
  rocksdb::WriteOptions unlogged;
  unlogged.disableWAL = true;
  rocksdb::WriteBatch batch;
  const auto write = [&]() -> Result<bool> {
    const auto status = target.Write(unlogged, &batch);
    if (!status.ok()) return io_error("copying primary rows: " + status.ToString());
    batch.Clear();
    return true;
  };
  for (const char family : kPrimaryFamilies) {
    const auto scanned = scan(source.db(), nullptr, std::string(1, family),
                              [&](std::string_view key, std::string_view value) -> Result<bool> {
                                if (is_before(key, value, size))
                                  batch.Put(slice(key), slice(value));
                                if (batch.GetDataSize() < kRowBytesInMemoryMax) return true;
                                return write();
                              });
    if (!scanned) return scanned.error();
  }
  if (const auto written = write(); !written) return written.error();
  return {};
}

// Whether two values of a row say the same: a sealed one may be under an older key, while a rotation
// is under way.
Result<bool> say_the_same(const crypto::Sealer& sealer, std::string_view key, std::string_view a,
                          std::string_view b) {
  if (a == b) return true;
  if (!is_sealed(key)) return false;
  std::string plain_a;
  std::string plain_b;
  for (const auto& [sealed, plain] : {std::pair(a, &plain_a), std::pair(b, &plain_b)}) {
    if (const auto opened = sealer.open(sealing_context(key), sealed, *plain); !opened) {
      return opened.error();
    }
  }
  return plain_a == plain_b;
}

// Compares derived rows of two databases in key order.
Result<void> compare_derived(const crypto::Sealer& sealer, rocksdb::DB& recorded,
                             rocksdb::DB& derived, const std::function<void(std::string)>& fault) {
  const std::unique_ptr<rocksdb::Iterator> a(recorded.NewIterator({}));
  const std::unique_ptr<rocksdb::Iterator> b(derived.NewIterator({}));
  const auto next_derived = [&] {
    while (a->Valid() && is_primary(view(a->key()))) a->Next();
  };
  a->SeekToFirst();
  b->SeekToFirst();
  for (next_derived(); a->Valid() || b->Valid(); next_derived()) {
    const int order = !a->Valid() ? 1 : !b->Valid() ? -1 : a->key().compare(b->key());
    if (order < 0) fault("row " + to_hex(view(a->key())) + " is not in the log");
    if (order > 0) fault("row " + to_hex(view(b->key())) + " is missing");
    if (order == 0) {
      const auto same = say_the_same(sealer, view(a->key()), view(a->value()), view(b->value()));
      if (!same) fault("row " + to_hex(view(a->key())) + ": " + same.error().message.en);
      if (same && !*same) {
        fault("row " + to_hex(view(a->key())) + " differs from what the log says");
      }
    }
    if (order <= 0) a->Next();
    if (order >= 0) b->Next();
  }
  for (const auto* iterator : {a.get(), b.get()}) {
    if (!iterator->status().ok()) return io_error("reading rows: " + iterator->status().ToString());
  }
  return {};
}

}  // namespace

Result<void> rebuild(const Store& source, const std::string& destination, const Progress& progress,
                     std::optional<std::uint64_t> size) {
  const auto head = source.reader().head();
  if (!head) return head.error();
  if (size && *size > head->size) {
    return invalid("size", "The log has " + std::to_string(head->size) + " entries only.", {});
  }
  const std::uint64_t end = size.value_or(head->size);
  const std::string target_data = without_trailing_slash(destination);
  std::error_code failed;
  if (std::filesystem::exists(target_data, failed)) {
    return Error{ErrorCode::conflict, "target", {target_data + " exists already.", {}}};
  }
  // Built under another name and renamed when whole, so that a half-built directory is never taken
  // for a store.
  const std::string building = target_data + ".building";
  std::filesystem::remove_all(building, failed);
  std::filesystem::create_directories(building, failed);
  std::filesystem::permissions(building, std::filesystem::perms::owner_all, failed);
  auto target = open_new(building + "/rows");
  if (!target) return target.error();
  if (const auto copied = copy_primary_rows(source, end, **target); !copied) return copied.error();
  Replay replay(source, **target);
  const auto replayed = replay.run(end, progress, [](const LoggedChange&) {});
  if (!replayed) return replayed.error();
  const DatabaseRows source_rows(source.db());
  const auto recorded = log::root_at(TileHashes(source_rows), end);
  if (!recorded || replay.tree().root() != *recorded) {
    return corrupt("The entries' root is not the tree's; `check` the source.");
  }
  auto status = (*target)->Put({}, head_key(), replay.tree().frontier().encode());
  if (status.ok()) status = (*target)->Flush(rocksdb::FlushOptions());
  if (!status.ok()) return io_error("flushing the rebuilt rows: " + status.ToString());
  target->reset();
  std::filesystem::rename(building, target_data, failed);
  if (failed) return io_error("renaming " + building + ": " + failed.message());
  return {};
}

namespace {

// Feeds the rows that all holders of a log have alike, opened.
class RowDigest {
 public:
  explicit RowDigest(const Store& store) : store_(store), rows_(store.db()) {}

  Result<bool> add(std::string_view key, std::string_view value) {
    switch (static_cast<Family>(key.front())) {
      case Family::meta:
      case Family::batch:
      case Family::reports:
      case Family::report_code:
        return true;
      case Family::certificate:  // read under the seq of its issue
        ++unread_certificates_;
        return true;
      case Family::issued: {
        --unread_certificates_;
        const auto row = decode_row_key(value);
        if (!row) return corrupt("an issued row does not decode");
        const std::string certificate = certificate_key(*row);
        const auto sealed = rows_.get(certificate);
        if (!sealed) return sealed.error();
        if (!*sealed) return corrupt("a certificate row is missing");
        return add_opened(key, certificate, **sealed);
      }
      case Family::payload:
        return add_opened(key, key, value);
      default:
        put(key, value);
        return true;
    }
  }

  Result<Digest> finish() {
    if (unread_certificates_ != 0) return corrupt("a certificate row has no issued row");
    digest_.rows = stream_.finish();
    return digest_;
  }

 private:
  Result<bool> add_opened(std::string_view key, std::string_view sealed_at,
                          std::string_view sealed) {
    const auto opened = store_.sealer().open(sealing_context(sealed_at), sealed, plain_);
    if (!opened) return opened.error();
    put(key, plain_);
    return true;
  }

  void put(std::string_view key, std::string_view value) {
    framed_.clear();
    put_prefixed(framed_, key);
    put_prefixed(framed_, value);
    stream_.update(framed_);
    ++digest_.count;
  }

  const Store& store_;
  const DatabaseRows rows_;
  crypto::Sha256Stream stream_;
  Digest digest_;
  std::int64_t unread_certificates_ = 0;
  std::string framed_;
  std::string plain_;
};

}  // namespace

Result<Digest> digest_of_rows(const Store& store) {
  RowDigest digest(store);
  const auto scanned =
      scan(store.db(), nullptr, {},
           [&](std::string_view key, std::string_view value) { return digest.add(key, value); });
  if (!scanned) return scanned.error();
  return digest.finish();
}

Result<CheckReport> check(const Store& store, const Progress& progress) {
  CheckReport report;
  const auto fault = [&](std::string what) {
    if (report.faults.size() < kFaultsListedMax) report.faults.push_back(std::move(what));
  };
  const auto head = store.reader().head();
  if (!head) return head.error();
  report.head = *head;

  const std::string folder = store.options().data + "/scratch";
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  auto scratch = open_new(folder);
  if (!scratch) return scratch.error();
  Replay replay(store, **scratch);
  const auto replayed = replay.run(head->size, progress, [&](const LoggedChange& entry) {
    if (!entry.commitment) return;
    if (!entry.payload) {
      ++report.erased;
      return;
    }
    ++report.payloads;
    if (log::commitment(*entry.commitment->algorithm, *entry.payload) != *entry.commitment) {
      fault("payload " + std::to_string(entry.head.seq) + " does not match its commitment");
    }
  });
  if (replayed) {
    if (replay.tree().root() != head->root) fault("the entries' root is not the head's");
    const auto compared = compare_derived(store.sealer(), store.db(), **scratch, fault);
    if (!compared) fault(compared.error().message.en);
  } else {
    fault(replayed.error().message.en);
  }
  scratch->reset();
  std::filesystem::remove_all(folder, ignored);

  const auto digest = digest_of_rows(store);
  if (digest) {
    report.digest = *digest;
  } else {
    fault(digest.error().message.en);
  }
  return report;
}

}  // namespace chayan::index
