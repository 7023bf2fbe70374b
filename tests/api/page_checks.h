// What every page has to hold to, read from its HTML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/api/fixture.h"

namespace chayan::api::testing {

inline bool has(const Answer& answer, std::string_view text) {
  return answer.body.find(text) != std::string::npos;
}

// Status, headers, well-formedness, no inline script or style, nothing from another host.
void expect_page(const Answer& answer, int status, std::string_view language = "zh-CN");

// Tags that are not closed, or closed in another order; ids that stand twice; labels, descriptions
// and headings that are referred to and are not there. One sentence each.
std::vector<std::string> html_faults(std::string_view html);

// Values of an attribute, with the five entities decoded.
std::vector<std::string> attributes(std::string_view html, std::string_view name);

}  // namespace chayan::api::testing
