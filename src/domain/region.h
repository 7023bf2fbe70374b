// 行政区划代码 (GB/T 2260): six digits, province, city, district. 310115 is Pudong, 310000 all of
// Shanghai.
#pragma once

#include <compare>
#include <span>
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

// A region whose name is known. Views of literals.
struct NamedRegion {
  std::string_view code;
  std::string_view name;     // 浦东新区
  std::string_view name_en;  // Pudong
};

// Shanghai, then its districts in order of code (data/regions.csv). A filing may state a code that
// is not here: it has no name, and that is no error.
std::span<const NamedRegion> named_regions();
// Null where the code has no name here.
const NamedRegion* find_region(const RegionCode& code);

}  // namespace chayan
