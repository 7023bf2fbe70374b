#include "index/snapshot_file.h"

#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "index/feed.h"
#include "index/reader.h"
#include "log/checkpoint.h"
#include "log/note.h"

namespace chayan::index {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDataEnding = ".ndjson.zst";
constexpr std::string_view kSidecarEnding = ".json";
constexpr std::string_view kPartEnding = ".part";  // not whole yet
constexpr std::size_t kSidecarBytesMax = 1024 + 2 * log::kNoteBytesMax;

// Made once and fetched by every mirror: 9 takes four times as long as 3 and saves a tenth.
constexpr int kCompressionLevel = 9;

// A page ends with the entry that passes its bound, and then has its checkpoint and proof.
constexpr std::size_t kPageRoomBytes =
    limits::kEntryBytesMax + 2 * log::kNoteBytesMax + 8ULL * 1024;
static_assert(kPageRoomBytes < limits::kSnapshotPageBytesMax / 2);

Error system_failed(const std::string& doing, const std::string& path) {
  return io_error("Cannot " + doing + " " + path + ": " + std::generic_category().message(errno) +
                  ".");
}

// Closes a file under its own name, whole and durable.
Result<void> put_in_place(const OpenFile& file, const std::string& part, const std::string& path) {
  if (!sync(file)) return system_failed("sync", part);
  if (::rename(part.c_str(), path.c_str()) != 0) return system_failed("name", path);
  return {};
}

Result<void> write_sidecar(const Snapshot& snapshot, const std::string& path) {
  std::string text;
  JsonWriter json(text, JsonWriter::Order::canonical);
  json.begin_object().member("bytes", static_cast<std::int64_t>(snapshot.bytes));
  json.member("checkpoint", snapshot.checkpoint).member("created", snapshot.created);
  json.member("sha256", to_hex(view(snapshot.sha256))).end_object();
  text.push_back('\n');
  const std::string part = path + std::string(kPartEnding);
  const OpenFile file(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (!file.is_open() || !write_all(file, text)) return system_failed("write", part);
  return put_in_place(file, part, path);
}

// What the sidecar of that name says. nullopt: of another log, or no sidecar at all.
std::optional<Snapshot> parse_sidecar(const std::string& name, std::string_view text,
                                      const log::NoteKey& key) {
  JsonParser parser;
  auto object = parser.parse_object(text);
  if (!object) return std::nullopt;
  Snapshot read;
  read.bytes = static_cast<std::uint64_t>(object->integer("bytes"));
  read.checkpoint = object->string("checkpoint");
  read.created = object->string("created");
  const auto digest = hash_from(from_hex(object->string("sha256")).value_or(""));
  const auto checkpoint = log::open_checkpoint(read.checkpoint, key);
  if (!object->finish() || !digest || !checkpoint) return std::nullopt;
  read.size = checkpoint->size;
  read.root = checkpoint->root;
  read.sha256 = *digest;
  if (name != std::to_string(read.size) + std::string(kSidecarEnding)) return std::nullopt;
  return read;
}

using ParseSidecar =
    std::function<std::optional<Snapshot>(const std::string& name, const std::string& text)>;

// nullopt: not whole, or refused by `parse`.
std::optional<Snapshot> read_sidecar(const fs::path& path, const ParseSidecar& parse) {
  const OpenFile file(path, O_RDONLY);
  const auto text = file.is_open() ? read_all(file, kSidecarBytesMax) : std::nullopt;
  if (!text) return std::nullopt;
  auto read = parse(path.filename(), *text);
  std::error_code absent;
  if (read && fs::file_size(path.parent_path() / read->file(), absent) != read->bytes) read.reset();
  return read;
}

Result<std::vector<Snapshot>> list(const Store& store, const ParseSidecar& parse) {
  std::vector<Snapshot> listed;
  std::error_code failed;
  for (fs::directory_iterator file(snapshot_folder(store), failed), end; !failed && file != end;
       file.increment(failed)) {
    if (file->path().extension() != kSidecarEnding) continue;
    if (auto read = read_sidecar(file->path(), parse)) listed.push_back(std::move(*read));
  }
  if (failed && failed != std::errc::no_such_file_or_directory) {
    return io_error("Cannot list the snapshots: " + failed.message() + ".");
  }
  std::sort(listed.begin(), listed.end(),
            [](const Snapshot& a, const Snapshot& b) { return a.size > b.size; });
  return listed;
}

// A file of zstd frames on its way, under a name that nobody lists.
class FrameFile {
 public:
  explicit FrameFile(std::string path)
      : path_(std::move(path)),
        part_(path_ + std::string(kPartEnding)),
        file_(part_, O_WRONLY | O_CREAT | O_TRUNC, 0600),
        context_(ZSTD_createCCtx(), ZSTD_freeCCtx) {}

  Result<void> begin() {
    if (!file_.is_open()) return system_failed("make", part_);
    ZSTD_CCtx* const context = context_.get();
    if (context == nullptr ||
        ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kCompressionLevel)) !=
            0 ||
        ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)) != 0) {
      return io_error("Cannot set up zstd.");
    }
    return {};
  }

  Result<void> add(std::string_view page) {
    frame_.resize(ZSTD_compressBound(page.size()));
    const std::size_t length =
        ZSTD_compress2(context_.get(), frame_.data(), frame_.size(), page.data(), page.size());
    if (ZSTD_isError(length) != 0) {
      return io_error(std::string("zstd cannot compress: ") + ZSTD_getErrorName(length) + ".");
    }
    frame_.resize(length);
    if (!write_all(file_, frame_)) return system_failed("write", part_);
    digest_.update(frame_);
    bytes_ += length;
    return {};
  }

  std::uint64_t bytes() const { return bytes_; }
  Hash finish_digest() { return digest_.finish(); }
  Result<void> put_in_place() { return index::put_in_place(file_, part_, path_); }

 private:
  std::string path_;
  std::string part_;
  OpenFile file_;
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context_;
  crypto::Sha256Stream digest_;
  std::string frame_;
  std::uint64_t bytes_ = 0;
};

