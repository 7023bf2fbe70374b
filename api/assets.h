// The files of the pages: style sheet and script, each under a name that holds its digest, and no
// icon.
#pragma once

#include <string>
#include <string_view>

#include "api/endpoint.h"

namespace chayan::api {

inline constexpr std::string_view kScriptType = "text/javascript; charset=utf-8";

std::string style_file_name();                     // "style-<16 hex digits>.css"
std::string script_file_name();                    // "verify-<16 hex digits>.js"
std::string_view web_file(std::string_view name);  // content; empty: no such file

Result<void> answer_asset(const Call& call, http::Response& response);
Result<void> answer_icon(const Call& call, http::Response& response);

}  // namespace chayan::api
