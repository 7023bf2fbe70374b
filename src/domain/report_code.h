// The code of a share report: what its bearer types, or scans, to see what the holder chose.
//
// 28 symbols of Crockford's base32 (digits and letters without I, L, O and U): 27 random ones, 135
// bits, and a check symbol. Read as a polynomial over GF(32) the symbols have α = 2 as a root, so
// that any one symbol mistyped and any two exchanged are told without a look-up.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace chayan {

class ReportCode {
 public:
  static constexpr std::size_t kSymbols = 28;
  static constexpr std::size_t kRandomBytes = kSymbols - 1;

  // `random` holds kRandomBytes bytes; five bits of each count.
  static ReportCode from_random(std::string_view random);
  // Forgives what people type: lower case, full-width, white space and hyphens anywhere, O for 0, I
  // and L for 1. The message never repeats the code.
  static Result<ReportCode> parse(std::string_view text, std::string_view field = "code");

  std::string_view text() const { return text_; }  // canonical: 28 symbols, upper case
  std::string grouped() const;                     // in fours, for people: "0123-4567-…"

  bool operator==(const ReportCode&) const = default;

 private:
  std::string text_;
};

}  // namespace chayan
