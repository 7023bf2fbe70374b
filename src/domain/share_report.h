// A share report (分享报告): what the holder of a certificate lets the bearer of a code see, until
// when, and who has looked. It is the store's own and no change of the log; it goes when the
// certificate is erased.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace chayan {

// What a report can show. Its status is always shown: a revoked certificate is never passed off.
// Values are stored as bits; do not renumber.
enum class ReportField : std::uint8_t {
  holder_name = 0,
  holder_name_masked = 1,
  certificate_number = 2,
  certificate_number_masked = 3,
  document_type = 4,
  document_last_four = 5,
  occupation = 6,
  level = 7,
  issuer = 8,
  issued_on = 9,
  basis = 10,
  issuer_authorized = 11,
  status_history = 12,
  original_certificate = 13,
};
inline constexpr std::size_t kReportFieldCount = 14;

std::string_view code(ReportField field);  // "holder_name"
std::optional<ReportField> report_field_from_code(std::string_view code);

class ReportFields {
 public:
  // Error invalid_argument where a name is unknown, none is given, or something is chosen both full
  // and masked.
  static Result<ReportFields> parse(std::span<const std::string_view> names,
                                    std::string_view field = "show");
  static std::optional<ReportFields> from_bits(std::uint32_t bits);

  bool has(ReportField field) const { return (bits_ >> static_cast<unsigned>(field) & 1U) != 0; }
  std::uint32_t bits() const { return bits_; }
  std::vector<ReportField> list() const;  // in the order of the enum

  bool operator==(const ReportFields&) const = default;

 private:
  void add(ReportField field) { bits_ |= 1U << static_cast<unsigned>(field); }
  std::uint32_t bits_ = 0;
};

using Seconds = std::chrono::sys_seconds;

struct ReportAccess {
  Seconds at{};
  std::string client;  // prefix of the address: /24 or /48

  bool operator==(const ReportAccess&) const = default;
};

struct ShareReport {
  std::array<char, 16> code{};  // its MAC; the code itself is nowhere
  ReportFields shows;
  Seconds created{};
  Seconds expires{};             // from here on it does not open
  std::optional<Seconds> ended;  // by the holder
  std::uint64_t access_count = 0;
  std::vector<ReportAccess> accesses;  // the newest of them, ascending

  bool is_active(Seconds now) const { return !ended && now < expires; }
  // "active", "expired" or "ended".
  std::string_view state(Seconds now) const;
  // Counts an opening, and keeps it within the bounds of base/limits.h.
  void record(ReportAccess access);
  // Forgets openings that are too old to be kept.
  void forget_before(Seconds now);

  bool operator==(const ShareReport&) const = default;
};

// All but the last four characters as '*'; all of them where that would show half or more.
std::string mask_code(std::string_view text);

}  // namespace chayan
