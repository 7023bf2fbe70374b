#include "domain/certificate_number.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace chayan {
namespace {

constexpr std::size_t kEvaluationLength = 22;
constexpr std::size_t kSiteCodeLength = 13;
constexpr std::size_t kYearAt = 13;
constexpr std::size_t kLevelAt = 15;
constexpr std::size_t kQualificationLength = 16;
constexpr std::size_t kShanghaiLength = 13;
constexpr std::string_view kShanghaiPrefix = "000";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return c >= 'A' && c <= 'Z';
}
bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}

NumberForm form_of(std::string_view text) {
  if (text.size() == kEvaluationLength && is_letter(text[0]) &&
      all_digits(text.substr(1, kLevelAt - 1)) && all_digits(text.substr(kLevelAt + 1))) {
    if (is_digit(text[kLevelAt])) return NumberForm::evaluation;
    if (is_letter(text[kLevelAt])) return NumberForm::special;
  }
  if (text.size() == kQualificationLength && all_digits(text)) return NumberForm::qualification;
  return NumberForm::opaque;
}

}  // namespace

Result<CertificateNumber> CertificateNumber::parse(std::string_view text, std::string_view field) {
  CertificateNumber number;
  number.text_ = code_form(text);
  if (number.text_.empty()) {
    return invalid(std::string(field), "Give the certificate number.", "请填写证书编号。");
  }
  if (number.text_.size() > limits::kCertificateNumberBytesMax) {
    return Error{ErrorCode::too_large,
                 std::string(field),
                 {"A certificate number is not this long; copy it from the certificate.",
                  "证书编号过长，请按证书核对。"}};
  }
  if (!is_code_text(number.text_)) {
    return invalid(std::string(field),
                   "A certificate number holds letters, digits and plain punctuation only; copy it "
                   "from the certificate.",
                   "证书编号只含字母、数字和半角标点，请按证书核对。");
  }
  if (number.text_.size() == kShanghaiLength && all_digits(number.text_)) {
    number.text_.insert(0, kShanghaiPrefix);
    number.was_padded_ = true;
  }
  number.form_ = form_of(number.text_);
  return number;
}

std::optional<std::string_view> CertificateNumber::site_code() const {
  if (form_ != NumberForm::evaluation) return std::nullopt;
  return text().substr(0, kSiteCodeLength);
}

std::optional<int> CertificateNumber::year() const {
  if (form_ != NumberForm::evaluation) return std::nullopt;
  return 2000 + (text_[kYearAt] - '0') * 10 + (text_[kYearAt + 1] - '0');
}

std::optional<SkillLevel> CertificateNumber::level() const {
  if (form_ != NumberForm::evaluation) return std::nullopt;
  switch (text_[kLevelAt]) {
    case '5':
      return SkillLevel::junior;
    case '4':
      return SkillLevel::intermediate;
    case '3':
      return SkillLevel::senior;
    case '2':
      return SkillLevel::technician;
    case '1':
      return SkillLevel::senior_technician;
    default:
      return std::nullopt;
  }
}

}  // namespace chayan
