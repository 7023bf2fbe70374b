// Certificate numbers of four generations. There is no check digit in any of them, and the serial
// counts up: a number is a name to look up, never a proof.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/skill_level.h"

namespace chayan {

enum class NumberForm : std::uint8_t {
  evaluation,  // A: one letter and 21 digits; the first 13 characters are the institution's site
               // code
  special,     // A': two letters and 20 digits (特级技师), the second letter at position 16
  qualification,  // B: 16 digits, the older 职业资格; 13-digit Shanghai numbers (C) become these by
                  // a prefix 000
  opaque,         // D: anything else
};

class CertificateNumber {
 public:
  // Forgives what people type: full-width characters, lower case, white space anywhere. 13 digits
  // get their 000. Refuses empty text, more than limits::kCertificateNumberBytesMax bytes and
  // characters outside printable ASCII and letters or digits of any script. The message never
  // repeats the number.
  static Result<CertificateNumber> parse(std::string_view text,
                                         std::string_view field = "certificate_number");

  std::string_view text() const { return text_; }  // canonical
  NumberForm form() const { return form_; }
  bool was_padded() const { return was_padded_; }  // a 13-digit number was given

  // Form A only. The level digit of a number is what it says, not what was certified.
  std::optional<std::string_view> site_code() const;
  std::optional<int> year() const;
  std::optional<SkillLevel> level() const;

  bool operator==(const CertificateNumber& other) const { return text_ == other.text_; }

 private:
  std::string text_;
  NumberForm form_ = NumberForm::opaque;
  bool was_padded_ = false;
};

}  // namespace chayan
