#include "index/writer.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <span>
#include <stop_token>
#include <thread>
#include <utility>

#include "base/limits.h"
#include "index/fold.h"
#include "index/planner.h"
#include "index/row_batch.h"
#include "index/schema.h"
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
  Impl(Store& store, log::Frontier frontier)
      : store_(store),
        database_(store.db()),
        planner_(store),
        frontier_(std::move(frontier)),
        commits_([this](std::span<Batch*> batches,
                        std::span<BatchOutcome> outcomes) { carry(batches, outcomes); },
                 kBatchesPerCommitMax),
        anchor_keeper_([this](const std::stop_token& stop) { keep_anchor(stop); }) {}

  ~Impl() {
    anchor_keeper_.request_stop();
    anchor_keeper_.join();
    static_cast<void>(
        store_.write_anchor());  // the keyed batches stay safe without it; the next open says so
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
    log::Frontier frontier = frontier_;
    for (std::size_t i = 0; i < batches.size(); ++i) {
      outcomes[i] = plan(*batches[i], frontier, rows);
    }
    if (rows.rows().empty()) return;
    rows.put(head_key(), frontier.encode());
    rows.put(root_key(frontier.size()), std::string(view(frontier.root())));
    failed_ = true;  // until it is known to have gone well, however the commit ends
    if (const auto committed = commit(rows); !committed) {
      // Replays too: the earlier batch may be one of this group.
      for (BatchOutcome& outcome : outcomes) {
        if (!outcome.receipt) continue;
        outcome.receipt.reset();
        outcome.failure = committed.error();
      }
      return;
    }
    failed_ = false;
    frontier_ = std::move(frontier);
  }

  // One batch into `rows`. If it is refused, `rows` and `frontier` are as before.
  BatchOutcome plan(const Batch& batch, log::Frontier& frontier, RowBatch& rows) {
    BatchOutcome outcome;
    if (const auto earlier = find_earlier(batch, rows); !earlier) {
      outcome.failure = earlier.error();
      return outcome;
    } else if (*earlier) {
      outcome.receipt = *earlier;
      outcome.replayed = true;
      return outcome;
    }

    const log::Frontier frontier_before = frontier;
    const std::size_t batch_mark = rows.mark();
    BatchRecord record;
    record.content = batch.content;
    record.first_seq = frontier.size();
    for (std::size_t i = 0; i < batch.changes.size() && !outcome.failure; ++i) {
      const std::size_t change_mark = rows.mark();
      const auto planned = planner_.plan(batch.changes[i], frontier, rows);
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
      frontier = frontier_before;
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

  Result<void> commit(const RowBatch& rows) {
    rocksdb::WriteBatch batch;
    for (const auto& [key, value] : rows.rows()) {
      const auto status = value ? batch.Put(key, *value) : batch.Delete(key);
      if (!status.ok()) return io_error("filling a write batch: " + status.ToString());
    }
    rocksdb::WriteOptions options;
    options.sync = true;
    const auto status = store_.db().Write(options, &batch);
    if (!status.ok()) return io_error("the outcome of a commit is unknown: " + status.ToString());
    return {};
  }

  void keep_anchor(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      wake.wait_for(lock, stop, limits::kAnchorInterval, [] { return false; });
      static_cast<void>(store_.write_anchor());
    }
  }

  Store& store_;
  DatabaseRows database_;
  Planner planner_;
  log::Frontier frontier_;  // of what is committed; the carrying thread's own
  bool failed_ = false;     // likewise
  log::GroupCommit<Batch, BatchOutcome> commits_;
  std::jthread anchor_keeper_;
};

Writer::Writer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Writer::~Writer() = default;

Result<std::unique_ptr<Writer>> Writer::create(Store& store) {
  if (store.read_only()) {
    return unavailable("The store is read-only: " + store.read_only_reason(),
                       "数据只读，不能写入。");
  }
  const DatabaseRows rows(store.db());
  const auto bytes = rows.get(head_key());
  if (!bytes) return bytes.error();
  auto frontier = *bytes ? log::Frontier::decode(**bytes) : std::nullopt;
  if (!frontier) return corrupt("the head row does not decode");
  return std::unique_ptr<Writer>(new Writer(std::make_unique<Impl>(store, std::move(*frontier))));
}

BatchOutcome Writer::submit(Batch batch) {
  return impl_->submit(std::move(batch));
}

}  // namespace chayan::index
