#include "http/file_source.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace chayan::http {

FileSource::FileSource(OpenFile file, std::uint64_t offset, std::uint64_t length)
    : file_(std::move(file)), offset_(offset), left_(length) {}

std::size_t FileSource::read(std::span<char> room) {
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), left_));
  ssize_t count = 0;
  do {
    count = ::pread(file_.descriptor(), room.data(), wanted, static_cast<off_t>(offset_));
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return 0;
  const auto filled = static_cast<std::size_t>(count);
  offset_ += filled;
  left_ -= filled;
  return filled;
}

}  // namespace chayan::http
