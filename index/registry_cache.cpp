#include "index/registry_cache.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <utility>

#include "index/row_batch.h"
#include "index/scan.h"
#include "index/schema.h"

namespace chayan::index {

Result<std::shared_ptr<const InstitutionRecord>> RegistryCache::institution(
    const rocksdb::Snapshot* snapshot, const CreditCode& code) {
  const std::uint64_t sequence = snapshot->GetSequenceNumber();
  Shard& shard = shard_of(code);
  if (auto known = shard.find(code, sequence)) return known;
  auto bytes = DatabaseRows(db_, snapshot).get(institution_key(code));
  if (!bytes) return bytes.error();
  if (!*bytes) return std::shared_ptr<const InstitutionRecord>();
  if (auto same = shard.confirm(code, sequence, **bytes)) return same;
  auto record = decode_institution(**bytes);
  if (!record) return corrupt("an institution row does not decode");
  auto value = std::make_shared<const InstitutionRecord>(std::move(*record));
  shard.keep(code, {sequence, std::move(**bytes), value}, bytes_max_ / shards_.size());
  return value;
}

RegistryCache::Shard& RegistryCache::shard_of(const CreditCode& code) {
  return shards_[ByText()(code) % shards_.size()];
}

RegistryCache::Shard::Value RegistryCache::Shard::find(const CreditCode& code,
                                                       std::uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  const Entry* entry = touch(code);
  return entry != nullptr && entry->second.sequence == sequence ? entry->second.value : nullptr;
}

RegistryCache::Shard::Value RegistryCache::Shard::confirm(const CreditCode& code,
                                                          std::uint64_t sequence,
                                                          std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  Entry* entry = touch(code);
  if (entry == nullptr || entry->second.bytes != bytes) return nullptr;
  entry->second.sequence = std::max(entry->second.sequence, sequence);
  return entry->second.value;
}

void RegistryCache::Shard::keep(const CreditCode& code, Kept<InstitutionRecord> kept,
                                std::size_t bytes_max) {
  if (kept.bytes.size() > bytes_max) return;
  const std::lock_guard lock(mutex_);
  Entry* entry = touch(code);
  // Who still reads an older snapshot does not take from the others what is of now.
  if (entry != nullptr && entry->second.sequence > kept.sequence) return;
  if (entry == nullptr) {
    entries_.emplace_front(code, Kept<InstitutionRecord>());
    by_code_.emplace(code, entries_.begin());
    entry = &entries_.front();
  }
  bytes_ += kept.bytes.size();
  bytes_ -= entry->second.bytes.size();
  entry->second = std::move(kept);
  while (bytes_ > bytes_max) {
    bytes_ -= entries_.back().second.bytes.size();
    by_code_.erase(entries_.back().first);
    entries_.pop_back();
  }
}

RegistryCache::Shard::Entry* RegistryCache::Shard::touch(const CreditCode& code) {
  const auto found = by_code_.find(code);
  if (found == by_code_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &*found->second;
}

Result<std::shared_ptr<const CatalogVersions>> RegistryCache::catalog(
    const rocksdb::Snapshot* snapshot) {
  const std::uint64_t sequence = snapshot->GetSequenceNumber();
  const std::lock_guard lock(catalog_mutex_);
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
