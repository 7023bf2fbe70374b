#include "domain/share_report.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace chayan {
namespace {

constexpr std::array<std::string_view, kReportFieldCount> kCodes = {"holder_name",
                                                                    "holder_name_masked",
                                                                    "certificate_number",
                                                                    "certificate_number_masked",
                                                                    "document_type",
                                                                    "document_last_four",
                                                                    "occupation",
                                                                    "level",
                                                                    "issuer",
                                                                    "issued_on",
                                                                    "basis",
                                                                    "issuer_authorized",
                                                                    "status_history",
                                                                    "original_certificate"};

Error unknown_field(std::string_view field) {
  std::string known;
  for (const std::string_view one : kCodes) known.append(known.empty() ? "" : ", ").append(one);
  return invalid(std::string(field), "Choose what to show from: " + known + ".",
                 "请从以下项目中选择要展示的内容：" + known + "。");
}

}  // namespace

std::string_view code(ReportField field) {
  return kCodes[static_cast<std::size_t>(field)];
}

std::optional<ReportField> report_field_from_code(std::string_view code) {
  const auto found = std::find(kCodes.begin(), kCodes.end(), code);
  if (found == kCodes.end()) return std::nullopt;
  return static_cast<ReportField>(found - kCodes.begin());
}

Result<ReportFields> ReportFields::parse(std::span<const std::string_view> names,
                                         std::string_view field) {
  ReportFields fields;
  for (const std::string_view name : names) {
    const auto one = report_field_from_code(name);
    if (!one) return unknown_field(field);
    fields.add(*one);
  }
  if (fields.bits_ == 0) return unknown_field(field);
  const auto both = [&](ReportField a, ReportField b) { return fields.has(a) && fields.has(b); };
  if (both(ReportField::holder_name, ReportField::holder_name_masked) ||
      both(ReportField::certificate_number, ReportField::certificate_number_masked)) {
    return invalid(std::string(field), "Show the name and the number either whole or masked.",
                   "姓名和证书编号请选择完整展示或部分遮盖，不能同时选择。");
  }
  return fields;
}

std::optional<ReportFields> ReportFields::from_bits(std::uint32_t bits) {
  if (bits == 0 || bits >> kReportFieldCount != 0) return std::nullopt;
  ReportFields fields;
  fields.bits_ = bits;
  return fields;
}

std::vector<ReportField> ReportFields::list() const {
  std::vector<ReportField> listed;
  for (std::size_t i = 0; i < kReportFieldCount; ++i) {
    const auto field = static_cast<ReportField>(i);
    if (has(field)) listed.push_back(field);
  }
  return listed;
}

std::string_view ShareReport::state(Seconds now) const {
  if (ended) return "ended";
  return now < expires ? "active" : "expired";
}

void ShareReport::record(ReportAccess access) {
  ++access_count;
  const Seconds now = access.at;
  accesses.push_back(std::move(access));
  if (accesses.size() > limits::kReportAccessesMax) accesses.erase(accesses.begin());
  forget_before(now);
}

void ShareReport::forget_before(Seconds now) {
  const Seconds oldest = now - std::chrono::days(limits::kReportAccessDaysMax);
  std::erase_if(accesses, [&](const ReportAccess& access) { return access.at < oldest; });
}

std::string mask_code(std::string_view text) {
  constexpr std::size_t kShown = 4;
  const std::size_t length = length_in_characters(text);
  if (length <= 2 * kShown) return std::string(length, '*');
  std::size_t begin = text.size();
  for (std::size_t shown = 0; shown < kShown; ++shown) {
    do --begin;
    while ((static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U);  // within a character
  }
  return std::string(length - kShown, '*') + std::string(text.substr(begin));
}

}  // namespace chayan
