#include "domain/credit_code.h"

#include <algorithm>

#include "base/text.h"

namespace chayan {
namespace {

constexpr std::string_view kAlphabet =
    "0123456789ABCDEFGHJKLMNPQRTUWXY";  // a character's index is its value

// GB 32100-2015: C18 = 31 - (sum of value × weight mod 31), 31 written as 0.
char whole_check(std::string_view code) {
  static constexpr int kWeights[17] = {1,  3,  9,  27, 19, 26, 16, 17, 20,
                                       29, 25, 13, 8,  24, 10, 30, 28};
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i)
    sum += static_cast<int>(kAlphabet.find(code[i])) * kWeights[i];
  return kAlphabet[static_cast<std::size_t>((31 - sum % 31) % 31)];
}

// GB 11714 on characters 9-16: C9 = 11 - (sum mod 11), with A=10 to Z=35; 10 is written X, 11 is 0.
char organisation_check(std::string_view code) {
  static constexpr int kWeights[8] = {3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    const char c = code[8 + i];
    sum += (c <= '9' ? c - '0' : c - 'A' + 10) * kWeights[i];
  }
  const int check = 11 - sum % 11;
  if (check == 10) return 'X';
  return static_cast<char>('0' + check % 11);
}

bool is_shaped(std::string_view code) {
  static constexpr auto kIsInAlphabet = [] {
    std::array<bool, 256> is_in{};
    for (const char c : kAlphabet) is_in[static_cast<unsigned char>(c)] = true;
    return is_in;
  }();
  return code.size() == CreditCode::kLength && std::all_of(code.begin(), code.end(), [](char c) {
           return kIsInAlphabet[static_cast<unsigned char>(c)];
         });
}

}  // namespace

Result<CreditCode> CreditCode::accept(std::string_view text, std::string_view field) {
  CreditCode code;
  if (is_shaped(text)) {  // as all stored ones are
    std::copy(text.begin(), text.end(), code.characters_.begin());
    return code;
  }
  const std::string form = code_form(text);
  if (!is_shaped(form)) {
    return invalid(
        std::string(field),
        "A unified social credit code has 18 digits and capital letters, never I, O, S, V "
        "or Z.",
        "统一社会信用代码为 18 位数字或大写字母，不含 I、O、S、V、Z。");
  }
  std::copy(form.begin(), form.end(), code.characters_.begin());
  return code;
}

Result<CreditCode> CreditCode::parse(std::string_view text, std::string_view field) {
  auto code = accept(text, field);
  if (!code) return code;
  if (organisation_check(code->text()) != code->text()[16]) {
    return invalid(std::string(field),
                   "The check character of the organisation code (the 17th) does not hold; compare "
                   "characters 9 to 17 with the licence.",
                   "组织机构代码校验位（第 17 位）不符，请对照证照核对第 9 至 17 位。");
  }
  if (whole_check(code->text()) != code->text()[17]) {
    return invalid(std::string(field),
                   "The last check character does not hold; compare the code with the licence.",
                   "最后一位校验码不符，请对照证照核对统一社会信用代码。");
  }
  return code;
}

Result<CreditCode> CreditCode::with_checks(std::string_view first_16) {
  auto code = accept(std::string(first_16) + "00");
  if (!code) return code;
  code->characters_[16] = organisation_check(code->text());
  code->characters_[17] = whole_check(code->text());
  return code;
}

bool CreditCode::checks_hold() const {
  if (characters_[0] == '\0') return false;
  return organisation_check(text()) == characters_[16] && whole_check(text()) == characters_[17];
}

}  // namespace chayan
