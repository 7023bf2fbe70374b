// The parts of a ZIP archive in memory, by libzip: what an office document is packed in.
//
// Only what those have is taken (ECMA-376 part 2, annex B): stored or deflated parts, no passwords.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace chayan {

// Not thread-safe.
class ZipArchive {
 public:
  // `bytes` must outlive the archive. Error invalid_argument, field "file": it is none.
  static Result<ZipArchive> open(std::string_view bytes, std::uint64_t inflated_bytes_max);

  // The part's content piece by piece, until `take` says false. The name's case does not matter.
  // False: there is no part of that name. Errors, field "file": invalid_argument for a part that is
  // damaged, has a password or another compression; too_large where all that was read of the
  // archive comes to more than inflated_bytes_max.
  Result<bool> read(std::string_view name, const std::function<bool(std::string_view piece)>& take);

 private:
  struct Discard {
    void operator()(void* archive) const;
  };
  using Handle = std::unique_ptr<void, Discard>;  // a zip_t

  ZipArchive(Handle archive, std::uint64_t inflated_bytes_max)
      : archive_(std::move(archive)), inflated_bytes_left_(inflated_bytes_max) {}

  Handle archive_;
  std::uint64_t inflated_bytes_left_;
};

}  // namespace chayan
