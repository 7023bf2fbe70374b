#include "base/json_reader.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "base/text.h"

namespace chayan {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

Error body_error(std::string en, std::string zh) {
  return invalid("body", std::move(en), std::move(zh));
}

// simdjson's UTF-8 and escape checks are the document's; 3.0 lets a lone low surrogate through as
// three bytes that are no UTF-8.
bool is_sound(std::string_view text) {
  return text.find('\0') == std::string_view::npos &&
         (text.find('\xED') == std::string_view::npos || is_valid_utf8(text));
}

bool has_duplicate_key(const simdjson::dom::object& object) {
  constexpr std::size_t kSmall = 16;  // below it comparing all pairs beats sorting
  if (object.size() <= kSmall) {
    std::array<std::string_view, kSmall> keys;
    auto end = keys.begin();
    for (const auto field : object) {
      if (std::find(keys.begin(), end, field.key) != end) return true;
      *end++ = field.key;
    }
    return false;
  }
  std::vector<std::string_view> keys;
  for (const auto field : object) keys.push_back(field.key);
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

// What simdjson lets pass and this layer does not. `depth` counts the containers around `value`.
std::optional<Error> find_fault(const element& value, std::size_t depth) {
  const element_type type = value.type();
  if (type == element_type::STRING) {
    if (is_sound(value.get_string().value_unsafe())) return std::nullopt;
    return body_error("A string holds U+0000 or half of a surrogate pair; remove it.",
                      "字符串中含有空字符（U+0000）或不成对的代理字符，请删除。");
  }
  if (type != element_type::OBJECT && type != element_type::ARRAY) return std::nullopt;
  if (depth >= limits::kJsonDepthMax) {
    return body_error(
        "The JSON is nested more than " + std::to_string(limits::kJsonDepthMax) +
            " levels deep; flatten it.",
        "JSON 嵌套超过 " + std::to_string(limits::kJsonDepthMax) + " 层，请减少嵌套。");
  }
  if (type == element_type::ARRAY) {
    const simdjson::dom::array array = value.get_array().value_unsafe();
    for (const element child : array) {
      if (auto fault = find_fault(child, depth + 1)) return fault;
    }
    return std::nullopt;
  }
  const simdjson::dom::object object = value.get_object().value_unsafe();
  if (has_duplicate_key(object)) {
    return body_error("An object names the same member twice; keep one of them.",
                      "同一对象中有重复的字段名，请只保留一个。");
  }
  for (const auto field : object) {
    if (!is_sound(field.key)) {
      return body_error("A member name holds U+0000 or half of a surrogate pair; remove it.",
                        "字段名中含有空字符（U+0000）或不成对的代理字符，请删除。");
    }
    if (auto fault = find_fault(field.value, depth + 1)) return fault;
  }
  return std::nullopt;
}

Error not_json(simdjson::error_code code) {
  if (code == simdjson::UTF8_ERROR) {
    return body_error("The text is not valid UTF-8; save it as UTF-8.",
                      "文本不是有效的 UTF-8 编码，请以 UTF-8 保存。");
  }
  return body_error(
      "The text is not one well-formed JSON object; check quotes, commas and brackets.",
      "文本不是格式正确的单个 JSON 对象，请检查引号、逗号和括号。");
}

Error wrong_type(std::string_view name, std::string_view en, std::string_view zh) {
  return invalid(std::string(name), "This member must be " + std::string(en) + ".",
                 "该字段必须是" + std::string(zh) + "。");
}

Error missing(std::string_view name) {
  return invalid(std::string(name), "This member is required; give it.", "缺少必填字段，请补充。");
}

}  // namespace

std::optional<element> JsonObject::find(std::string_view name) {
  ignore(name);
  element value;
  if (object_.at_key(name).get(value) || value.is_null()) return std::nullopt;
  return value;
}

void JsonObject::ignore(std::string_view name) {
  known_.push_back(name);
}

bool JsonObject::has(std::string_view name) const {
  element value;
  return !object_.at_key(name).get(value);
}

std::vector<std::string_view> JsonObject::names() const {
  std::vector<std::string_view> names;
  for (const auto member : object_) names.push_back(member.key);
  return names;
}

void JsonObject::fail(Error error) {
  if (!error_) error_ = std::move(error);
}

std::optional<std::string_view> JsonObject::optional_string(std::string_view name) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  std::string_view text;
  if (value->get_string().get(text)) fail(wrong_type(name, "a string", "字符串"));
  return text;
}

