// Taking apart the values of header fields.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace chayan::api {

// Without the optional white space (RFC 9110 section 5.6.3) at both ends.
inline std::string_view without_ows(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes what stands before the first `separator` off the front of `text`, and the separator too.
inline std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

// Whether a Content-Type, without its parameters, is this one; compared without case.
inline bool has_media_type(std::string_view content_type, std::string_view wanted) {
  const std::string_view type = without_ows(content_type.substr(0, content_type.find(';')));
  return std::equal(type.begin(), type.end(), wanted.begin(), wanted.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

}  // namespace chayan::api
