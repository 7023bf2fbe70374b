#include "api/address.h"

#include <algorithm>

#include "api/environment.h"

namespace chayan::api {

std::optional<std::string> public_address(const Call& call, std::string_view path) {
  const auto& public_url = call.environment.services.public_url;
  std::string address = public_url ? public_url() : std::string();
  if (address.empty()) return std::nullopt;
  return address.append(path);
}

Address Address::with(std::string_view name, std::string_view value) const {
  Address changed = *this;
  const auto is_named = [&](const http::QueryParameter& p) { return p.name == name; };
  if (value.empty()) {
    std::erase_if(changed.parameters_, is_named);
    return changed;
  }
  const auto found = std::find_if(changed.parameters_.begin(), changed.parameters_.end(), is_named);
  if (found == changed.parameters_.end()) {
    changed.parameters_.push_back({std::string(name), std::string(value)});
  } else {
    found->value = value;
  }
  return changed;
}

std::string_view Address::value(std::string_view name) const {
  for (const http::QueryParameter& parameter : parameters_) {
    if (parameter.name == name) return parameter.value;
  }
  return {};
}

std::string Address::text() const {
  std::string text(path_);
  char before = '?';
  for (const http::QueryParameter& parameter : parameters_) {
    text += before;
    text += parameter.name;
    text += '=';
    text += http::percent_encode(parameter.value);
    before = '&';
  }
  return text;
}

}  // namespace chayan::api
