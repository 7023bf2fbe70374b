#include "index/rehearsal.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <string>
#include <utility>

#include "index/database_options.h"
#include "index/planner.h"
#include "index/row_batch.h"
#include "index/schema.h"

namespace chayan::index {
namespace {

constexpr std::size_t kRowBytesInMemoryMax = std::size_t{8} << 20;
constexpr std::size_t kScratchCacheBytes = std::size_t{32} << 20;

// What admission and the fold read by key. The rest (entries, payloads, offerings, texts) is only
// ever written.
constexpr std::string_view kFamiliesRead = "okyigqcs";

// Scratch rows over the store's. A value begins with '+'; "-" says that the row is erased.
class ScratchRows final : public RowView {
 public:
  ScratchRows(rocksdb::DB& scratch, const RowView& beneath)
      : scratch_(scratch), beneath_(beneath) {}

  Result<std::optional<std::string>> get(std::string_view key) const override {
    auto found = scratch_.get(key);
    if (!found) return found.error();
    if (!*found) return beneath_.get(key);
    if ((*found)->starts_with('-')) return std::optional<std::string>();
    return std::optional<std::string>((*found)->substr(1));
  }

 private:
  DatabaseRows scratch_;
  const RowView& beneath_;
};

}  // namespace

class Rehearsal::Impl {
 public:
  Impl(const Store& store, std::unique_ptr<rocksdb::DB> scratch, std::string folder)
      : folder_(std::move(folder)),
        scratch_(std::move(scratch)),
        recorded_(store.db()),
        rehearsed_(*scratch_, recorded_),
        pending_(rehearsed_),
        planner_(store) {
    planner_.set_time(store.clock().now());
  }

  ~Impl() {
    scratch_.reset();
    std::error_code ignored;  // the next open removes what stays
    std::filesystem::remove_all(folder_, ignored);
  }

  Result<void> start() {
    auto tree = GrowingTree::read(recorded_);
    if (!tree) return tree.error();
    tree_ = std::move(*tree);
    return {};
  }

  Result<bool> plan(const Change& change) {
    const std::size_t mark = pending_.mark();
    const GrowingTree::Mark before = tree_.mark();
    auto planned = planner_.plan(change, tree_, pending_);
    if (!planned) {
      pending_.back_to(mark);
      tree_.back_to(before);
      return planned.error();
    }
    if (pending_.bytes() > kRowBytesInMemoryMax) {
      if (const auto spilled = spill(); !spilled) return spilled.error();
    }
    return planned;
  }

 private:
  Result<void> spill() {
    rocksdb::WriteBatch batch;
    for (const auto& [key, value] : pending_.rows()) {
      if (kFamiliesRead.find(key.front()) == std::string_view::npos) continue;
      batch.Put(key, value ? "+" + *value : "-");
    }
    rocksdb::WriteOptions unlogged;
    unlogged.disableWAL = true;
    const auto status = scratch_->Write(unlogged, &batch);
    if (!status.ok()) return io_error("writing the scratch database: " + status.ToString());
    pending_.clear();
    return {};
  }

  std::string folder_;
  std::unique_ptr<rocksdb::DB> scratch_;
  DatabaseRows recorded_;
  ScratchRows rehearsed_;
  RowBatch pending_;
  Planner planner_;
  GrowingTree tree_;
};

Rehearsal::Rehearsal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Rehearsal::~Rehearsal() = default;

Result<std::unique_ptr<Rehearsal>> Rehearsal::begin(const Store& store) {
  const std::string folder = store.options().data + "/scratch";
  rocksdb::DB* scratch = nullptr;
  const auto status = rocksdb::DB::Open(database_options(kScratchCacheBytes), folder, &scratch);
  if (!status.ok()) return io_error("opening the scratch database: " + status.ToString());
  auto impl = std::make_unique<Impl>(store, std::unique_ptr<rocksdb::DB>(scratch), folder);
  if (const auto started = impl->start(); !started) return started.error();
  return std::unique_ptr<Rehearsal>(new Rehearsal(std::move(impl)));
}

Result<bool> Rehearsal::plan(const Change& change) {
  return impl_->plan(change);
}

}  // namespace chayan::index
