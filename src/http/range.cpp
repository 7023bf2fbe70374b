#include "http/range.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace chayan::http {
namespace {

constexpr std::string_view kUnit = "bytes=";  // units have no case

// 1*DIGIT. A number beyond all sizes is as good as the largest.
std::optional<std::uint64_t> parse_position(std::string_view digits) {
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) return std::numeric_limits<std::uint64_t>::max();
  return value;
}

bool has_unit(std::string_view field) {
  const auto same = [](char sent, char unit) {
    return sent == unit || (sent >= 'A' && sent <= 'Z' && sent - 'A' + 'a' == unit);
  };
  return field.size() >= kUnit.size() &&
         std::equal(kUnit.begin(), kUnit.end(), field.begin(),
                    [same](char unit, char sent) { return same(sent, unit); });
}

}  // namespace

Range parse_range(std::string_view field, std::uint64_t size) {
  const Range whole{Range::Kind::whole, 0, size};
  const Range unsatisfiable{Range::Kind::unsatisfiable, 0, 0};
  if (!has_unit(field)) return whole;
  const std::string_view range = field.substr(kUnit.size());
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return whole;
  const std::string_view first_text = range.substr(0, dash);
  const std::string_view last_text = range.substr(dash + 1);
  const auto last = parse_position(last_text);
  if (!last && !last_text.empty()) return whole;

  if (first_text.empty()) {  // the last n bytes
    if (!last) return whole;
    if (*last == 0) return unsatisfiable;
    if (size == 0) return whole;  // satisfiable, but no Content-Range can say so
    const std::uint64_t length = std::min(*last, size);
    return {Range::Kind::part, size - length, length};
  }
  const auto first = parse_position(first_text);
  if (!first || (last && *last < *first)) return whole;
  if (*first >= size) return unsatisfiable;
  const std::uint64_t last_there = std::min(last.value_or(size - 1), size - 1);
  return {Range::Kind::part, *first, last_there - *first + 1};
}

std::string content_range(const Range& range, std::uint64_t size) {
  std::string text = "bytes ";
  if (range.kind == Range::Kind::unsatisfiable) {
    text += '*';
  } else {
    text += std::to_string(range.offset) + '-' + std::to_string(range.offset + range.length - 1);
  }
  return text + '/' + std::to_string(size);
}

}  // namespace chayan::http
