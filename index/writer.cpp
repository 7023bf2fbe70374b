#include "index/writer.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <span>
#include <stop_token>
#include <thread>
#include <utility>

#include "base/limits.h"
#include "index/commit.h"
#include "index/fold.h"
#include "index/planner.h"
#include "index/row_batch.h"
#include "index/schema.h"
#include "index/tree.h"
#include "log/group_commit.h"

namespace chayan::index {
namespace {

constexpr std::size_t kBatchesPerCommitMax = 64;

Error unavailable(std::string en, std::string zh) {
  return {ErrorCode::unavailable, {}, {std::move(en), std::move(zh)}};
}

bool is_callers_fault(const Error& error) {
  return error.code != ErrorCode::io && error.code != ErrorCode::corrupt;
}

}  // namespace

class Writer::Impl {
 public:
  Impl(Store& store, GrowingTree tree, OnPublished published)
      : store_(store),
        database_(store.db()),
        planner_(store),
        tree_(std::move(tree)),
        commits_([this](std::span<Batch*> batches,
                        std::span<BatchOutcome> outcomes) { carry(batches, outcomes); },
                 kBatchesPerCommitMax),
        published_(std::move(published)),
        publisher_([this](const std::stop_token& stop) { publish_until(stop); }) {}

  ~Impl() {
    publisher_.request_stop();
    publisher_.join();
    static_cast<void>(store_.publish());  // nothing is lost without it: the next open publishes
  }

  BatchOutcome submit(Batch batch) { return commits_.submit(std::move(batch)); }

 private:
  void carry(std::span<Batch*> batches, std::span<BatchOutcome> outcomes) {
    if (failed_) {
      const Error error = unavailable("An earlier commit failed; restart the service.",
                                      "此前的写入失败，请重启服务。");
      for (BatchOutcome& outcome : outcomes) outcome.failure = error;
      return;
    }
    planner_.set_time(store_.clock().now());
    RowBatch rows(database_);
    GrowingTree tree = tree_;
    for (std::size_t i = 0; i < batches.size(); ++i) {
      outcomes[i] = plan(*batches[i], tree, rows);
    }
    if (rows.rows().empty()) return;
    failed_ = true;  // until it is known to have gone well, however the commit ends
    const auto grown = tree.put_rows(rows);
    if (const auto committed = grown ? commit(store_.db(), rows) : grown; !committed) {
      // Replays too: the earlier batch may be one of this group.
      for (BatchOutcome& outcome : outcomes) {
        if (!outcome.receipt) continue;
        outcome.receipt.reset();
        outcome.failure = committed.error();
      }
      return;
    }
    failed_ = false;
    tree_ = std::move(tree);
    announce();
  }

  // One batch into `rows`. If it is refused, `rows` and `tree` are as before.
  BatchOutcome plan(const Batch& batch, GrowingTree& tree, RowBatch& rows) {
    BatchOutcome outcome;
    if (const auto earlier = find_earlier(batch, rows); !earlier) {
      outcome.failure = earlier.error();
      return outcome;
    } else if (*earlier) {
      outcome.receipt = *earlier;
      outcome.replayed = true;
      return outcome;
    }

    const GrowingTree::Mark tree_before = tree.mark();
    const std::size_t batch_mark = rows.mark();
    BatchRecord record;
    record.content = batch.content;
    record.first_seq = tree.size();
    for (std::size_t i = 0; i < batch.changes.size() && !outcome.failure; ++i) {
      const std::size_t change_mark = rows.mark();
      const auto planned = planner_.plan(batch.changes[i], tree, rows);
      if (planned) {
        ++(*planned ? record.count : record.unchanged);
        continue;
      }
      rows.back_to(change_mark);
      if (is_callers_fault(planned.error())) {
        outcome.rejections.push_back({i, planned.error()});
      } else {
        outcome.failure = planned.error();
      }
    }
    if (outcome.failure || (!batch.skip_bad && !outcome.rejections.empty())) {
      rows.back_to(batch_mark);
      tree.back_to(tree_before);
      return outcome;
    }
    record.rejected = outcome.rejections.size();
    rows.put(batch_key(batch.idempotency_key), encode(record));
    outcome.receipt = record;
    return outcome;
  }

  static Result<std::optional<BatchRecord>> find_earlier(const Batch& batch, const RowBatch& rows) {
    const auto record = find_batch(rows, batch.idempotency_key);
    if (!record) return record.error();
    if (*record && (*record)->content != batch.content) {
      return Error{ErrorCode::conflict,
                   "idempotency_key",
                   {"This key was used before with other content.", "该幂等键已用于其他内容。"}};
    }
    return *record;
  }

  void announce() {
    {
      const std::lock_guard lock(publisher_mutex_);
      unpublished_ = true;
    }
    publisher_wake_.notify_one();
  }

  // One publication at a time, of whatever is committed when it begins: the busier the writer, the
  // more commits share one. One that failed is tried again after a while.
  void publish_until(const std::stop_token& stop) {
    std::unique_lock lock(publisher_mutex_);
    while (!stop.stop_requested()) {
      publisher_wake_.wait_for(lock, stop, limits::kPublishAgainAfter,
                               [&] { return unpublished_; });
      if (!unpublished_) continue;
      unpublished_ = false;
      lock.unlock();
      const auto outcome = store_.publish();
      if (published_) published_(outcome);
      lock.lock();
      if (!outcome) {
        publisher_wake_.wait_for(lock, stop, limits::kPublishAgainAfter, [] { return false; });
        unpublished_ = true;
      }
    }
  }

  Store& store_;
  DatabaseRows database_;
  Planner planner_;
  GrowingTree tree_;     // of what is committed; the carrying thread's own
  bool failed_ = false;  // likewise
  log::GroupCommit<Batch, BatchOutcome> commits_;

  OnPublished published_;
  std::mutex publisher_mutex_;
  std::condition_variable_any publisher_wake_;
  bool unpublished_ = true;  // what the last process committed may be so
  std::jthread publisher_;   // last: it uses what stands above
};

Writer::Writer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Writer::~Writer() = default;

Result<std::unique_ptr<Writer>> Writer::create(Store& store, OnPublished published) {
  if (store.read_only()) {
    return unavailable("The store is read-only: " + store.read_only_reason(),
                       "数据只读，不能写入。");
  }
  if (store.is_mirror()) {
    return unavailable("This is a mirror of " + store.origin() + "; changes are recorded there.",
                       "这是 " + store.origin() + " 的镜像，变更须在原登记处写入。");
  }
  auto tree = GrowingTree::read(DatabaseRows(store.db()));
  if (!tree) return tree.error();
  return std::unique_ptr<Writer>(
      new Writer(std::make_unique<Impl>(store, std::move(*tree), std::move(published))));
}

BatchOutcome Writer::submit(Batch batch) {
  return impl_->submit(std::move(batch));
}

}  // namespace chayan::index
