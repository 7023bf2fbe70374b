#include "index/writer.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <span>
#include <stop_token>
#include <thread>
#include <utility>
#include <variant>

#include "base/limits.h"
#include "index/commit.h"
#include "index/fold.h"
#include "index/planner.h"
#include "index/purge.h"
#include "index/row_batch.h"
#include "index/schema.h"
#include "index/tree.h"
#include "log/group_commit.h"

namespace chayan::index {
namespace {

constexpr std::size_t kWorksPerCommitMax = 64;

Error unavailable(std::string en, std::string zh) {
  return {ErrorCode::unavailable, {}, {std::move(en), std::move(zh)}};
}

bool is_erasure(const Change& change) {
  const auto* event = std::get_if<CertificateEvent>(&change.body);
  return event != nullptr && event->kind == CertificateEventKind::erased;
}

bool is_callers_fault(const Error& error) {
  return error.code != ErrorCode::io && error.code != ErrorCode::corrupt;
}

}  // namespace

class Writer::Impl {
 public:
  Impl(Store& store, GrowingTree tree, OnPublished published, Purging purging)
      : store_(store),
        purging_(purging),
        database_(store.db()),
        planner_(store),
        tree_(std::move(tree)),
        commits_([this](std::span<Work*> works,
                        std::span<BatchOutcome> outcomes) { carry(works, outcomes); },
                 kWorksPerCommitMax),
        published_(std::move(published)),
        publisher_([this](const std::stop_token& stop) { publish_until(stop); }),
        purger_([this](const std::stop_token& stop) { purge_until(stop); }) {
    const auto due = is_purge_due(database());
    if (purges() && (!due || *due)) want_purge();  // what the last process did not come to
  }

  ~Impl() {
    purger_.request_stop();
    purger_.join();  // what it does not come to is done at the next open
    publisher_.request_stop();
    publisher_.join();
    static_cast<void>(store_.publish());  // nothing is lost without it: the next open publishes
  }

  BatchOutcome submit(Batch batch) {
    const bool erases = std::any_of(batch.changes.begin(), batch.changes.end(), is_erasure);
    BatchOutcome outcome = commits_.submit(std::move(batch));
    if (purges() && erases && outcome.receipt) await_purge();
    return outcome;
  }

  Result<void> amend(Amendment amendment) {
    const BatchOutcome outcome = commits_.submit(std::move(amendment));
    if (outcome.failure) return *outcome.failure;
    return {};
  }

 private:
  using Work = std::variant<Batch, Amendment>;

  void carry(std::span<Work*> works, std::span<BatchOutcome> outcomes) {
    if (failed_) {
      const Error error = unavailable("An earlier commit failed; restart the service.",
                                      "此前的写入失败，请重启服务。");
      for (BatchOutcome& outcome : outcomes) outcome.failure = error;
      return;
    }
    planner_.set_time(store_.clock().now());
    RowBatch rows(database_);
    GrowingTree tree = tree_;
    for (std::size_t i = 0; i < works.size(); ++i) {
      const auto* batch = std::get_if<Batch>(works[i]);
      outcomes[i] =
          batch != nullptr ? plan(*batch, tree, rows) : apply(std::get<Amendment>(*works[i]), rows);
    }
    if (rows.rows().empty()) return;
    failed_ = true;  // until it is known to have gone well, however the commit ends
    const auto grown = tree.put_rows(rows);
    if (const auto committed = grown ? commit(store_.db(), rows) : grown; !committed) {
      for (std::size_t i = 0; i < works.size(); ++i) {
        const bool is_amendment = std::holds_alternative<Amendment>(*works[i]);
        // Replays too: the earlier batch may be one of this group.
        const bool counted_on = outcomes[i].receipt || (is_amendment && !outcomes[i].failure);
        if (!counted_on) continue;
        outcomes[i].receipt.reset();
        outcomes[i].failure = committed.error();
      }
      return;
    }
    failed_ = false;
    tree_ = std::move(tree);
    if (purges() && makes_purge_due(rows)) want_purge();
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
    record.content = content_mac(batch.content);
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
    if (!outcome.failure && batch.skip_bad && batch.set_aside) {
      if (const auto kept = batch.set_aside(outcome.rejections); !kept) {
        outcome.failure = kept.error();
      }
    }
    if (outcome.failure || (!batch.skip_bad && !outcome.rejections.empty())) {
      rows.back_to(batch_mark);
      tree.back_to(tree_before);
      return outcome;
    }
    record.rejected = outcome.rejections.size();
    rows.put(batch_key(keyed_index().batch(batch.idempotency_key)), encode(record));
    outcome.receipt = record;
    return outcome;
  }

