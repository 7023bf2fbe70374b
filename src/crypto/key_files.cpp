#include "crypto/key_files.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/file.h"

namespace chayan::crypto {
namespace {

constexpr std::size_t kKeyFileBytesMax = std::size_t{64} * 1024;  // some hundred data keys

Error system_error(const std::string& doing, const std::string& path) {
  return io_error("Cannot " + doing + " " + path + ": " + std::generic_category().message(errno) +
                  ".");
}

Error refused(std::string what) {
  return {ErrorCode::unavailable, {}, {std::move(what), {}}};
}

Result<void> check_owner(const struct stat& status, const std::string& path) {
  const uid_t user = ::geteuid();
  if (status.st_uid == user) return {};
  return refused(path + " belongs to user " + std::to_string(status.st_uid) +
                 ", but the service runs as user " + std::to_string(user) + ": chown " +
                 std::to_string(user) + " " + path);
}

std::string octal(mode_t mode) {
  std::string digits = "0";
  for (const int shift : {6, 3, 0})
    digits.push_back(static_cast<char>('0' + ((mode >> shift) & 7)));
  return digits;
}

}  // namespace

Result<void> prepare_key_directory(const std::string& directory) {
  std::error_code ignored;  // where a parent is missing still, mkdir says so
  std::filesystem::create_directories(std::filesystem::path(directory).parent_path(), ignored);
  // The mode again, here and below: a umask may have taken the owner's own rights away.
  const bool made = ::mkdir(directory.c_str(), 0700) == 0;
  if (made ? ::chmod(directory.c_str(), 0700) != 0 : errno != EEXIST) {
    return system_error("make the key directory", directory);
  }
  return check_key_directory(directory);
}

Result<void> check_key_directory(const std::string& directory) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) {
    return system_error("open the key directory", directory);
  }
  if (!S_ISDIR(status.st_mode)) return refused(directory + " is not a directory.");
  if (auto owned = check_owner(status, directory); !owned) return owned;
  if ((status.st_mode & 0077) != 0) {
    return refused(directory + " has mode " + octal(status.st_mode) +
                   ", so that others can reach the keys: chmod 0700 " + directory);
  }
  return {};
}

Result<void> write_key_file(const std::string& path, std::string_view content) {
  const OpenFile file(path, O_WRONLY | O_CREAT | O_EXCL, 0400);
  if (!file.is_open() && errno == EEXIST) {
    return Error{ErrorCode::conflict, {}, {path + " exists and is not written over.", {}}};
  }
  if (!file.is_open() || ::fchmod(file.descriptor(), 0400) != 0 || !write_all(file, content) ||
      !sync(file)) {
    return system_error("write", path);
  }
  return {};
}

Result<void> sync_key_directory(const std::string& directory) {
  if (!sync_directory(directory)) return system_error("sync", directory);
  return {};
}

Result<void> replace_key_file(const std::string& path, std::string_view content) {
  const std::string making = path + ".new";
  ::unlink(making.c_str());  // what an interrupted replacement left was never used
  if (auto written = write_key_file(making, content); !written) return written;
  if (::rename(making.c_str(), path.c_str()) != 0) return system_error("replace", path);
  return sync_key_directory(std::filesystem::path(path).parent_path());
}

Result<OpenFile> lock_key_file(const std::string& path) {
  OpenFile file(path, O_RDONLY | O_NONBLOCK);
  if (!file.is_open()) return system_error("open", path);
  if (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    return Error{ErrorCode::conflict,
                 {},
                 {"Another process changes the keyring of " + path + "; wait for its end.", {}}};
  }
  return file;
}

Result<std::string> read_key_file(const std::string& path) {
  const OpenFile file(path, O_RDONLY | O_NONBLOCK);  // a FIFO must not make us wait
  struct stat status {};
  if (!file.is_open() || ::fstat(file.descriptor(), &status) != 0) {
    return system_error("read", path);
  }
  if (!S_ISREG(status.st_mode)) return refused(path + " is not a regular file.");
  if (auto owned = check_owner(status, path); !owned) return owned.error();
  if ((status.st_mode & 0377) != 0) {
    return refused(path + " has mode " + octal(status.st_mode) +
                   ", but a key file is for reading by its owner alone: chmod 0400 " + path);
  }
  if (status.st_size > static_cast<off_t>(kKeyFileBytesMax)) {
    return corrupt(path + " is larger than any keyring.");
  }
  const auto content = read_all(file, static_cast<std::size_t>(status.st_size));
  if (!content) return system_error("read", path);
  if (content->size() != static_cast<std::size_t>(status.st_size)) {
    return corrupt(path + " became shorter while it was read.");
  }
  return *content;
}

}  // namespace chayan::crypto
