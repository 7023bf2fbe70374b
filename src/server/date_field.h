// The Date field's value (RFC 9110 section 5.6.7), formatted once a second. One instance a thread.
#pragma once

#include <array>
#include <ctime>
#include <string_view>

namespace chayan::server {

class DateField {
 public:
  // "Sun, 06 Nov 1994 08:49:37 GMT"; valid until the next call.
  std::string_view at(std::time_t now);

 private:
  static constexpr std::time_t kNever = -1;

  std::time_t second_ = kNever;
  std::array<char, 29> text_{};
};

}  // namespace chayan::server
