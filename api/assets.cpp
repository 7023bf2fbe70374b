#include "api/assets.h"

#include "api/environment.h"
#include "base/embedded.h"
#include "crypto/digest.h"

namespace chayan::api {
namespace {

constexpr std::string_view kTabMark = "favicon.svg";  // other pictures stand within pages

// Empty: the file is a template or a part of one.
std::string_view content_type_of(std::string_view file) {
  if (file.ends_with(".css")) return "text/css; charset=utf-8";
  if (file.ends_with(".js")) return kScriptType;
  return file == kTabMark ? kPictureType : std::string_view();
}

std::string digest_name(std::string_view stem, std::string_view extension,
                        std::string_view content) {
  const Hash digest = crypto::sha256(content);
  std::string name(stem);
  name += '-';
  name += to_hex(view(digest).substr(0, 8));
  return name.append(extension);
}

}  // namespace

std::string_view web_file(std::string_view name) {
  for (const EmbeddedFile& file : web_files()) {
    if (file.name == name) return file.content;
  }
  return {};
}

Assets::Assets() {
  for (const EmbeddedFile& file : web_files()) {
    const std::string_view type = content_type_of(file.name);
    if (type.empty()) continue;
    const std::size_t dot = file.name.rfind('.');
    const std::string_view stem = file.name.substr(0, dot);
    assets_.push_back(
        {stem, digest_name(stem, file.name.substr(dot), file.content), type, file.content});
  }
}

const Asset* Assets::find(std::string_view file) const {
  for (const Asset& asset : assets_) {
    if (asset.file == file) return &asset;
  }
  return nullptr;
}

Result<void> answer_asset(const Call& call, http::Response& response) {
  const Asset* asset = call.environment.assets.find(call.path.decoded[0]);
  if (asset == nullptr) {
    return Error{ErrorCode::not_found,
                 "file",
                 {"There is no such file; load the page again.", "没有该文件，请重新打开页面。"}};
  }
  response.content_type = asset->content_type;
  response.body = asset->content;
  return {};
}

Result<void> answer_icon(const Call&, http::Response&) {
  return {};
}

}  // namespace chayan::api
