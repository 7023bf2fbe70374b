// The views that readers read from: a snapshot of the database, with what is dear to make beside it,
// kept from one request to the next as long as nothing is written. So of a registry at rest a
// request makes neither snapshot nor iterator and decodes no institution.
//
// A view that is taken is exactly the present: its snapshot is the database's latest sequence number,
// so that whatever was committed before is seen, and nothing needs to tell the views of a commit.
//
// Each thread comes back to the view that it gave back last. A view that lies idle holds a snapshot
// and the files and memtables of its iterator: release() lets go of them, when a flush or a
// compaction has replaced files, and when a purge waits for readers from before.
#pragma once

#include <rocksdb/iterator.h>
#include <rocksdb/listener.h>
#include <rocksdb/snapshot.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "index/registry_cache.h"

namespace rocksdb {
class DB;
}

namespace chayan::index {

// Belongs to one thread at a time.
class ReadView {
 public:
  ReadView(rocksdb::DB& db, RegistryCache& registry) : db_(db), registry_(registry) {}
  ~ReadView();
  ReadView(const ReadView&) = delete;
  ReadView& operator=(const ReadView&) = delete;

  const rocksdb::Snapshot* snapshot() const { return snapshot_; }
  std::uint64_t sequence() const { return snapshot_->GetSequenceNumber(); }
  // Over the certificate rows alone, anywhere; the view's own and used again.
  rocksdb::Iterator& certificates();
  // Decoded rows of the registry, as this view's snapshot has them.
  Result<std::shared_ptr<const InstitutionRecord>> institution(const CreditCode& code) {
    return registry_.institution(snapshot_, code);
  }
  Result<std::shared_ptr<const CatalogVersions>> catalog();

 private:
  friend class ReadViews;
  bool is_present() const;
  void renew();
  void let_go();

  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_ = nullptr;
  std::unique_ptr<rocksdb::Iterator> certificates_;
  std::shared_ptr<const CatalogVersions> catalog_;
  RegistryCache& registry_;
  std::uint64_t generation_ = 0;
};

class ReadViews;

// Tells the views when RocksDB has replaced files. Made before the database is open, and so before
// they are.
class FileWatch final : public rocksdb::EventListener {
 public:
  void set(ReadViews* views);  // null: they are gone

  void OnFlushCompleted(rocksdb::DB*, const rocksdb::FlushJobInfo&) override { tell(); }
  void OnCompactionCompleted(rocksdb::DB*, const rocksdb::CompactionJobInfo&) override { tell(); }

 private:
  void tell();

  std::mutex mutex_;
  ReadViews* views_ = nullptr;
};

// Any thread.
class ReadViews {
 public:
  // `watch` is a listener of this database.
  ReadViews(rocksdb::DB& db, std::shared_ptr<FileWatch> watch);
  // No view may be out.
  ~ReadViews();
  ReadViews(const ReadViews&) = delete;
  ReadViews& operator=(const ReadViews&) = delete;

  std::unique_ptr<ReadView> take();
  void give_back(std::unique_ptr<ReadView> view);

  // No idle view holds a snapshot or files from before this call once it has returned, nor does any
  // that is out once it is given back.
  void release();

 private:
  struct alignas(64) Slot {  // a cache line each: threads do not meet in them
    std::atomic<ReadView*> idle{nullptr};
  };
  Slot& own_slot();

  rocksdb::DB& db_;
  const std::shared_ptr<FileWatch> watch_;
  RegistryCache registry_;
  std::atomic<std::uint64_t> generation_{0};
  std::array<Slot, 64> slots_;  // threads beyond that share, and make views more often
};

}  // namespace chayan::index
