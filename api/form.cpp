#include "api/form.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace chayan::api {

Form::Form(std::vector<http::QueryParameter> fields)
    : fields_(std::move(fields)), known_(fields_.size(), false) {}

Result<Form> Form::parse(std::string_view body, std::string_view text_field) {
  auto fields = http::parse_form(body, text_field);
  if (!fields) {
    return invalid("body", "The form could not be read; fill it in again.",
                   "无法读取表单，请重新填写。");
  }
  return Form(std::move(*fields));
}

std::optional<std::string_view> Form::take(std::string_view name) {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].name != name) continue;
    known_[i] = true;
    if (trim(fields_[i].value).empty()) return std::nullopt;
    return fields_[i].value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Form::take_all(std::string_view prefix) {
  std::vector<std::string_view> values;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (!fields_[i].name.starts_with(prefix)) continue;
    known_[i] = true;
    values.push_back(fields_[i].value);
  }
  return values;
}

Result<void> Form::finish() const {
  if (std::find(known_.begin(), known_.end(), false) == known_.end()) return {};
  return invalid("body", "The form has a field that this page does not know.",
                 "表单中有本页面不认识的项目。");
}

}  // namespace chayan::api
