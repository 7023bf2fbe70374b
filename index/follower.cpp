#include "index/follower.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
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

Follower::Follower(Store& store, Standing standing, Wanted wanted)
    : store_(store),
      database_(store.db()),
      standing_(std::move(standing)),
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
  Standing standing{std::move(*tree), *unheld, {}, 0};
  auto promise = rows.get(meta_key(kPromiseRow));
  if (!promise) return promise.error();
  if (*promise) {
    const auto checkpoint = log::open_checkpoint(**promise, upstream);
    if (!checkpoint) return corrupt("the promise row is not a checkpoint of the upstream's");
    standing.promise = std::move(**promise);
    standing.promised_size = checkpoint->size;
  }
  return std::unique_ptr<Follower>(new Follower(store, std::move(standing), wanted));
}

Result<void> Follower::apply(const log::FeedPage& page) {
  if (page.first_seq != standing_.tree.size()) {
    return corrupt("seq " + std::to_string(page.first_seq) + ": the mirror has " +
                   std::to_string(standing_.tree.size()) + " entries.");
  }
  RowBatch rows(database_);
  Standing next = standing_;
  for (const log::FeedPage::Line& line : page.lines) {
    const std::uint64_t seq = next.tree.size();
    const auto is_whole = put_line(line, rows);
    if (!is_whole) {
      return corrupt("seq " + std::to_string(seq) + ": " + is_whole.error().message.en);
    }
    if (!*is_whole && wanted_ == Wanted::all) return not_shown(seq);
    if (!*is_whole && !next.first_unheld) {
      next.first_unheld = seq;
      rows.put(meta_key(kUnheldRow), std::to_string(seq));
    }
    next.tree.append(line.leaf);
  }
  if (!page.lines.empty()) {
    if (auto grown = next.tree.put_rows(rows); !grown) return grown;
  }
  if (page.checkpoint.size > std::max(next.promised_size, next.tree.size())) {
    next.promise = page.note;
    next.promised_size = page.checkpoint.size;
    rows.put(meta_key(kPromiseRow), page.note);
  }
  if (!rows.rows().empty()) {
    if (auto committed = commit(store_.db(), rows); !committed) return committed;
    standing_ = std::move(next);
  }
  purge_when_due();
  return store_.publish_upstream(page.checkpoint, page.note);
}

void Follower::purge_when_due() {
  if (!purge_) {
    const auto due = is_purge_due(store_.db());
    if (!due || !*due) return;
    purge_.emplace(store_.db(), store_.views(), commit_amendment(store_.db()));
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
