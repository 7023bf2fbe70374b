#include "index/store.h"

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "crypto/digest.h"
#include "index/database_options.h"
#include "index/floor.h"
#include "index/purge.h"
#include "index/read_views.h"
#include "index/reader.h"
#include "index/rotation.h"
#include "index/row_batch.h"
#include "index/schema.h"
#include "index/tree.h"

namespace chayan::index {
namespace {

namespace fs = std::filesystem;

Error refused(std::string en) {
  return {ErrorCode::conflict, {}, {std::move(en), {}}};
}

bool has_files(const std::string& directory, std::string_view ending = {}) {
  std::error_code absent;
  for (const auto& file : fs::directory_iterator(directory, absent)) {
    if (file.path().native().ends_with(ending)) return true;
  }
  return false;
}

std::string new_log_id() {
  return to_hex(crypto::random_bytes(16));
}

Result<void> make_directory(const std::string& path) {
  std::error_code failed;
  fs::create_directories(path, failed);
  if (failed) return io_error("making " + path + ": " + failed.message());
  fs::permissions(path, fs::perms::owner_all, failed);
  if (failed) return io_error("restricting " + path + ": " + failed.message());
  return {};
}

}  // namespace

Store::Store(StoreOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock) {
  options_.data = without_trailing_slash(std::move(options_.data));
  options_.keys = options_.keys.empty() ? options_.data + ".keys"
                                        : without_trailing_slash(std::move(options_.keys));
  if (options_.anchor.empty()) options_.anchor = options_.keys + "/anchor";
}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options, const Clock& clock) {
  // First of all: nothing is made under a name that cannot be.
  if (!options.origin.empty()) {
    if (auto named = log::check_key_name(options.origin, "--origin"); !named) return named.error();
  }
  std::unique_ptr<Store> store(new Store(options, clock));
  for (const auto step : {&Store::open_keyring, &Store::open_database, &Store::check_identity,
                          &Store::check_head, &Store::finish_purge}) {
    if (const auto done = (store.get()->*step)(); !done) return done.error();
  }
  return store;
}

Result<void> Store::open_keyring() {
  const bool has_rows = has_files(options_.data + "/rows");
  if (!has_rows && !options_.create) {
    return refused(options_.data + " is not a data directory; `chayan import` makes one.");
  }
  if (!crypto::Keyring::exists(options_.keys)) {
    if (has_rows) {
      return refused("The data directory is sealed, but its keyring is not at " + options_.keys +
                     "; say where it is with --keys.");
    }
    auto created = crypto::Keyring::create(options_.keys, rfc3339_utc(clock_.now()));
    if (!created) return created.error();
  }
  auto loaded = crypto::Keyring::load(options_.keys);
  if (!loaded) return loaded.error();
  keyring_ = *loaded;  // its copy: a keyring wipes itself and so does not move
  keyed_index_ = std::make_unique<crypto::KeyedIndex>(*keyring_.suite, keyring_.index_key);
  return {};
}

Result<void> Store::open_database() {
  const std::string rows = options_.data + "/rows";
  const auto anchor = log::read_anchor(options_.anchor);
  if (!anchor) return anchor.error();
  // The anchor is written when a store is whole: without one, a kill while the first start made the
  // database is all that can have left files without CURRENT and without a table.
  if (!*anchor && !fs::exists(rows + "/CURRENT") && !has_files(rows, ".sst")) {
    std::error_code failed;
    fs::remove_all(rows, failed);
    if (failed) return io_error("removing a database that was never whole: " + failed.message());
  }
  const bool is_new = !has_files(rows);
  if (is_new && *anchor && (*anchor)->size > 0) {
    return refused("The rows of " + options_.data + " are gone, but its log had reached " +
                   std::to_string((*anchor)->size) + " entries. Restore them from a backup.");
  }
  if (const auto made = make_directory(options_.data); !made) return made.error();
  // Never make a database among files that are there: where CURRENT is lost, RocksDB would begin
  // an empty one beside the rows, and the next open would purge them.
  if (!is_new && !fs::exists(rows + "/CURRENT")) {
    return corrupt("The store is damaged and was not opened: " + rows +
                   "/CURRENT is missing. Restore it from a backup.");
  }
  rocksdb::Options database = database_options(options_.block_cache_bytes);
  database.create_if_missing = is_new;
  const auto watch = std::make_shared<FileWatch>();
  database.listeners.push_back(watch);
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(database, rows, &db);
  db_.reset(db);
  if (status.ok()) {
    views_ = std::make_unique<ReadViews>(*db_, watch);
    std::error_code ignored;  // a stale rehearsal is only in the way
    fs::remove_all(options_.data + "/scratch", ignored);
    return {};
  }
  if (status.IsIOError() && status.ToString().find("lock") != std::string::npos) {
    return refused(options_.data + " is in use by another process; end it first.");
  }
  if (status.IsCorruption()) {
    return corrupt("The store is damaged and was not opened: " + status.ToString() +
                   ". Restore it from a backup.");
  }
  return io_error("opening " + rows + ": " + status.ToString());
}

