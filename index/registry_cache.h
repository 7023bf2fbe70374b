// Rows of the registry, decoded once and handed out as long as they say the same: an institution is
// asked about with each of its certificates, and changes a few times a year.
//
// What is handed out is what the rows of the asked snapshot say, always: for another snapshot than
// the last the row is read again, and decoded again where its bytes differ. Public rows only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

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

// One thread at a time. What it hands out lives as long as somebody holds it.
class RegistryCache {
 public:
  explicit RegistryCache(rocksdb::DB& db) : db_(db) {}

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

  rocksdb::DB& db_;
  std::unordered_map<CreditCode, Kept<InstitutionRecord>, ByText> institutions_;
  Kept<CatalogVersions> catalog_;
};

}  // namespace chayan::index
