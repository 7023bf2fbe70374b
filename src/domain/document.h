// A holder's identity document: type and number. Holders of foreign certificates often carry no
// resident ID card.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace chayan {

// Values are stored; do not renumber.
enum class DocumentType : std::uint8_t {
  resident_id = 1,     // 居民身份证, 18 characters with a check digit (GB 11643-1999)
  resident_id_15 = 2,  // 15-digit legacy number
  passport = 3,
  residence_permit = 4,     // 港澳台居民居住证: 18 characters, 81/82/83, same check digit
  permanent_residence = 5,  // 外国人永久居留身份证
  other = 6,
};

std::string_view code(DocumentType type);  // "resident_id", ...
std::optional<DocumentType> document_type_from_code(std::string_view code);

// Check digit of GB 11643-1999 over the first 17 digits; nullopt unless they are 17 digits.
std::optional<char> id_check_digit(std::string_view first_17);

// The comparable spelling: half-width, no white space, upper case.
std::string document_number_form(std::string_view text);

struct Document {
  DocumentType type = DocumentType::resident_id;
  std::string number;  // in document_number_form

  // Refuses what the type's own rules refuse (length, birth date, check digit). The message never
  // repeats the number.
  static Result<Document> parse(DocumentType type, std::string_view number,
                                std::string_view field = "document_number");
  std::string_view last_six() const;

  bool operator==(const Document&) const = default;
};

}  // namespace chayan
