#include "index/store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include <filesystem>
#include <utility>

#include "index/database_options.h"
#include "index/reader.h"
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

Result<void> make_directory(const std::string& path) {
  std::error_code failed;
  fs::create_directories(path, failed);
  if (failed) return io_error("making " + path + ": " + failed.message());
  fs::permissions(path, fs::perms::owner_all, failed);
  if (failed) return io_error("restricting " + path + ": " + failed.message());
  return {};
}

}  // namespace

rocksdb::Options database_options(std::size_t block_cache_bytes) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(block_cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.format_version = 5;

  rocksdb::Options options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.create_if_missing = true;
  options.paranoid_checks = true;
  // The default, kPointInTimeRecovery, opens "OK" after one flipped bit with half of the
  // acknowledged keys gone.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  options.write_buffer_size = std::size_t{64} << 20;
  options.max_background_jobs = 2;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 2;
  return options;
}

Store::Store(StoreOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock) {
  while (options_.data.size() > 1 && options_.data.ends_with('/')) options_.data.pop_back();
  if (options_.keys.empty()) options_.keys = options_.data + ".keys";
  if (options_.anchor.empty()) options_.anchor = options_.keys + "/anchor";
}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options, const Clock& clock) {
  std::unique_ptr<Store> store(new Store(options, clock));
  for (const auto step :
       {&Store::open_keyring, &Store::open_database, &Store::check_identity, &Store::check_head}) {
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
  sealer_ = std::make_unique<crypto::Sealer>(keyring_);
  keyed_index_ = std::make_unique<crypto::KeyedIndex>(keyring_.index_key);
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
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(database, rows, &db);
  db_.reset(db);
  if (status.ok()) {
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
  const auto fingerprint = rows.get(meta_key("keyring"));
  if (!fingerprint) return fingerprint.error();
  if (*fingerprint != to_hex(view(keyring_.fingerprint))) {
    return refused("The keyring at " + options_.keys +
                   " is not the one this data was sealed with.");
  }
  return read_origin();
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
    origin_ = **origin;
    make_signers();
  }
  if (options_.origin.empty() || options_.origin == origin_) return {};
  return refused("This log is " + origin_ + ", not " + options_.origin + ".");
}

void Store::make_signers() {
  signers_.clear();
  const auto add = [&](crypto::SignatureScheme scheme, std::string_view label) {
    signers_.emplace_back(origin_, crypto::SigningKey(scheme, keyring_.log_secret(origin_, label)));
  };
  add(crypto::SignatureScheme::ed25519, "ed25519");
  if (keyring_.suite == "gm") add(crypto::SignatureScheme::sm2, "sm2");
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
  if (auto named = log::check_key_name(origin_, "--origin"); !named) return named;
  make_signers();
  const log::Frontier empty;
  rocksdb::WriteBatch batch;
  for (const auto& [key, value] : std::initializer_list<std::pair<std::string, std::string>>{
           {meta_key("format"), std::string(kFormatVersion)},
           {meta_key("keyring"), to_hex(view(keyring_.fingerprint))},
           {meta_key("suite"), keyring_.suite},
           {meta_key("origin"), origin_},
           {head_key(), empty.encode()}}) {
    batch.Put(key, value);
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const auto status = db_->Write(synced, &batch);
  if (!status.ok()) return io_error("initialising the store: " + status.ToString());
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

  const auto anchor = log::read_anchor(options_.anchor);
  if (!anchor) return anchor.error();
  if (*anchor) {
    auto reason = hold_against(**anchor, *head);
    if (!reason) return reason.error();
    read_only_reason_ = std::move(*reason);
  } else if (head->size > 0) {
    read_only_reason_ = "the head anchor " + options_.anchor + " is missing";
  } else {
    anchored_ = {0, head->root, {}};
    return log::write_anchor(options_.anchor, anchored_);
  }
  return {};
}

Result<std::string> Store::hold_against(const log::Anchor& anchor, const Head& head) {
  anchored_ = anchor;
  if (anchor.size > head.size) {
    return "the log ends at " + std::to_string(head.size) + " entries, but had reached " +
           std::to_string(anchor.size);
  }
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
  const std::lock_guard lock(published_mutex_);
  published_ = std::move(published);
  return {};
}

Result<void> Store::accept_head(const std::string& new_origin) {
  const std::lock_guard lock(publishing_);
  const auto head = reader().head();
  if (!head) return head.error();
  const bool had_signed = read_only() && !anchored_.checkpoint.empty() && !is_mirror_;
  if (had_signed && (new_origin.empty() || new_origin == origin_)) {
    return refused("These keys have signed a checkpoint of " + std::to_string(anchored_.size) +
                   " entries that this log does not continue. Restore what is missing; or let the "
                   "log begin anew under another name with --new-origin.");
  }
  if (!new_origin.empty() && !is_mirror_) {
    if (auto named = log::check_key_name(new_origin, "--new-origin"); !named) return named;
    rocksdb::WriteOptions synced;
    synced.sync = true;
    const auto status = db_->Put(synced, meta_key("origin"), new_origin);
    if (!status.ok()) return io_error("recording the origin: " + status.ToString());
    origin_ = new_origin;
    make_signers();
  }
  log::Anchor accepted{head->size, head->root, {}};
  if (auto written = log::write_anchor(options_.anchor, accepted); !written) return written;
  anchored_ = std::move(accepted);
  read_only_reason_.clear();
  const std::lock_guard published_lock(published_mutex_);
  published_.reset();
  return {};
}

}  // namespace chayan::index