Result<void> write_pages(const Store& store, const Published& published, FrameFile& file,
                         const std::stop_token& stop, const Progress& progress) {
  const Reader reader = store.reader();
  const std::uint64_t size = published.checkpoint.size;
  for (std::uint64_t next = 0; next < size;) {
    if (stop.stop_requested()) {
      return Error{ErrorCode::unavailable, {}, {"The snapshot was stopped.", "快照已中止。"}};
    }
    const FeedRequest request{next, limits::kSnapshotPageEntriesMax,
                              limits::kSnapshotPageBytesMax - kPageRoomBytes};
    const auto page = answer_feed(store, reader, published, request);
    if (!page) return page.error();
    if (page->next == next) return corrupt("a published entry is missing");
    if (auto added = file.add(page->body); !added) return added;
    next = page->next;
    progress(next, size);
  }
  return {};
}

Result<void> make_folder(const std::string& folder) {
  std::error_code failed;
  fs::create_directory(folder, failed);
  if (!failed) fs::permissions(folder, fs::perms::owner_all, failed);
  if (failed) return io_error("Cannot make " + folder + ": " + failed.message() + ".");
  return {};
}

}  // namespace

std::string Snapshot::file() const {
  return std::to_string(size) + std::string(kDataEnding);
}

std::string snapshot_folder(const Store& store) {
  return store.options().data + "/snapshots";
}