Result<void> Store::check_identity() {
  const DatabaseRows rows(*db_);
  const auto format = rows.get(meta_key("format"));
  if (!format) return format.error();
  if (!*format) return initialise();
  if (**format != kFormatVersion) {
    return refused("The data has format " + **format + ", this program reads format " +
                   std::string(kFormatVersion) +
                   ": `export` it with the program that wrote it, then `import` it here.");
  }
  const auto suite = rows.get(meta_key("suite"));
  if (!suite) return suite.error();
  if (*suite != keyring_.suite->name) {
    return refused("The data is of the suite " + suite->value_or("intl") + ", the keyring at " +
                   options_.keys + " of the suite " + std::string(keyring_.suite->name) +
                   ": say with --keys where the data's own keyring is.");
  }
  const auto fingerprint = rows.get(meta_key("keyring"));
  if (!fingerprint) return fingerprint.error();
  if (*fingerprint != to_hex(view(keyring_.fingerprint))) {
    return refused("The keyring at " + options_.keys +
                   " is not the one this data was sealed with.");
  }
  if (auto took = take_data_keys(); !took) return took;
  return read_origin();
}

// Keys that this data has outlived are not kept at hand. Other data may be behind: what was restored
// from a backup, or was left aside while the rotation went through its rebuilt copy.
Result<void> Store::take_data_keys() {
  const auto oldest = read_oldest_key(DatabaseRows(*db_));
  if (!oldest) return oldest.error();
  std::erase_if(keyring_.data_keys, [&](const auto& key) {
    return key.first < *oldest && key.second.state == crypto::DataKeyState::retired;
  });
  if (!keyring_.data_keys.contains(*oldest)) {
    return refused("The data has records under data key " + std::to_string(*oldest) +
                   ", which the keyring at " + options_.keys +
                   " has forgotten: they cannot be read. Restore a newer backup.");
  }
  sealer_ = std::make_unique<crypto::Sealer>(keyring_);
  return {};
}

Result<void> Store::read_origin() {
  const DatabaseRows rows(*db_);
  const auto upstream = rows.get(meta_key("upstream"));
  if (!upstream) return upstream.error();
  if (*upstream) {
    const auto key = log::parse_verifier_line(**upstream, "upstream");
    if (!key) return corrupt("the upstream row does not parse");
    is_mirror_ = true;
    log_key_ = *key;
    origin_ = key->name;
  } else {
    const auto origin = rows.get(meta_key("origin"));
    if (!origin) return origin.error();
    if (!*origin) return corrupt("the origin row is missing");
    const auto log_id = rows.get(meta_key("log"));
    if (!log_id) return log_id.error();
    if (!*log_id) return corrupt("the log row is missing");
    origin_ = **origin;
    log_id_ = **log_id;
    make_signers();
  }
  if (options_.origin.empty() || options_.origin == origin_) return {};
  return refused("This log is " + origin_ + ", not " + options_.origin + ".");
}

