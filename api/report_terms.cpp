#include "api/report_terms.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

#include "base/limits.h"
#include "base/text.h"

namespace chayan::api {
namespace {

constexpr std::string_view kMember = "valid_days";

Result<int> valid_days(std::optional<std::int64_t> days) {
  if (days && *days >= 1 && *days <= limits::kReportDaysMax) return static_cast<int>(*days);
  const std::string most = std::to_string(limits::kReportDaysMax);
  return invalid(std::string(kMember),
                 "Give the days that the report is to be valid, 1 to " + most + ".",
                 "请填写有效天数，1 至 " + most + " 天。");
}

}  // namespace

Result<int> read_valid_days(JsonObject& body) {
  return valid_days(body.optional_integer(kMember));
}

Result<int> read_valid_days(Form& form) {
  const auto given = form.take(kMember);
  if (!given) return valid_days(std::nullopt);
  const std::string digits = code_form(*given);
  std::int64_t days = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), days);
  const bool is_number = fault == std::errc() && end == digits.data() + digits.size();
  return valid_days(is_number ? std::optional(days) : std::nullopt);
}

}  // namespace chayan::api
