#include "commands/small_file.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/file.h"

namespace chayan::commands {
namespace {

Error system_error(std::string_view doing, const SmallFileKind& kind, const std::string& path) {
  return io_error("Cannot " + std::string(doing) + " the " + std::string(kind.name) + " " + path +
                  ": " + std::generic_category().message(errno) + ".");
}

std::string folder_of(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder;
}

// Editors take their turns by a lock on the folder: the file itself is replaced under them.
class Turn {
 public:
  explicit Turn(const std::string& folder) : folder_(folder, O_RDONLY | O_DIRECTORY) {
    while (folder_.is_open() && !taken_) {
      taken_ = ::flock(folder_.descriptor(), LOCK_EX) == 0;
      if (!taken_ && errno != EINTR) break;
    }
  }
  bool is_taken() const { return taken_; }

 private:
  OpenFile folder_;
  bool taken_ = false;
};

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Result<std::optional<std::string>> read_small_file(const std::string& path,
                                                   const SmallFileKind& kind) {
  const OpenFile file(path, O_RDONLY);
  if (!file.is_open() && errno == ENOENT) return std::optional<std::string>();
  if (!file.is_open()) return system_error("open", kind, path);
  auto text = read_all(file, kind.bytes_max + 1);
  if (!text) return system_error("read", kind, path);
  if (text->size() > kind.bytes_max) {
    return corrupt("The " + std::string(kind.name) + " " + path +
                   " is larger than any that is written here.");
  }
  return text;
}

Result<void> replace_small_file(const std::string& path, const SmallFileKind& kind,
                                std::string_view content) {
  if (content.size() > kind.bytes_max) {
    return Error{
        ErrorCode::too_large,
        {},
        {"The " + std::string(kind.name) + " is full.", std::string(kind.name_zh) + "已满。"}};
  }
  const std::string temporary = path + ".tmp";
  {
    const OpenFile file(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (!file.is_open() || ::fchmod(file.descriptor(), 0600) != 0 || !write_all(file, content) ||
        !sync(file)) {
      return system_error("write", kind, temporary);
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return system_error("replace", kind, path);
  if (!sync_directory(folder_of(path))) return system_error("sync the folder of", kind, path);
  return {};
}

Result<void> edit_small_file(
    const std::string& path, const SmallFileKind& kind,
    const std::function<Result<std::string>(const std::optional<std::string>& before)>& edit) {
  const Turn turn(folder_of(path));
  if (!turn.is_taken()) return system_error("lock the folder of", kind, path);
  const auto before = read_small_file(path, kind);
  if (!before) return before.error();
  const auto after = edit(*before);
  if (!after) return after.error();
  return replace_small_file(path, kind, *after);
}

std::optional<FileIdentity> identity_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino, status.st_size, nanoseconds(status.st_mtim),
                      nanoseconds(status.st_ctim)};
}

}  // namespace chayan::commands
