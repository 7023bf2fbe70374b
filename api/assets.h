// The files that pages name: style sheet, scripts and the mark in the browser's tab, each under a
// name that holds the digest of its content, so that a browser may keep it for ever.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/endpoint.h"

namespace chayan::api {

inline constexpr std::string_view kScriptType = "text/javascript; charset=utf-8";
inline constexpr std::string_view kPictureType = "image/svg+xml";

struct Asset {
  std::string_view stem;  // "style" of style.css: what templates call it by, {{asset.style}}
  std::string file;       // "style-<16 hex digits>.css"
  std::string_view content_type;
  std::string_view content;
};

// Built once; read-only afterwards.
class Assets {
 public:
  Assets();
  const std::vector<Asset>& all() const { return assets_; }
  const Asset* find(std::string_view file) const;  // null: there is none of that name

 private:
  std::vector<Asset> assets_;
};

std::string_view web_file(std::string_view name);  // content; empty: no such file

Result<void> answer_asset(const Call& call, http::Response& response);
Result<void> answer_icon(const Call& call, http::Response& response);

}  // namespace chayan::api
