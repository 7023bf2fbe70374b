#include "domain/members.h"

#include "base/text.h"

namespace chayan {

Result<std::string> parse_text(std::string_view text, std::string_view field,
                               std::size_t bytes_max) {
  const std::string_view trimmed = trim(text);
  if (has_control_character(trimmed)) {
    return invalid(std::string(field), "Remove line breaks and other control characters.",
                   "请删除换行等控制字符。");
  }
  if (trimmed.size() > bytes_max) {
    const std::string most = std::to_string(bytes_max);
    return Error{ErrorCode::too_large,
                 std::string(field),
                 {"Shorten this text to " + most + " bytes of UTF-8.",
                  "该文字过长，请缩短至 " + most + " 字节（UTF-8）以内。"}};
  }
  return std::string(trimmed);
}

Result<std::string> parse_required_text(std::string_view text, std::string_view field,
                                        std::size_t bytes_max) {
  auto parsed = parse_text(text, field, bytes_max);
  if (parsed && parsed->empty()) {
    return invalid(std::string(field), "This member must not be empty; fill it in.",
                   "该字段不能为空，请填写。");
  }
  return parsed;
}

std::string read_text(JsonObject& object, std::string_view name, std::size_t bytes_max) {
  return take(object, parse_text(object.optional_string(name).value_or(""), name, bytes_max));
}

std::string read_required_text(JsonObject& object, std::string_view name, std::size_t bytes_max) {
  return take(object, parse_required_text(object.string(name), name, bytes_max));
}

Date read_date(JsonObject& object, std::string_view name) {
  return take(object, Date::parse(object.string(name), name));
}

void finish_within(JsonObject& outer, JsonObject& inner, const std::string& path) {
  const auto finished = inner.finish();
  if (finished) return;
  Error error = finished.error();
  error.field = path + "." + error.field;
  outer.fail(std::move(error));
}

}  // namespace chayan
