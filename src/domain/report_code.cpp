#include "domain/report_code.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace chayan {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// Times α in GF(32), modulo the primitive polynomial x^5 + x^2 + 1.
std::uint8_t times_alpha(std::uint8_t value) {
  const unsigned doubled = static_cast<unsigned>(value) << 1;
  return static_cast<std::uint8_t>((doubled & 0x20U) != 0 ? doubled ^ 0x25U : doubled);
}

// The value of the polynomial at α, by Horner's rule; 0 for a whole code.
std::uint8_t remainder(std::string_view symbols) {
  std::uint8_t sum = 0;
  for (const char symbol : symbols) {
    sum = static_cast<std::uint8_t>(times_alpha(sum) ^ kAlphabet.find(symbol));
  }
  return sum;
}

char unambiguous(char symbol) {
  if (symbol == 'O') return '0';
  if (symbol == 'I' || symbol == 'L') return '1';
  return symbol;
}

}  // namespace

ReportCode ReportCode::from_random(std::string_view random) {
  ReportCode code;
  for (const char byte : random.substr(0, kRandomBytes)) {
    code.text_.push_back(kAlphabet[static_cast<std::uint8_t>(byte) & 31U]);
  }
  code.text_.push_back(kAlphabet[times_alpha(remainder(code.text_))]);
  return code;
}

Result<ReportCode> ReportCode::parse(std::string_view text, std::string_view field) {
  ReportCode code;
  for (const char c : code_form(text)) {
    if (c != '-') code.text_.push_back(unambiguous(c));
  }
  const bool of_alphabet = std::all_of(code.text_.begin(), code.text_.end(), [](char c) {
    return kAlphabet.find(c) != std::string_view::npos;
  });
  if (!of_alphabet || code.text_.size() != kSymbols) {
    return invalid(std::string(field),
                   "A report's code has 28 letters and digits; check that it is complete.",
                   "分享码为 28 位字母或数字，请核对是否完整。");
  }
  if (remainder(code.text_) != 0) {
    return invalid(std::string(field),
                   "The code has a typing error; compare every character with the original.",
                   "分享码输入有误，请与原文逐字核对。");
  }
  return code;
}

std::string ReportCode::grouped() const {
  std::string grouped;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (i > 0 && i % 4 == 0) grouped.push_back('-');
    grouped.push_back(text_[i]);
  }
  return grouped;
}

}  // namespace chayan
