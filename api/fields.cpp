#include "api/fields.h"

#include <algorithm>
#include <charconv>

#include "base/bytes.h"

namespace chayan::api {

Fields::Fields(std::vector<http::QueryParameter> parameters, Empty empty)
    : parameters_(std::move(parameters)) {
  const auto is_empty = [](const http::QueryParameter& p) { return p.value.empty(); };
  if (empty == Empty::is_absent) {
    std::erase_if(parameters_, is_empty);
    return;
  }
  const auto found = std::find_if(parameters_.begin(), parameters_.end(), is_empty);
  if (found == parameters_.end()) return;
  fail(invalid(found->name, "This parameter is empty; give it a value or leave it out.",
               "该参数为空，请填写或去掉该参数。"));
}

std::optional<std::string_view> Fields::find(std::string_view name) const {
  for (const http::QueryParameter& parameter : parameters_) {
    if (parameter.name == name) return parameter.value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Fields::text(std::string_view name, std::size_t bytes_max) {
  const auto given = find(name);
  if (given && given->size() > bytes_max) {
    const std::string max = std::to_string(bytes_max);
    fail({ErrorCode::too_large,
          std::string(name),
          {"This text is too long; the limit is " + max + " bytes of UTF-8.",
           "该内容过长，上限为 " + max + " 字节（UTF-8）。"}});
    return std::nullopt;
  }
  return given;
}

std::optional<std::size_t> Fields::count(std::string_view name, std::size_t max, std::size_t min) {
  const auto given = find(name);
  if (!given) return std::nullopt;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), value);
  if (error != std::errc() || end != given->data() + given->size() || value < min || value > max) {
    const std::string from = std::to_string(min);
    const std::string to = std::to_string(max);
    fail(invalid(std::string(name), "Give a whole number from " + from + " to " + to + ".",
                 "请填写 " + from + " 到 " + to + " 之间的整数。"));
    return std::nullopt;
  }
  return value;
}

void Fields::fail(Error error) {
  if (!error_) error_ = std::move(error);
}

Result<void> Fields::finish() const {
  if (error_) return *error_;
  return {};
}

std::string Fields::canonical() const {
  std::vector<const http::QueryParameter*> ordered;
  for (const http::QueryParameter& parameter : parameters_) {
    if (parameter.name != "cursor" && parameter.name != "limit") ordered.push_back(&parameter);
  }
  std::sort(ordered.begin(), ordered.end(),
            [](const auto* a, const auto* b) { return a->name < b->name; });
  std::string out;
  for (const http::QueryParameter* parameter : ordered) {
    put_prefixed(out, parameter->name);
    put_prefixed(out, parameter->value);
  }
  return out;
}

}  // namespace chayan::api
