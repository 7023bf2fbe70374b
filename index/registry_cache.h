// Rows of the registry, decoded once and handed out as long as they say the same: an institution is
// asked about with each of its certificates, and changes a few times a year.
//
// What is handed out is what the rows of the asked snapshot say, always: for another snapshot than
// the last the row is read again, and decoded again where its bytes differ. Public rows only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/limits.h"
#include "base/result.h"
#include "domain/catalog.h"
#include "domain/credit_code.h"
#include "domain/rules.h"
#include "index/record.h"

namespace rocksdb {
class DB;
class Snapshot;
}  // namespace rocksdb

namespace chayan::index {

// Any thread: all share it, so that it is held once and not by each. What it hands out lives as long
// as somebody holds it.
class RegistryCache {
 public:
  // Keeps institutions whose rows have `bytes_max` bytes in all, a sixteenth of it in each shard;
  // beyond, those of the shard that were not asked for longest are left out.
  explicit RegistryCache(rocksdb::DB& db,
                         std::size_t bytes_max = limits::kCachedInstitutionBytesMax)
      : db_(db), bytes_max_(bytes_max) {}

  // Null: no such institution.
  Result<std::shared_ptr<const InstitutionRecord>> institution(const rocksdb::Snapshot* snapshot,
                                                               const CreditCode& code);
  // Every version of every item.
  Result<std::shared_ptr<const CatalogVersions>> catalog(const rocksdb::Snapshot* snapshot);

 private:
  template <typename Value>
  struct Kept {
    std::uint64_t sequence = 0;  // of the snapshot it was last found the same in
    std::string bytes;
    std::shared_ptr<const Value> value;
  };
  struct ByText {
    std::size_t operator()(const CreditCode& code) const {
      return std::hash<std::string_view>()(code.text());
    }
  };
  // Some of the institutions, so that threads seldom meet.
  class Shard {
   public:
    using Value = std::shared_ptr<const InstitutionRecord>;

    // Null: not known of this sequence number.
    Value find(const CreditCode& code, std::uint64_t sequence);
    // Null: not known with these bytes.
    Value confirm(const CreditCode& code, std::uint64_t sequence, std::string_view bytes);
    void keep(const CreditCode& code, Kept<InstitutionRecord> kept, std::size_t bytes_max);

   private:
    using Entry = std::pair<CreditCode, Kept<InstitutionRecord>>;
    Entry* touch(const CreditCode& code);

    std::mutex mutex_;
    std::list<Entry> entries_;  // the one asked for last in front
    std::unordered_map<CreditCode, std::list<Entry>::iterator, ByText> by_code_;
    std::size_t bytes_ = 0;
  };
  Shard& shard_of(const CreditCode& code);

  rocksdb::DB& db_;
  const std::size_t bytes_max_;
  std::array<Shard, 16> shards_;
  std::mutex catalog_mutex_;
  Kept<CatalogVersions> catalog_;
};

}  // namespace chayan::index
