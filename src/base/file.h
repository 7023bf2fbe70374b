// What writing a small file durably takes (POSIX). Functions that say false or nullopt leave the
// cause in errno.
#pragma once

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace chayan {

// A descriptor that is closed with its scope.
class OpenFile {
 public:
  OpenFile(const std::string& path, int flags, mode_t mode = 0)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

// Makes the file where it is missing and takes its lock (flock) until the result goes; others see
// no change in it. errno EWOULDBLOCK: somebody else has it, in this process or another.
std::optional<OpenFile> lock_file(const std::string& path);

bool write_all(const OpenFile& file, std::string_view bytes);
// From where the file stands to its end, but at most bytes_max.
std::optional<std::string> read_all(const OpenFile& file, std::size_t bytes_max);
bool sync(const OpenFile& file);
// Makes the names of new or renamed files in it durable.
bool sync_directory(const std::string& path);

// A folder's name as other names are made from it (DATA.keys): "a/" and "a/." are "a".
std::string without_trailing_slash(std::string path);

}  // namespace chayan
