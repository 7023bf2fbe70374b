// Range requests (RFC 9110 section 14) of one part. Whether If-Range lets the part stand is the
// caller's to judge first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace chayan::http {

struct Range {
  enum class Kind : std::uint8_t {
    whole,          // 200: no range asked for, or one that is to be ignored
    part,           // 206
    unsatisfiable,  // 416
  };
  Kind kind = Kind::whole;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  // of what is to be sent: of a whole, all; of an unsatisfiable one, 0

  bool operator==(const Range&) const = default;
};

// Reads "bytes=a-b", "bytes=a-" or "bytes=-n" for a representation of `size` bytes. Several ranges
// (which a client may ask for and a server may ignore), other units and nonsense give the whole.
Range parse_range(std::string_view field, std::uint64_t size);

// Content-Range of a part ("bytes 0-9/100") or of an unsatisfiable range ("bytes */100").
std::string content_range(const Range& range, std::uint64_t size);

}  // namespace chayan::http