Result<Snapshot> make_snapshot(const Store& store, const std::stop_token& stop,
                               const Progress& progress) {
  const auto published = store.published();
  if (!published || published->checkpoint.size == 0) {
    return Error{
        ErrorCode::unavailable,
        {},
        {"The log has no published entries yet, so there is nothing to make a snapshot of.",
         "日志尚无已公布的条目，无法制作快照。"}};
  }
  auto there = list_snapshots(store);
  if (!there) return there.error();
  for (Snapshot& one : *there) {
    if (one.size == published->checkpoint.size) return std::move(one);
  }
  const std::string folder = snapshot_folder(store);
  if (const auto made = make_folder(folder); !made) return made.error();

  Snapshot snapshot{
      published->checkpoint.size,      published->checkpoint.root, published->note, 0, {},
      rfc3339_utc(store.clock().now())};
  // One of that name that is not listed is of another log: it must not stand beside a new sidecar.
  std::error_code ignored;
  fs::remove(folder + '/' + snapshot.file(), ignored);
  FrameFile file(folder + '/' + snapshot.file());
  if (const auto begun = file.begin(); !begun) return begun.error();
  if (const auto written = write_pages(store, *published, file, stop, progress); !written) {
    return written.error();
  }
  snapshot.bytes = file.bytes();
  snapshot.sha256 = file.finish_digest();
  const std::string sidecar =
      folder + '/' + std::to_string(snapshot.size) + std::string(kSidecarEnding);
  if (const auto written = write_sidecar(snapshot, sidecar); !written) return written.error();
  if (const auto named = file.put_in_place(); !named) return named.error();
  if (!sync_directory(folder)) return system_failed("sync", folder);
  return snapshot;
}

Result<std::vector<Snapshot>> list_snapshots(const Store& store) {
  return list(store, [&](const std::string& name, const std::string& text) {
    return parse_sidecar(name, text, store.log_key());
  });
}

struct SnapshotShelf::Known {
  struct Sidecar {
    std::string text;
    Snapshot snapshot;
  };
  log::NoteKey key;
  std::map<std::string, Sidecar> sidecars;  // by name

  const Sidecar* find(const std::string& name, std::string_view text,
                      const log::NoteKey& of) const {
    const auto found = sidecars.find(name);
    return key == of && found != sidecars.end() && found->second.text == text ? &found->second
                                                                              : nullptr;
  }
};

SnapshotShelf::SnapshotShelf(const Store& store)
    : store_(store), known_(std::make_shared<const Known>()) {}

Result<std::vector<Snapshot>> SnapshotShelf::list() {
  std::unique_lock lock(mutex_);
  const std::shared_ptr<const Known> before = known_;
  lock.unlock();
  const auto now = std::make_shared<Known>();
  now->key = store_.log_key();
  auto listed = index::list(store_, [&](const std::string& name, const std::string& text) {
    if (const auto* known = before->find(name, text, now->key)) {
      now->sidecars.emplace(name, *known);
      return std::optional(known->snapshot);
    }
    auto parsed = parse_sidecar(name, text, now->key);
    if (parsed) now->sidecars.emplace(name, Known::Sidecar{text, *parsed});
    return parsed;
  });
  lock.lock();
  known_ = now;
  return listed;
}

Result<void> remove_old_snapshots(const Store& store, std::size_t keep) {
  auto kept = list_snapshots(store);
  if (!kept) return kept.error();
  kept->resize(std::min(keep, kept->size()));
  const auto is_kept = [&](const fs::path& name) {
    return std::any_of(kept->begin(), kept->end(), [&](const Snapshot& snapshot) {
      return name == snapshot.file() ||
             name == std::to_string(snapshot.size) + std::string(kSidecarEnding);
    });
  };
  std::error_code failed;
  for (fs::directory_iterator file(snapshot_folder(store), failed), end; !failed && file != end;
       file.increment(failed)) {
    if (!is_kept(file->path().filename())) fs::remove(file->path(), failed);
  }
  if (failed && failed != std::errc::no_such_file_or_directory) {
    return io_error("Cannot remove old snapshots: " + failed.message() + ".");
  }
  return {};
}

}  // namespace chayan::index
