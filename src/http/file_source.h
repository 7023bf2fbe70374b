// A part of a file as a body.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/file.h"
#include "http/message.h"

namespace chayan::http {

// Owns the open file: one that is renamed or unlinked meanwhile is still sent to its end. One that
// turns out shorter, or cannot be read, ends the source early.
class FileSource final : public BodySource {
 public:
  FileSource(OpenFile file, std::uint64_t offset, std::uint64_t length);

  std::size_t read(std::span<char> room) override;

 private:
  OpenFile file_;
  std::uint64_t offset_;
  std::uint64_t left_;
};

}  // namespace chayan::http
