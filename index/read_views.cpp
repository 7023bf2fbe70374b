#include "index/read_views.h"

#include <rocksdb/db.h>

#include <utility>

#include "index/schema.h"

namespace chayan::index {

ReadView::~ReadView() {
  let_go();
}

rocksdb::Iterator& ReadView::certificates() {
  static const std::string first = prefix(Family::certificate);
  static const std::string end = end_of(first);
  static const rocksdb::Slice from(first);
  static const rocksdb::Slice until(end);
  if (!certificates_) {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    options.iterate_lower_bound = &from;
    options.iterate_upper_bound = &until;
    certificates_.reset(db_.NewIterator(options));
  }
  return *certificates_;
}

Result<std::shared_ptr<const CatalogVersions>> ReadView::catalog() {
  if (!catalog_) {
    auto catalog = registry_.catalog(snapshot_);
    if (!catalog) return catalog;
    catalog_ = std::move(*catalog);
  }
  return catalog_;
}

bool ReadView::is_present() const {
  return snapshot_ != nullptr && sequence() == db_.GetLatestSequenceNumber();
}

void ReadView::renew() {
  let_go();
  snapshot_ = db_.GetSnapshot();
}

void ReadView::let_go() {
  certificates_.reset();
  catalog_.reset();
  if (snapshot_ != nullptr) db_.ReleaseSnapshot(std::exchange(snapshot_, nullptr));
}

ReadViews::ReadViews(rocksdb::DB& db, std::shared_ptr<FileWatch> watch)
    : db_(db), watch_(std::move(watch)), registry_(db) {
  watch_->set(this);
}

ReadViews::~ReadViews() {
  watch_->set(nullptr);
  for (Slot& slot : slots_) delete slot.idle.exchange(nullptr);
}

std::unique_ptr<ReadView> ReadViews::take() {
  std::unique_ptr<ReadView> view(own_slot().idle.exchange(nullptr));
  if (!view) view = std::make_unique<ReadView>(db_, registry_);
  const std::uint64_t generation = generation_;
  if (view->generation_ != generation || !view->is_present()) view->renew();
  view->generation_ = generation;
  return view;
}

void ReadViews::give_back(std::unique_ptr<ReadView> view) {
  Slot& slot = own_slot();
  if (view->generation_ != generation_) view->let_go();
  const std::uint64_t generation = view->generation_;
  const std::unique_ptr<ReadView> other(slot.idle.exchange(view.release()));
  // A release() that came between has not seen it.
  if (generation == generation_) return;
  view.reset(slot.idle.exchange(nullptr));
  if (!view) return;  // taken again: whoever has it gives it back
  view->let_go();
  delete slot.idle.exchange(view.release());
}

void ReadViews::release() {
  ++generation_;
  for (Slot& slot : slots_) {
    std::unique_ptr<ReadView> view(slot.idle.exchange(nullptr));
    if (!view) continue;
    view->let_go();
    delete slot.idle.exchange(view.release());
  }
}

ReadViews::Slot& ReadViews::own_slot() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t own = next++;
  return slots_[own % slots_.size()];
}

void FileWatch::tell() {
  const std::lock_guard lock(mutex_);
  if (views_ != nullptr) views_->release();
}

void FileWatch::set(ReadViews* views) {
  const std::lock_guard lock(mutex_);
  views_ = views;
}

}  // namespace chayan::index
