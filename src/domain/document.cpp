#include "domain/document.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "domain/date.h"

namespace chayan {
namespace {

constexpr std::array<std::pair<DocumentType, std::string_view>, 6> kCodes = {{
    {DocumentType::resident_id, "resident_id"},
    {DocumentType::resident_id_15, "resident_id_15"},
    {DocumentType::passport, "passport"},
    {DocumentType::residence_permit, "residence_permit"},
    {DocumentType::permanent_residence, "permanent_residence"},
    {DocumentType::other, "other"},
}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}
bool all_letters_or_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
}

bool is_birth_date(std::string_view yyyymmdd) {
  return all_digits(yyyymmdd) && Date::parse(yyyymmdd).has_value();
}

// 18 characters: region 6, birth date 8, sequence 3, check 1.
bool is_id_18(std::string_view number) {
  return number.size() == 18 && id_check_digit(number.substr(0, 17)) == number[17] &&
         is_birth_date(number.substr(6, 8));
}

// 15 digits: region 6, birth date 6 (of the years 19xx), sequence 3.
bool is_id_15(std::string_view number) {
  return number.size() == 15 && all_digits(number) &&
         is_birth_date("19" + std::string(number.substr(6, 6)));
}

bool is_residence_permit(std::string_view number) {
  const std::string_view region = number.substr(0, 2);
  return is_id_18(number) && (region == "81" || region == "82" || region == "83");
}

bool follows_type(DocumentType type, std::string_view number) {
  switch (type) {
    case DocumentType::resident_id:
      return is_id_18(number);
    case DocumentType::resident_id_15:
      return is_id_15(number);
    case DocumentType::residence_permit:
      return is_residence_permit(number);
    case DocumentType::passport:
      return number.size() >= 5 && number.size() <= 20 && all_letters_or_digits(number);
    case DocumentType::permanent_residence:  // 15 characters before 2023, 18 since
      return (number.size() == 15 || number.size() == 18) && all_letters_or_digits(number);
    case DocumentType::other:
      return is_code_text(number);
  }
  return false;
}

Message rule(DocumentType type) {
  switch (type) {
    case DocumentType::resident_id:
      return {
          "A resident ID number has 18 characters with a birth date and a check digit that holds.",
          "居民身份证号码为 18 位，其中出生日期和校验位须正确，请核对。"};
    case DocumentType::resident_id_15:
      return {"An old resident ID number has 15 digits with a birth date.",
              "旧版居民身份证号码为 15 位数字，其中出生日期须正确，请核对。"};
    case DocumentType::passport:
      return {"A passport number has 5 to 20 letters and digits.",
              "护照号码为 5 至 20 位字母或数字，请核对。"};
    case DocumentType::residence_permit:
      return {
          "A residence permit number has 18 characters, starts with 81, 82 or 83, and its check "
          "digit holds.",
          "港澳台居民居住证号码为 18 位，以 81、82 或 83 开头，校验位须正确，请核对。"};
    case DocumentType::permanent_residence:
      return {"A permanent residence number has 15 or 18 letters and digits.",
              "外国人永久居留身份证号码为 15 或 18 位字母或数字，请核对。"};
    case DocumentType::other:
      break;
  }
  return {"A document number holds letters, digits and plain punctuation only.",
          "证件号码只含字母、数字和半角标点，请核对。"};
}

}  // namespace

std::string_view code(DocumentType type) {
  const auto found = std::find_if(kCodes.begin(), kCodes.end(),
                                  [&](const auto& entry) { return entry.first == type; });
  return found == kCodes.end() ? std::string_view() : found->second;
}

std::optional<DocumentType> document_type_from_code(std::string_view code) {
  const auto found = std::find_if(kCodes.begin(), kCodes.end(),
                                  [&](const auto& entry) { return entry.second == code; });
  if (found == kCodes.end()) return std::nullopt;
  return found->first;
}

std::optional<char> id_check_digit(std::string_view first_17) {
  static constexpr int kWeights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  if (first_17.size() != 17 || !all_digits(first_17)) return std::nullopt;
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) sum += (first_17[i] - '0') * kWeights[i];
  return "10X98765432"[sum % 11];
}

std::string document_number_form(std::string_view text) {
  return code_form(text);
}

Result<Document> Document::parse(DocumentType type, std::string_view number,
                                 std::string_view field) {
  Document document{type, document_number_form(number)};
  if (document.number.size() > limits::kDocumentNumberBytesMax) {
    return Error{ErrorCode::too_large,
                 std::string(field),
                 {"A document number is not this long; copy it from the document.",
                  "证件号码过长，请按证件核对。"}};
  }
  if (!follows_type(type, document.number))
    return Error{ErrorCode::invalid_argument, std::string(field), rule(type)};
  return document;
}

std::string_view Document::last_six() const {
  const std::string_view all = number;
  std::size_t from = all.size();
  for (int left = 6; left > 0 && from > 0; --left) {
    do {
      --from;
    } while (from > 0 && (static_cast<unsigned char>(all[from]) & 0xC0) == 0x80);
  }
  return all.substr(from);
}

}  // namespace chayan
