#include "api/assets.h"

#include "api/environment.h"
#include "base/embedded.h"

namespace chayan::api {
namespace {

constexpr std::string_view kStyle = "style.css";

}  // namespace

std::string_view web_file(std::string_view name) {
  for (const EmbeddedFile& file : web_files()) {
    if (file.name == name) return file.content;
  }
  return {};
}

std::string style_file_name() {
  const Hash digest = crypto::sha256(web_file(kStyle));
  return "style-" + to_hex(view(digest).substr(0, 8)) + ".css";
}

Result<void> answer_asset(const Call& call, http::Response& response) {
  if (call.path.decoded[0] != call.environment.style_file) {
    return Error{ErrorCode::not_found,
                 "file",
                 {"There is no such file; load the page again.", "没有该文件，请重新打开页面。"}};
  }
  response.body = web_file(kStyle);
  return {};
}

Result<void> answer_icon(const Call&, http::Response&) {
  return {};
}

}  // namespace chayan::api