std::string_view JsonObject::string(std::string_view name) {
  const auto value = optional_string(name);
  if (!value) fail(missing(name));
  return value.value_or("");
}

std::optional<std::int64_t> JsonObject::optional_integer(std::string_view name) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  std::int64_t number = 0;
  // 3.0 is a double to simdjson, and stays refused here: integers are written without a point.
  if (value->type() != element_type::INT64 || value->get_int64().get(number)) {
    fail(wrong_type(name, "an integer", "整数"));
  }
  return number;
}

std::int64_t JsonObject::integer(std::string_view name) {
  const auto value = optional_integer(name);
  if (!value) fail(missing(name));
  return value.value_or(0);
}

std::string JsonObject::string_or_integer(std::string_view name) {
  const auto value = find(name);
  if (value && value->type() == element_type::INT64) return std::to_string(integer(name));
  return std::string(string(name));
}

std::optional<bool> JsonObject::optional_boolean(std::string_view name) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  bool flag = false;
  if (value->get_bool().get(flag)) fail(wrong_type(name, "true or false", " true 或 false"));
  return flag;
}

std::optional<JsonObject> JsonObject::optional_object(std::string_view name) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  simdjson::dom::object object;
  if (value->get_object().get(object)) {
    fail(wrong_type(name, "an object", "对象"));
    return std::nullopt;
  }
  return JsonObject(object);
}

std::vector<JsonObject> JsonObject::objects(std::string_view name) {
  std::vector<JsonObject> found;
  const auto value = find(name);
  if (!value) return found;
  simdjson::dom::array array;
  if (value->get_array().get(array)) fail(wrong_type(name, "an array of objects", "对象数组"));
  if (error_) return found;
  for (const element child : array) {
    simdjson::dom::object object;
    if (child.get_object().get(object)) {
      fail(wrong_type(name, "an array of objects", "对象数组"));
      return {};
    }
    found.emplace_back(object);
  }
  return found;
}

std::vector<std::string_view> JsonObject::strings(std::string_view name) {
  std::vector<std::string_view> found;
  const auto value = find(name);
  if (!value) return found;
  simdjson::dom::array array;
  if (value->get_array().get(array)) fail(wrong_type(name, "an array of strings", "字符串数组"));
  if (error_) return found;
  for (const element child : array) {
    std::string_view text;
    if (child.get_string().get(text)) {
      fail(wrong_type(name, "an array of strings", "字符串数组"));
      return {};
    }
    found.push_back(text);
  }
  return found;
}

std::vector<std::pair<std::int64_t, std::int64_t>> JsonObject::integer_pairs(
    std::string_view name) {
  std::vector<std::pair<std::int64_t, std::int64_t>> found;
  const auto wrong = [&] { fail(wrong_type(name, "an array of pairs of integers", "整数对数组")); };
  const auto value = find(name);
  if (!value) return found;
  simdjson::dom::array array;
  if (value->get_array().get(array)) wrong();
  if (error_) return found;
  for (const element child : array) {
    simdjson::dom::array pair;
    std::pair<std::int64_t, std::int64_t> numbers;
    if (child.get_array().get(pair) || pair.size() != 2 ||
        pair.at(0).get_int64().get(numbers.first) || pair.at(1).get_int64().get(numbers.second)) {
      wrong();
      return {};
    }
    found.push_back(numbers);
  }
  return found;
}

Result<void> JsonObject::finish() {
  if (error_) return *error_;
  for (const auto field : object_) {
    if (std::find(known_.begin(), known_.end(), field.key) == known_.end()) {
      return invalid(std::string(field.key),
                     "There is no such member here; remove it or correct its name.",
                     "没有此字段，请删除或更正字段名。");
    }
  }
  return {};
}

Result<JsonObject> JsonParser::parse_object(std::string_view text) {
  // Newer simdjson skips a byte order mark and older refuses it; RFC 8259 forbids sending one.
  if (text.starts_with("\xEF\xBB\xBF")) {
    return body_error("The text starts with a byte order mark; save it as UTF-8 without one.",
                      "文本以字节顺序标记（BOM）开头，请以不带 BOM 的 UTF-8 保存。");
  }
  element root;
  if (const auto code = parser_.parse(text.data(), text.size(), true).get(root)) {
    return not_json(code);
  }
  simdjson::dom::object object;
  if (root.get_object().get(object)) {
    return body_error("The text must be one JSON object.", "文本必须是一个 JSON 对象。");
  }
  if (auto fault = find_fault(root, 0)) return *fault;
  return JsonObject(object);
}

}  // namespace chayan
