#include "index/registry_cache.h"

#include <rocksdb/db.h>

#include <utility>

#include "base/limits.h"
#include "index/row_batch.h"
#include "index/scan.h"
#include "index/schema.h"

namespace chayan::index {

Result<std::shared_ptr<const InstitutionRecord>> RegistryCache::institution(
    const rocksdb::Snapshot* snapshot, const CreditCode& code) {
  const std::uint64_t sequence = snapshot->GetSequenceNumber();
  const auto known = institutions_.find(code);
  if (known != institutions_.end() && known->second.sequence == sequence) {
    return known->second.value;
  }
  auto bytes = DatabaseRows(db_, snapshot).get(institution_key(code));
  if (!bytes) return bytes.error();
  if (!*bytes) {
    institutions_.erase(code);
    return std::shared_ptr<const InstitutionRecord>();
  }
  if (known != institutions_.end() && known->second.bytes == **bytes) {
    known->second.sequence = sequence;
    return known->second.value;
  }
  auto record = decode_institution(**bytes);
  if (!record) return corrupt("an institution row does not decode");
  const bool is_new = known == institutions_.end();
  if (is_new && institutions_.size() >= limits::kCachedInstitutionsMax) institutions_.clear();
  auto value = std::make_shared<const InstitutionRecord>(std::move(*record));
  institutions_[code] = {sequence, std::move(**bytes), value};
  return value;
}

Result<std::shared_ptr<const CatalogVersions>> RegistryCache::catalog(
    const rocksdb::Snapshot* snapshot) {
  const std::uint64_t sequence = snapshot->GetSequenceNumber();
  if (catalog_.value && catalog_.sequence == sequence) return catalog_.value;
  std::string bytes;
  const auto joined = scan(db_, snapshot, prefix(Family::catalog),
                           [&](std::string_view, std::string_view value) -> Result<bool> {
                             put_prefixed(bytes, value);
                             return true;
                           });
  if (!joined) return joined.error();
  if (!catalog_.value || catalog_.bytes != bytes) {
    CatalogVersions items;
    ByteReader rows(bytes);
    while (!rows.at_end()) {
      auto versions = decode_catalog_versions(rows.prefixed());
      if (!versions || versions->empty()) return corrupt("a catalog row does not decode");
      const CatalogItemId id = versions->front().id;
      items.emplace(id, std::move(*versions));
    }
    catalog_ = {sequence, std::move(bytes),
                std::make_shared<const CatalogVersions>(std::move(items))};
  }
  catalog_.sequence = sequence;
  return catalog_.value;
}

}  // namespace chayan::index
