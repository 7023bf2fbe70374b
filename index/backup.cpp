#include "index/backup.h"

#include <rocksdb/db.h>
#include <rocksdb/utilities/backup_engine.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "crypto/keyring.h"
#include "index/floor.h"
#include "index/purge.h"
#include "index/reader.h"
#include "log/checkpoint.h"

namespace chayan::index {
namespace {

namespace fs = std::filesystem;

Error refused(std::string en) {
  return {ErrorCode::conflict, {}, {std::move(en), {}}};
}

Error engine_failed(const std::string& doing, const rocksdb::Status& status) {
  const std::string what = doing + ": " + status.ToString();
  return status.IsCorruption() ? corrupt(what) : io_error(what);
}

// BackupEngine gives no promise about two that work in one folder, so they exclude each other.
class FolderLock {
 public:
  static Result<FolderLock> exclusive(const std::string& folder) {
    return take(OpenFile(folder + "/lock", O_RDONLY | O_CREAT, 0600), LOCK_EX, folder);
  }
  // A folder without the file (a copy on a medium that cannot be written to) is read without one.
  static Result<FolderLock> shared(const std::string& folder) {
    return take(OpenFile(folder + "/lock", O_RDONLY), LOCK_SH, folder);
  }

 private:
  explicit FolderLock(OpenFile file) : file_(std::move(file)) {}

  static Result<FolderLock> take(OpenFile file, int how, const std::string& folder) {
    if (!file.is_open() && (how == LOCK_EX || errno != ENOENT)) {
      return io_error("Cannot open " + folder + "/lock: " + std::generic_category().message(errno) +
                      ".");
    }
    if (file.is_open() && ::flock(file.descriptor(), how | LOCK_NB) != 0) {
      return refused(folder + " is in use by another process; try again when it is done.");
    }
    return FolderLock(std::move(file));
  }

