// The query part of a target, taken apart strictly.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace chayan::http {

struct QueryParameter {
  std::string name;
  std::string value;  // valid UTF-8
};

struct Target {
  std::string_view path;  // before '?', undecoded
  std::vector<QueryParameter> query;
};

// Splits at the first '?'. '+' is a space (HTML forms); %XX is decoded; broken escapes, invalid
// UTF-8, U+0000, control characters, a repeated name and more than limits::kQueryParametersMax
// parameters are errors that name the parameter. `target` must outlive the result.
Result<Target> parse_target(std::string_view target);

// One path segment, %XX decoded; the same refusals. "foreign" stays "foreign".
Result<std::string> decode_segment(std::string_view segment);

// application/x-www-form-urlencoded body: the same rules as the query, but that the value of
// `text_field` may hold line breaks and tabs, as what is pasted into a textarea does.
Result<std::vector<QueryParameter>> parse_form(std::string_view body,
                                               std::string_view text_field = {});

// Percent-encodes everything but RFC 3986 unreserved characters.
std::string percent_encode(std::string_view text);

}  // namespace chayan::http
