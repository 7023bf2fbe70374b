#include "index/follower.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <utility>

#include "index/commit.h"
#include "index/planner.h"
#include "index/schema.h"
#include "index/unheld.h"
#include "log/entry.h"

namespace chayan::index {
namespace {

Error passed_over(std::uint64_t seq) {
  return {ErrorCode::conflict,
          {},
          {"The mirror was not given the private fields of seq " + std::to_string(seq) +
               ", and what it passed over is not sent again: begin again with a new data "
               "directory, or go on without private fields.",
           {}}};
}

Error not_shown(std::uint64_t seq) {
  return {
      ErrorCode::conflict,
      {},
      {"seq " + std::to_string(seq) +
           ": the upstream does not show us all private fields of it, and nothing of its answer "
           "was recorded. Once it shows them all, go on from here; or begin again with a new "
           "data directory, as a mirror without private fields.",
       {}}};
}

}  // namespace

Follower::Follower(Store& store, GrowingTree tree, std::optional<std::uint64_t> first_unheld,
                   Wanted wanted)
    : store_(store),
      database_(store.db()),
      tree_(std::move(tree)),
      first_unheld_(first_unheld),
      wanted_(wanted),
      fold_(store.sealer(), store.keyed_index()) {}

Result<std::unique_ptr<Follower>> Follower::create(Store& store, const log::NoteKey& upstream,
                                                   Wanted wanted) {
  if (const auto mirror = store.become_mirror(upstream); !mirror) return mirror.error();
  if (store.read_only()) {
    return Error{ErrorCode::unavailable,
                 {},
                 {"The mirror is read-only: " + store.read_only_reason() + ".", {}}};
  }
  const DatabaseRows rows(store.db());
  const auto unheld = read_first_unheld(rows);
  if (!unheld) return unheld.error();
  if (*unheld && wanted == Wanted::all) return passed_over(**unheld);
  auto tree = GrowingTree::read(rows);
  if (!tree) return tree.error();
  return std::unique_ptr<Follower>(new Follower(store, std::move(*tree), *unheld, wanted));
}

Result<void> Follower::apply(const log::FeedPage& page) {
  if (page.first_seq != tree_.size()) {
    return corrupt("seq " + std::to_string(page.first_seq) + ": the mirror has " +
                   std::to_string(tree_.size()) + " entries.");
  }
  if (!page.lines.empty()) {
    RowBatch rows(database_);
    GrowingTree tree = tree_;
    std::optional<std::uint64_t> unheld = first_unheld_;
    for (const log::FeedPage::Line& line : page.lines) {
      const auto is_whole = put_line(line, rows);
      if (!is_whole) {
        return corrupt("seq " + std::to_string(tree.size()) + ": " + is_whole.error().message.en);
      }
      if (!*is_whole && wanted_ == Wanted::all) return not_shown(tree.size());
      if (!*is_whole && !unheld) unheld = tree.size();
      tree.append(line.leaf);
    }
    if (unheld != first_unheld_) rows.put(meta_key(kUnheldRow), std::to_string(*unheld));
    if (auto grown = tree.put_rows(rows); !grown) return grown;
    if (auto committed = commit(store_.db(), rows); !committed) return committed;
    tree_ = std::move(tree);
    first_unheld_ = unheld;
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

Result<bool> Follower::put_line(const log::FeedPage::Line& line, RowBatch& rows) {
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
  const auto applied =
      fold_.apply(rows, seq, *change, record != nullptr ? &record->fields : nullptr);
  if (!applied) return applied.error();
  return record != nullptr || !entry->commitment ||
         std::holds_alternative<log::Erased>(line.beside);
}

}  // namespace chayan::index
