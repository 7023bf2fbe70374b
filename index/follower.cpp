#include "index/follower.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <utility>

#include "index/commit.h"
#include "index/planner.h"
#include "index/schema.h"
#include "log/entry.h"

namespace chayan::index {

Follower::Follower(Store& store, GrowingTree tree, std::string promise, std::uint64_t promised_size)
    : store_(store),
      database_(store.db()),
      tree_(std::move(tree)),
      promise_(std::move(promise)),
      promised_size_(promised_size),
      fold_(store.sealer(), store.keyed_index()) {}

Result<std::unique_ptr<Follower>> Follower::create(Store& store, const log::NoteKey& upstream) {
  if (const auto mirror = store.become_mirror(upstream); !mirror) return mirror.error();
  if (store.read_only()) {
    return Error{ErrorCode::unavailable,
                 {},
                 {"The mirror is read-only: " + store.read_only_reason() + ".", {}}};
  }
  auto tree = GrowingTree::read(DatabaseRows(store.db()));
  if (!tree) return tree.error();
  auto promise = DatabaseRows(store.db()).get(meta_key(kPromiseRow));
  if (!promise) return promise.error();
  std::uint64_t promised_size = 0;
  if (*promise) {
    const auto checkpoint = log::open_checkpoint(**promise, upstream);
    if (!checkpoint) return corrupt("the promise row is not a checkpoint of the upstream's");
    promised_size = checkpoint->size;
  }
  return std::unique_ptr<Follower>(new Follower(
      store, std::move(*tree), std::move(*promise).value_or(std::string()), promised_size));
}

Result<void> Follower::apply(const log::FeedPage& page) {
  if (page.first_seq != tree_.size()) {
    return corrupt("seq " + std::to_string(page.first_seq) + ": the mirror has " +
                   std::to_string(tree_.size()) + " entries.");
  }
  RowBatch rows(database_);
  GrowingTree tree = tree_;
  if (!page.lines.empty()) {
    for (const log::FeedPage::Line& line : page.lines) {
      if (const auto put = put_line(line, rows); !put) {
        return corrupt("seq " + std::to_string(tree.size()) + ": " + put.error().message.en);
      }
      tree.append(line.leaf);
    }
    if (auto grown = tree.put_rows(rows); !grown) return grown;
  }
  const bool promises = page.checkpoint.size > std::max(promised_size_, tree.size());
  if (promises) rows.put(meta_key(kPromiseRow), page.note);
  if (!rows.rows().empty()) {
    if (auto committed = commit(store_.db(), rows); !committed) return committed;
  }
  tree_ = std::move(tree);
  if (promises) {
    promise_ = page.note;
    promised_size_ = page.checkpoint.size;
  }
  purge_when_due();
  return store_.publish_upstream(page.checkpoint, page.note);
}

void Follower::purge_when_due() {
  if (!purge_) {
    const auto due = is_purge_due(store_.db());
    if (!due || !*due) return;
    purge_.emplace(store_.db(), commit_amendment(store_.db()));
  }
  // A fault shows where rows are read or written; this is tried again with the next page.
  if (const auto done = purge_->attempt(); done && *done) purge_.reset();
}

Result<void> Follower::put_line(const log::FeedPage::Line& line, RowBatch& rows) {
  auto entry = log::parse_entry(line.entry, parser_);
  if (!entry) return corrupt("the entry does not parse.");
  const std::uint64_t seq = entry->head.seq;
  const auto change = read_body(entry->head.kind, entry->body);
  if (!change) return corrupt("the body of the entry does not parse.");
  const auto* record = std::get_if<log::WholeRecord>(&line.beside);
  rows.put(entry_key(seq), std::string(line.entry));
  if (record != nullptr) {
    const std::string key = payload_key(seq);
    std::string sealed;
    store_.sealer().seal(sealing_context(key), encode_payload(*record), sealed);
    rows.put(key, std::move(sealed));
  }
  return fold_.apply(rows, seq, *change, record != nullptr ? &record->fields : nullptr);
}

}  // namespace chayan::index
