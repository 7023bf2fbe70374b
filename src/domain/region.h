// 行政区划代码 (GB/T 2260): six digits, province, city, district. 310115 is Pudong, 310000 all of
// Shanghai.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"

namespace chayan {

class RegionCode {
 public:
  RegionCode() = default;  // empty: not stated
  static Result<RegionCode> parse(std::string_view text, std::string_view field = "region");
  std::string_view text() const { return text_; }
  // The leading digits that every code inside this region shares: "31" for 310000, "310115" for
  // 310115.
  std::string_view prefix() const;
  auto operator<=>(const RegionCode&) const = default;

 private:
  std::string text_;
};

}  // namespace chayan
