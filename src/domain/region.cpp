#include "domain/region.h"

#include <algorithm>

#include "base/text.h"

namespace chayan {

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

}  // namespace chayan
