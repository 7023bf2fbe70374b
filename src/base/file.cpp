#include "base/file.h"

#include <sys/file.h>

#include <cerrno>

namespace chayan {

std::optional<OpenFile> lock_file(const std::string& path) {
  OpenFile file(path, O_RDONLY | O_CREAT, 0600);
  if (!file.is_open() || ::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
  return file;
}

bool write_all(const OpenFile& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.descriptor(), bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::optional<std::string> read_all(const OpenFile& file, std::size_t bytes_max) {
  std::string bytes(bytes_max, '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = ::read(file.descriptor(), bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

bool sync(const OpenFile& file) {
  return ::fsync(file.descriptor()) == 0;
}

bool sync_directory(const std::string& path) {
  const OpenFile directory(path.empty() ? "." : path, O_RDONLY | O_DIRECTORY);
  return directory.is_open() && sync(directory);
}

std::string without_trailing_slash(std::string path) {
  while (path.size() > 1 && (path.ends_with('/') || path.ends_with("/."))) path.pop_back();
  return path;
}

}  // namespace chayan