void Store::make_signers() {
  signers_.clear();
  const auto add = [&](crypto::SignatureScheme scheme, std::string_view label) {
    signers_.emplace_back(origin_,
                          crypto::SigningKey(scheme, keyring_.log_secret(origin_, label, log_id_)));
  };
  add(crypto::SignatureScheme::ed25519, "ed25519");
  if (keyring_.suite->signs_with_sm2) add(crypto::SignatureScheme::sm2, "sm2");
  log_key_ = signers_.front().key();
}

// A database without a format is new, unless an anchor says that there was one: then its files are
// gone.
Result<void> Store::initialise() {
  const auto anchor = log::read_anchor(options_.anchor);
  if (!anchor) return anchor.error();
  if (*anchor && (*anchor)->size > 0) {
    return refused("The store opens empty, but its log had reached " +
                   std::to_string((*anchor)->size) + " entries. Restore it from a backup.");
  }
  // Nobody else's name, and nobody's address: RFC 2606 reserves .example.
  origin_ = options_.origin.empty()
                ? to_hex(view(keyring_.fingerprint)).substr(0, 16) + ".chayan.example"
                : options_.origin;
  log_id_ = new_log_id();
  make_signers();
  const log::Frontier empty;
  rocksdb::WriteBatch batch;
  for (const auto& [key, value] : std::initializer_list<std::pair<std::string, std::string>>{
           {meta_key("format"), std::string(kFormatVersion)},
           {meta_key("keyring"), to_hex(view(keyring_.fingerprint))},
           {meta_key("suite"), std::string(keyring_.suite->name)},
           {meta_key(kOldestKeyRow), std::to_string(keyring_.active_data_key)},
           {meta_key("origin"), origin_},
           {meta_key("log"), log_id_},
           {head_key(), empty.encode()}}) {
    batch.Put(key, value);
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const auto status = db_->Write(synced, &batch);
  if (!status.ok()) return io_error("initialising the store: " + status.ToString());
  if (auto took = take_data_keys(); !took) return took;
  return log::write_anchor(options_.anchor, {0, empty.root(), {}});
}

Result<void> Store::check_head() {
  if (read_only()) return {};
  const auto head = reader().head();
  if (!head) return head.error();
  const DatabaseRows rows(*db_);
  if (head->size > 0) {
    const auto last = rows.get(entry_key(head->size - 1));
    if (!last) return last.error();
    if (!*last) return corrupt("The head says more entries than there are. Restore from a backup.");
  }
  const auto beyond = rows.get(entry_key(head->size));
  if (!beyond) return beyond.error();
  if (*beyond) return corrupt("There are more entries than the head says. Restore from a backup.");

  auto reason = why_read_only(*head);
  if (!reason) return reason.error();
  read_only_reason_ = std::move(*reason);
  if (read_only() || options_.inspect) return {};
  // Copies of one data directory share their keys: one of them signs.
  auto lock = lock_file(options_.anchor + ".lock");
  if (lock) {
    anchor_lock_.emplace(std::move(*lock));
  } else {
    read_only_reason_ =
        errno == EWOULDBLOCK
            ? "another process signs with the keys of " + options_.anchor
            : "cannot lock " + options_.anchor + ".lock: " + std::generic_category().message(errno);
  }
  return {};
}

Result<std::string> Store::why_read_only(const Head& head) {
  const auto anchor = log::read_anchor(options_.anchor);
  if (!anchor) return anchor.error();
  if (*anchor) anchored_ = **anchor;
  if (!is_mirror_) {  // which signs nothing
    auto below = hold_against_floor(*db_, head);
    if (!below || !below->empty()) return below;
  }
  if (!options_.inspect) {
    if (auto removed = remove_floor(*db_); !removed) return removed.error();
  }
  if (*anchor) return hold_against(**anchor, head);
  if (head.size > 0 && !is_mirror_) return "the head anchor " + options_.anchor + " is missing";
  if (options_.inspect) return std::string();
  anchored_ = {head.size, head.root, {}};
  if (auto written = log::write_anchor(options_.anchor, anchored_); !written) {
    return written.error();
  }
  return std::string();
}

Result<void> Store::finish_purge() {
  const auto purged = purge_alone(*db_, *views_);
  return purged ? Result<void>() : purged.error();
}

Result<std::string> Store::hold_against(const log::Anchor& anchor, const Head& head) {
  is_behind_anchor_ = is_mirror_ && anchor.size > head.size;
  if (is_behind_anchor_) return std::string();
  if (anchor.size > head.size) return ends_before(head, anchor.size);
  const DatabaseRows rows(*db_);
  const TileHashes tree(rows);
  const auto root = log::root_at(tree, anchor.size);
  if (!root) return root.error();
  if (*root != anchor.root) {
    return "the log has another root at " + std::to_string(anchor.size) +
           " entries than the head anchor";
  }
  if (anchor.checkpoint.empty()) return std::string();
  auto checkpoint = log::open_checkpoint(anchor.checkpoint, log_key_);
  const auto published_root =
      checkpoint ? log::root_at(tree, checkpoint->size) : Result<Hash>(checkpoint.error());
  if (!published_root || *published_root != checkpoint->root) {
    return "the head anchor " + options_.anchor + " holds a checkpoint of another log";
  }
  published_ = std::make_shared<Published>(Published{std::move(*checkpoint), anchor.checkpoint});
  return std::string();
}

std::uint64_t Store::sequence() const {
  return db_->GetLatestSequenceNumber();
}

Reader Store::reader() const {
  return Reader(*this);
}

const log::NoteKey* Store::second_log_key() const {
  return signers_.size() > 1 ? &signers_[1].key() : nullptr;
}

Result<void> Store::become_mirror(const log::NoteKey& upstream) {
  const std::string line = log::verifier_line(upstream);
  if (is_mirror_ && line == log::verifier_line(log_key_)) return {};
  const auto head = reader().head();
  if (!head) return head.error();
  if (is_mirror_ || head->size > 0 || read_only()) {
    return refused(options_.data + " holds another log: " + origin_ + ".");
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const auto status = db_->Put(synced, meta_key("upstream"), line);
  if (!status.ok()) return io_error("recording the upstream: " + status.ToString());
  is_mirror_ = true;
  log_key_ = upstream;
  origin_ = upstream.name;
  signers_.clear();
  const std::lock_guard lock(published_mutex_);
  published_.reset();
  return {};
}

std::shared_ptr<const Published> Store::published() const {
  const std::lock_guard lock(published_mutex_);
  return published_;
}

Result<void> Store::publish() {
  const std::lock_guard lock(publishing_);
  if (read_only() || is_mirror_) return {};
  const auto head = reader().head();
  if (!head) return head.error();
  if (head->size == anchored_.size && !anchored_.checkpoint.empty()) return {};
  Published made{{origin_, head->size, head->root}, {}};
  made.note = log::sign_note(log::checkpoint_text(made.checkpoint), signers_);
  log::Anchor anchor{head->size, head->root, made.note};
  return advance(std::move(anchor), std::make_shared<Published>(std::move(made)));
}

Result<void> Store::publish_upstream(const log::Checkpoint& checkpoint, const std::string& note) {
  const std::lock_guard lock(publishing_);
  const auto head = reader().head();
  if (!head) return head.error();
  const bool is_of_head = checkpoint.size == head->size;
  auto published = is_of_head ? std::make_shared<const Published>(Published{checkpoint, note})
                              : Store::published();
  if (is_behind_anchor_ && head->size < anchored_.size) {
    show(std::move(published));
    return {};
  }
  if (auto same = hold_against_anchored(); !same) return same;
  log::Anchor anchor{head->size, head->root, published ? published->note : std::string()};
  if (anchor == anchored_) return {};
  return advance(std::move(anchor), std::move(published));
}

Result<void> Store::advance(log::Anchor anchor, std::shared_ptr<const Published> published) {
  const auto on_disk = log::read_anchor(options_.anchor);
  if (!on_disk) return on_disk.error();
  if (*on_disk != anchored_) {
    return refused("The head anchor " + options_.anchor +
                   " was moved by somebody else: two processes sign with these keys. End one.");
  }
  if (auto written = log::write_anchor(options_.anchor, anchor); !written) return written;
  anchored_ = std::move(anchor);
  show(std::move(published));
  return {};
}

Result<void> Store::hold_against_anchored() {
  if (!is_behind_anchor_) return {};
  const DatabaseRows rows(*db_);
  const auto root = log::root_at(TileHashes(rows), anchored_.size);
  if (!root) return root.error();
  if (*root != anchored_.root) {
    return corrupt("The upstream shows another log than it did: at " +
                   std::to_string(anchored_.size) + " entries it had another root.");
  }
  is_behind_anchor_ = false;
  return {};
}

void Store::show(std::shared_ptr<const Published> published) {
  const std::lock_guard lock(published_mutex_);
  published_ = std::move(published);
}

Result<void> Store::accept_head(const HeadDecision& decision) {
  const std::lock_guard lock(publishing_);
  if (!read_only()) return refused("The head anchor vouches for this log: nothing is to decide.");
  auto taken = lock_file(options_.anchor + ".lock");
  if (!taken) {
    return refused("Another process signs with the keys of " + options_.anchor + "; end it first.");
  }
  const auto head = reader().head();
  if (!head) return head.error();
  log::Anchor accepted{head->size, head->root, {}};
  std::shared_ptr<const Published> published;  // of a log begun anew: none yet
  if (!is_mirror_ && !decision.new_origin.empty()) {
    if (auto begun = begin_as(decision.new_origin); !begun) return begun;
  } else if (!is_mirror_) {
    auto held = contained(decision.last_checkpoint, *head);
    if (!held) return held.error();
    accepted = {held->checkpoint.size, held->checkpoint.root, held->note};
    published = std::make_shared<const Published>(std::move(*held));
  }
  if (auto written = log::write_anchor(options_.anchor, accepted); !written) return written;
  anchored_ = std::move(accepted);
  anchor_lock_.emplace(std::move(*taken));
  read_only_reason_.clear();
  show(std::move(published));
  return {};
}

// A kill before the anchor is written leaves a log that the anchor does not know: the decision is
// asked for once more, and any name is good then.
Result<void> Store::begin_as(const std::string& new_origin) {
  if (auto named = log::check_key_name(new_origin, "--new-origin"); !named) return named;
  if (anchored_.checkpoint.starts_with(new_origin + '\n')) {
    return refused("These keys have signed for a log of this name: choose another --new-origin.");
  }
  const std::string log_id = new_log_id();
  rocksdb::WriteBatch batch;
  batch.Put(meta_key("origin"), new_origin);
  batch.Put(meta_key("log"), log_id);
  batch.Delete(meta_key(kFloorRow));  // it was of the log that was
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const auto status = db_->Write(synced, &batch);
  if (!status.ok()) return io_error("recording the origin: " + status.ToString());
  origin_ = new_origin;
  log_id_ = log_id;
  make_signers();
  return {};
}

// The published checkpoint of `note`, if this log goes on from it.
Result<Published> Store::contained(const std::string& note, const Head& head) const {
  const auto below = hold_against_floor(*db_, head);
  if (!below) return below.error();
  if (!below->empty()) {
    return refused("These keys may have signed for more than was restored: " + *below +
                   ". Restore the whole backup; or let the log go on under another name, with "
                   "--new-origin.");
  }
  if (note.empty()) {
    return refused(
        "These keys may have signed for more than is here. Restore what is missing; or show the "
        "newest checkpoint that a mirror has, with --last-checkpoint; or let the log go on under "
        "another name, with --new-origin.");
  }
  auto checkpoint = log::open_checkpoint(note, log_key_);
  if (!checkpoint) {
    return invalid("--last-checkpoint", "This is not a checkpoint that these keys signed.", {});
  }
  const DatabaseRows rows(*db_);
  const auto root = checkpoint->size > head.size ? Result<Hash>(Hash{})
                                                 : log::root_at(TileHashes(rows), checkpoint->size);
  if (!root) return root.error();
  if (*root != checkpoint->root || anchored_.size > head.size) {
    return refused("These keys have signed for " +
                   std::to_string(std::max(checkpoint->size, anchored_.size)) +
                   " entries that this log does not hold. Restore what is missing; or let the log "
                   "go on under another name, with --new-origin.");
  }
  return Published{std::move(*checkpoint), note};
}

}  // namespace chayan::index