  OpenFile file_;
};

rocksdb::BackupEngineOptions engine_options(const std::string& folder) {
  rocksdb::BackupEngineOptions options(folder);
  // The defaults, said aloud: these three are what the header promises. Files are told apart by the
  // session that wrote them, so that histories which parted after a restore cannot be mixed up.
  options.sync = true;
  options.share_table_files = true;
  options.share_files_with_checksum = true;
  // What is written while the flush goes on is in the log files only.
  options.backup_log_files = true;
  return options;
}

Result<std::unique_ptr<rocksdb::BackupEngine>> open_engine(const std::string& folder) {
  rocksdb::BackupEngine* engine = nullptr;
  const auto status =
      rocksdb::BackupEngine::Open(engine_options(folder), rocksdb::Env::Default(), &engine);
  if (!status.ok()) return engine_failed("opening " + folder, status);
  return std::unique_ptr<rocksdb::BackupEngine>(engine);
}

Result<std::unique_ptr<rocksdb::BackupEngineReadOnly>> open_to_read(const std::string& folder) {
  if (std::error_code absent; !fs::is_directory(folder + "/meta", absent)) {
    return Error{ErrorCode::not_found, {}, {folder + " holds no backups.", {}}};
  }
  rocksdb::BackupEngineReadOnly* engine = nullptr;
  const auto status =
      rocksdb::BackupEngineReadOnly::Open(engine_options(folder), rocksdb::Env::Default(), &engine);
  if (!status.ok()) return engine_failed("opening " + folder, status);
  return std::unique_ptr<rocksdb::BackupEngineReadOnly>(engine);
}

std::string describe(const Backup& backup) {
  std::string text;
  JsonWriter json(text, JsonWriter::Order::canonical);
  json.begin_object().member("checkpoint", backup.checkpoint).member("created", backup.created);
  json.member("keyring", backup.keyring).member("origin", backup.origin);
  json.member("root", to_hex(view(backup.head.root)));
  json.member("size", static_cast<std::int64_t>(backup.head.size)).end_object();
  return text;
}

// nullopt: not one of ours.
std::optional<Backup> read_info(const rocksdb::BackupInfo& info) {
  JsonParser parser;
  auto object = parser.parse_object(info.app_metadata);
  if (!object) return std::nullopt;
  Backup backup;
  backup.id = info.backup_id;
  backup.bytes = info.size;
  backup.files = info.number_files;
  backup.checkpoint = object->string("checkpoint");
  backup.created = object->string("created");
  backup.keyring = object->string("keyring");
  backup.origin = object->string("origin");
  const auto root = hash_from(from_hex(object->string("root")).value_or(""));
  backup.head.size = static_cast<std::uint64_t>(object->integer("size"));
  if (!object->finish() || !root) return std::nullopt;
  backup.head.root = *root;
  return backup;
}

std::vector<Backup> read_backups(const rocksdb::BackupEngineReadOnlyBase& engine) {
  std::vector<rocksdb::BackupInfo> infos;
  engine.GetBackupInfo(&infos);
  std::vector<Backup> backups;
  for (const auto& info : infos) {
    if (auto backup = read_info(info)) backups.push_back(std::move(*backup));
  }
  std::sort(backups.begin(), backups.end(),
            [](const Backup& a, const Backup& b) { return a.id > b.id; });
  return backups;
}

Result<void> make_private_folder(const std::string& folder) {
  std::error_code failed;
  const bool is_new = fs::create_directories(folder, failed);
  if (is_new && !failed) fs::permissions(folder, fs::perms::owner_all, failed);
  if (failed) return io_error("Cannot make " + folder + ": " + failed.message() + ".");
  return {};
}

// What was erased before the backup is not in it.
Result<void> await_purge(const Store& store, const std::stop_token& stop) {
  const auto until = std::chrono::steady_clock::now() + limits::kPurgeWaitMax;
  while (true) {
    const auto due = is_purge_due(store.db());
    if (!due) return due.error();
    if (!*due) return {};
    if (stop.stop_requested() || std::chrono::steady_clock::now() >= until) {
      return Error{ErrorCode::unavailable,
                   {},
                   {"An erasure is being carried out; make the backup when it is done.",
                    "正在清除已删除的数据，请稍后再备份。"}};
    }
    std::this_thread::sleep_for(limits::kPurgeAgainMin);
  }
}

}  // namespace

Result<Backup> make_backup(const Store& store, const std::string& folder, std::size_t keep,
                           const std::stop_token& stop) {
  // Copies of a log that may have lost its end would push the good ones out.
  if (store.read_only() && !store.is_mirror()) {
    return refused("This log is read-only, and is not backed up: " + store.read_only_reason() +
                   ".");
  }
  if (const auto made = make_private_folder(folder); !made) return made.error();
  const auto lock = FolderLock::exclusive(folder);
  if (!lock) return lock.error();
  const auto engine = open_engine(folder);
  if (!engine) return engine.error();

  Backup backup;
  backup.created = rfc3339_utc(store.clock().now());
  backup.origin = store.origin();
  backup.keyring = to_hex(view(store.keyring().fingerprint));
  for (const Backup& other : read_backups(**engine)) {
    if (other.keyring != backup.keyring) {
      return refused(folder + " holds backups of another registry, " + other.origin + ".");
    }
  }
  if (const auto published = store.published()) backup.checkpoint = published->note;
  const auto head = store.reader().head();
  if (!head) return head.error();
  backup.head = *head;

  if (auto purged = await_purge(store, stop); !purged) return purged.error();
  rocksdb::CreateBackupOptions options;
  options.flush_before_backup = true;
  options.decrease_background_thread_cpu_priority = true;
  options.background_thread_cpu_priority = rocksdb::CpuPriority::kLow;
  const std::stop_callback stop_engine(stop, [&] { (*engine)->StopBackup(); });
  const auto status =
      (*engine)->CreateNewBackupWithMetadata(options, &store.db(), describe(backup), &backup.id);
  if (status.IsIncomplete()) {
    return Error{ErrorCode::unavailable, {}, {"The backup was stopped.", "备份已中止。"}};
  }
  if (!status.ok()) return engine_failed("backing up to " + folder, status);
  rocksdb::BackupInfo info;
  const auto read = (*engine)->GetBackupInfo(backup.id, &info);
  if (!read.ok()) return engine_failed("reading the new backup", read);
  backup.bytes = info.size;
  backup.files = info.number_files;
  const auto purged = (*engine)->PurgeOldBackups(static_cast<std::uint32_t>(keep));
  if (!purged.ok()) return engine_failed("removing old backups", purged);
  return backup;
}

Result<std::vector<Backup>> list_backups(const std::string& folder) {
  const auto lock = FolderLock::shared(folder);
  if (!lock) return lock.error();
  const auto engine = open_to_read(folder);
  if (!engine) return engine.error();
  return read_backups(**engine);
}

namespace {

// Whether what is there or may come to be there stands in the folder, whatever links lead to it.
bool is_inside(const std::string& path, const std::string& folder) {
  std::error_code failed;
  const fs::path inner = fs::weakly_canonical(fs::absolute(path), failed);
  const fs::path outer = fs::weakly_canonical(fs::absolute(folder), failed);
  if (failed) return false;
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

// A folder that one restoration at a time works in, empty at first, gone with this object. The lock
// is on the folder itself, so that none is left beside it; what a kill left in it goes.
class WorkFolder {
 public:
  static Result<WorkFolder> take(const std::string& path) {
    if (const auto made = make_private_folder(path); !made) return made.error();
    WorkFolder folder(path, OpenFile(path, O_RDONLY | O_DIRECTORY));
    if (!folder.lock()) {
      return refused(path + " is in use by another restoration; try again when it is done.");
    }
    std::error_code failed;
    for (const auto& left : fs::directory_iterator(path, failed)) fs::remove_all(left, failed);
    if (failed) return io_error("Cannot empty " + path + ": " + failed.message() + ".");
    return folder;
  }
  ~WorkFolder() {
    std::error_code ignored;
    if (is_ours_) fs::remove_all(path_, ignored);
  }
  WorkFolder(WorkFolder&& other) noexcept
      : path_(std::move(other.path_)),
        folder_(std::move(other.folder_)),
        is_ours_(std::exchange(other.is_ours_, false)) {}

 private:
  WorkFolder(std::string path, OpenFile folder)
      : path_(std::move(path)), folder_(std::move(folder)) {}

  // What was locked may be a folder that its last owner has removed since.
  bool lock() {
    struct stat locked {};
    struct stat named {};
    is_ours_ = folder_.is_open() && ::flock(folder_.descriptor(), LOCK_EX | LOCK_NB) == 0 &&
               ::fstat(folder_.descriptor(), &locked) == 0 && ::stat(path_.c_str(), &named) == 0 &&
               locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
    return is_ours_;
  }

  std::string path_;
  OpenFile folder_;
  bool is_ours_ = false;
};

// One restoration, in DESTINATION.restoring until it is done.
class Restoration {
 public:
  Restoration(const RestoreRequest& request, const Clock& clock, const Progress& progress)
      : request_(request),
        clock_(clock),
        progress_(progress),
        destination_(without_trailing_slash(request.destination)),
        folder_(destination_ + ".restoring") {}

  Result<Restored> run() {
    if (is_inside(destination_, request_.backups)) {
      return refused(destination_ + " is in the folder of the backups; choose another place.");
    }
    const auto work_folder = WorkFolder::take(folder_);
    if (!work_folder) return work_folder.error();
    std::error_code failed;
    if (fs::exists(destination_, failed)) return refused(destination_ + " exists already.");
    if (const auto made = make_private_folder(whole()); !made) return made.error();
    for (const auto step : {&Restoration::unpack, &Restoration::hold_against_its_description,
                            &Restoration::cut, &Restoration::check_all, &Restoration::name}) {
      if (const auto done = (this->*step)(); !done) return done.error();
    }
    return std::move(restored_);
  }

 private:
  std::string whole() const { return folder_ + "/whole"; }
  std::string cut_short() const { return folder_ + "/cut"; }
  std::string result() const { return request_.size ? cut_short() : whole(); }

  Result<void> unpack() {
    const auto lock = FolderLock::shared(request_.backups);
    if (!lock) return lock.error();
    const auto engine = open_to_read(request_.backups);
    if (!engine) return engine.error();
    const auto backups = read_backups(**engine);
    const auto chosen = std::find_if(backups.begin(), backups.end(), [&](const Backup& backup) {
      return !request_.id || backup.id == *request_.id;
    });
    if (chosen == backups.end()) {
      return Error{ErrorCode::not_found, {}, {"There is no such backup; --list shows them.", {}}};
    }
    restored_.backup = *chosen;
    const std::string rows = whole() + "/rows";
    const auto status = (*engine)->RestoreDBFromBackup(rocksdb::RestoreOptions(), chosen->id, rows,
                                                       rows);  // holds each file to its checksum
    if (!status.ok())
      return engine_failed("restoring backup " + std::to_string(chosen->id), status);
    return {};
  }

  // As the anchor allows it, so read-only where the keys have signed for more.
  Result<std::unique_ptr<Store>> open(const std::string& data) const {
    StoreOptions options;
    options.data = data;
    options.keys = request_.keys;
    options.anchor = request_.anchor;
    options.create = false;
    options.inspect = true;
    return Store::open(options, clock_);
  }

  Result<void> hold_against_its_description() {
    auto store = open(whole());
    if (!store) return store.error();
    const Reader reader = (*store)->reader();
    const auto head = reader.head();
    if (!head) return head.error();
    const Head& described = restored_.backup.head;
    const auto root =
        head->size < described.size ? Result<Hash>(Hash{}) : reader.root_at(described.size);
    if (!root) return root.error();
    if (head->size < described.size || *root != described.root) {
      return corrupt("Backup " + std::to_string(restored_.backup.id) +
                     " does not hold the log that it says; restore an older one.");
    }
    if (auto held = hold_anchor_against_it(**store); !held) return held;
    if (request_.size && *request_.size > head->size) {
      return invalid("--to", "The backup has " + std::to_string(head->size) + " entries only.", {});
    }
    if ((*store)->is_mirror()) return {};
    restored_.is_cut = request_.size && *request_.size < head->size;
    return lay_floor((*store)->db(), {(*store)->origin(), head->size, head->root});
  }

  // An anchor knows of everything that was signed before the backup was made, unless it is a copy.
  Result<void> hold_anchor_against_it(const Store& store) const {
    if (restored_.backup.checkpoint.empty() || store.is_mirror()) return {};
    const auto signed_then = log::open_checkpoint(restored_.backup.checkpoint, store.log_key());
    const std::string& path = store.options().anchor;
    const auto anchor = log::read_anchor(path);
    if (!anchor) return anchor.error();
    if (!signed_then || !*anchor || (*anchor)->size >= signed_then->size) return {};
    return refused("The head anchor " + path + " is older than the backup, so it is a copy and " +
                   "does not know what these keys have signed. Move it away and restore again.");
  }

  Result<void> cut() {
    if (!request_.size) return {};
    const auto store = open(whole());
    if (!store) return store.error();
    return rebuild(**store, cut_short(), progress_, request_.size);
  }

  Result<void> check_all() {
    const auto store = open(result());
    if (!store) return store.error();
    auto report = check(**store, progress_);
    if (!report) return report.error();
    if (!report->faults.empty()) {
      return corrupt("The restored data is not sound: " + report->faults.front() +
                     ". Restore an older backup.");
    }
    restored_.report = std::move(*report);
    restored_.read_only_reason = (*store)->read_only_reason();
    restored_.is_mirror = (*store)->is_mirror();
    return {};
  }

  // The commit point.
  Result<void> name() {
    std::error_code failed;
    fs::rename(result(), destination_, failed);
    if (failed) return io_error("Cannot name " + destination_ + ": " + failed.message() + ".");
    if (!sync_directory(fs::path(destination_).parent_path())) {
      return io_error("Cannot sync the folder of " + destination_ + ".");
    }
    return {};
  }

  const RestoreRequest& request_;
  const Clock& clock_;
  const Progress& progress_;
  std::string destination_;
  std::string folder_;
  Restored restored_;
};

}  // namespace

Result<Restored> restore(const RestoreRequest& request, const Clock& clock,
                         const Progress& progress) {
  return Restoration(request, clock, progress).run();
}

}  // namespace chayan::index