  static BatchOutcome apply(const Amendment& amendment, RowBatch& rows) {
    BatchOutcome outcome;
    const std::size_t before = rows.mark();
    if (const auto amended = amendment(rows); !amended) {
      rows.back_to(before);
      outcome.failure = amended.error();
    }
    return outcome;
  }

  Result<std::optional<BatchRecord>> find_earlier(const Batch& batch, const RowBatch& rows) const {
    const auto record = find_batch(rows, keyed_index().batch(batch.idempotency_key));
    if (!record) return record.error();
    if (*record && (*record)->content != content_mac(batch.content)) {
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

  const crypto::KeyedIndex& keyed_index() const { return store_.keyed_index(); }
  // A plain digest would tell whoever lacks a few characters of the content, and has the data
  // directory, that he has guessed them; and it would outlive an erasure.
  Hash content_mac(const Hash& digest) const {
    const crypto::Keyring& keyring = store_.keyring();
    return keyring.suite->digest.hmac(view(keyring.index_key), {"content", view(digest)});
  }
  rocksdb::DB& database() const { return store_.db(); }
  bool purges() const { return purging_ == Purging::by_writer; }

  void want_purge() {
    {
      const std::lock_guard lock(purger_mutex_);
      ++purges_wanted_;
    }
    purger_wake_.notify_all();
  }

  // Until what is committed now and erased is out of the files; not for ever, see limits.h.
  void await_purge() {
    std::unique_lock lock(purger_mutex_);
    const std::uint64_t wanted = purges_wanted_;
    purged_.wait_for(lock, limits::kPurgeWaitMax, [&] { return purges_done_ >= wanted; });
  }

  // One purge at a time, of all that was erased when it begins.
  void purge_until(const std::stop_token& stop) {
    std::unique_lock lock(purger_mutex_);
    while (purger_wake_.wait(lock, stop, [&] { return purges_done_ < purges_wanted_; })) {
      const std::uint64_t wanted = purges_wanted_;
      lock.unlock();
      Purge purge(database(), store_.views(),
                  [this](Amendment amendment) { return amend(std::move(amendment)); });
      std::chrono::milliseconds pause = limits::kPurgeAgainMin;
      auto done = purge.attempt();
      lock.lock();
      while ((!done || !*done) && !stop.stop_requested()) {
        purger_wake_.wait_for(lock, stop, pause, [] { return false; });
        pause = std::min<std::chrono::milliseconds>(2 * pause, limits::kPurgeAgainMax);
        lock.unlock();
        done = purge.attempt();
        lock.lock();
      }
      if (!done || !*done) return;
      purges_done_ = wanted;
      purged_.notify_all();
    }
  }

  Store& store_;
  const Purging purging_;
  DatabaseRows database_;
  Planner planner_;
  GrowingTree tree_;     // of what is committed; the carrying thread's own
  bool failed_ = false;  // likewise
  log::GroupCommit<Work, BatchOutcome> commits_;

  OnPublished published_;
  std::mutex publisher_mutex_;
  std::condition_variable_any publisher_wake_;
  bool unpublished_ = true;  // what the last process committed may be so
  std::jthread publisher_;   // it uses what stands above

  std::mutex purger_mutex_;
  std::condition_variable_any purger_wake_;
  std::condition_variable purged_;
  std::uint64_t purges_wanted_ = 0;
  std::uint64_t purges_done_ = 0;
  std::jthread purger_;  // last: it uses what stands above
};

Writer::Writer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Writer::~Writer() = default;

Result<std::unique_ptr<Writer>> Writer::create(Store& store, OnPublished published,
                                               Purging purging) {
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
      new Writer(std::make_unique<Impl>(store, std::move(*tree), std::move(published), purging)));
}

BatchOutcome Writer::submit(Batch batch) {
  return impl_->submit(std::move(batch));
}

Result<void> Writer::amend(Amendment amendment) {
  return impl_->amend(std::move(amendment));
}

}  // namespace chayan::index
