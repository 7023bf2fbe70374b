// 统一社会信用代码, the unified social credit code (GB 32100-2015): 18 characters of 0-9 A-Z
// without I O S V Z. Characters 9-17 are the organisation code (GB 11714) with a check character of
// its own at 17; 18 checks the whole.
#pragma once

#include <array>
#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"

namespace chayan {

class CreditCode {
 public:
  static constexpr std::size_t kLength = 18;

  // What a person typed: full-width and lower-case letters are forgiven; both check characters must
  // hold, and the error says which one does not.
  static Result<CreditCode> parse(std::string_view text, std::string_view field = "credit_code");

  // What the authority supplied: shape only. Real codes exist whose check character is wrong; they
  // are stored, and checks_hold() says so.
  static Result<CreditCode> accept(std::string_view text, std::string_view field = "credit_code");

  // The code whose first 16 characters these are, with its two check characters worked out: for
  // synthetic codes.
  static Result<CreditCode> with_checks(std::string_view first_16);

  std::string_view text() const { return {characters_.data(), kLength}; }
  bool checks_hold() const;

  auto operator<=>(const CreditCode&) const = default;

 private:
  std::array<char, kLength> characters_{};
};

}  // namespace chayan
