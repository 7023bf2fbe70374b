// Comparison of protocol names, which have case in ASCII letters only.
#pragma once

#include <algorithm>
#include <string_view>

namespace chayan::server {

constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// `lower` is written in lower case.
constexpr bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(),
                    [](char a, char b) { return ascii_lower(a) == b; });
}

}  // namespace chayan::server
