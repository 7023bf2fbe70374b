#include "api/assets.h"

#include "api/environment.h"
#include "base/embedded.h"
#include "crypto/digest.h"

namespace chayan::api {
namespace {

constexpr std::string_view kStyle = "style.css";
constexpr std::string_view kScript = "verify.js";

// "style.css" as "style-<digest>.css".
std::string digest_name(std::string_view file) {
  const std::size_t dot = file.rfind('.');
  const Hash digest = crypto::sha256(web_file(file));
  std::string name(file.substr(0, dot));
  name += '-' + to_hex(view(digest).substr(0, 8));
  return name.append(file.substr(dot));
}

}  // namespace

std::string_view web_file(std::string_view name) {
  for (const EmbeddedFile& file : web_files()) {
    if (file.name == name) return file.content;
  }
  return {};
}

std::string style_file_name() {
  return digest_name(kStyle);
}
std::string script_file_name() {
  return digest_name(kScript);
}

Result<void> answer_asset(const Call& call, http::Response& response) {
  const std::string& file = call.path.decoded[0];
  if (file == call.environment.style_file) {
    response.body = web_file(kStyle);
    return {};
  }
  if (file == call.environment.script_file) {
    response.content_type = kScriptType;
    response.body = web_file(kScript);
    return {};
  }
  return Error{ErrorCode::not_found,
               "file",
               {"There is no such file; load the page again.", "没有该文件，请重新打开页面。"}};
}

Result<void> answer_icon(const Call&, http::Response&) {
  return {};
}

}  // namespace chayan::api
