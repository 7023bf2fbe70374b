#include "domain/region.h"

#include <algorithm>
#include <vector>

#include "base/embedded.h"
#include "base/text.h"

namespace chayan {
namespace {

std::string_view take_until(std::string_view& text, char end) {
  const std::string_view taken = text.substr(0, text.find(end));
  text.remove_prefix(std::min(taken.size() + 1, text.size()));
  return taken;
}

// The file is our own: three columns, no quotes (tests/domain/codes_test.cpp reads every name).
std::vector<NamedRegion> read_regions(std::string_view csv) {
  std::vector<NamedRegion> regions;
  take_until(csv, '\n');  // header
  while (!csv.empty()) {
    std::string_view line = take_until(csv, '\n');
    NamedRegion region;
    region.code = take_until(line, ',');
    region.name = take_until(line, ',');
    region.name_en = line;
    regions.push_back(region);
  }
  return regions;
}

}  // namespace

Result<RegionCode> RegionCode::parse(std::string_view text, std::string_view field) {
  RegionCode code;
  code.text_ = code_form(text);
  const bool is_shaped = code.text_.size() == 6 && code.text_[0] != '0' &&
                         std::all_of(code.text_.begin(), code.text_.end(),
                                     [](char c) { return c >= '0' && c <= '9'; });
  if (!is_shaped) {
    return invalid(std::string(field), "A region code has six digits, such as 310115 for Pudong.",
                   "行政区划代码为 6 位数字，例如浦东新区 310115。");
  }
  return code;
}

std::string_view RegionCode::prefix() const {
  std::string_view prefix = text_;
  while (prefix.ends_with("00")) prefix.remove_suffix(2);
  return prefix;
}

std::span<const NamedRegion> named_regions() {
  static const std::vector<NamedRegion> regions = read_regions(region_data().front().content);
  return regions;
}

const NamedRegion* find_region(const RegionCode& code) {
  for (const NamedRegion& region : named_regions()) {
    if (region.code == code.text()) return &region;
  }
  return nullptr;
}

}  // namespace chayan
