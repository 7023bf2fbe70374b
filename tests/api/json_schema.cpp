#include "tests/api/json_schema.h"

namespace chayan::api::testing {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;
using Faults = std::vector<std::string>;

bool is_type(element value, std::string_view type) {
  switch (value.type()) {
    case element_type::OBJECT:
      return type == "object";
    case element_type::ARRAY:
      return type == "array";
    case element_type::STRING:
      return type == "string";
    case element_type::BOOL:
      return type == "boolean";
    case element_type::NULL_VALUE:
      return type == "null";
    case element_type::INT64:
    case element_type::UINT64:
      return type == "integer" || type == "number";
    default:
      return type == "number";
  }
}

bool type_allowed(element allowed, element value) {
  std::string_view one;
  if (!allowed.get_string().get(one)) return is_type(value, one);
  for (const element type : allowed.get_array()) {
    if (is_type(value, type.get_string().value())) return true;
  }
  return false;
}

void add(Faults& faults, Faults more) {
  for (std::string& fault : more) faults.push_back(std::move(fault));
}

bool is_of_enum(array allowed, element value) {
  for (const element one : allowed) {
    if (std::string(simdjson::minify(one)) == std::string(simdjson::minify(value))) return true;
  }
  return false;
}

std::size_t alternatives_met(element document, array alternatives, element value) {
  std::size_t met = 0;
  for (const element alternative : alternatives) {
    if (schema_faults(document, alternative, value).empty()) ++met;
  }
  return met;
}

Faults object_faults(element document, element schema, object value, const std::string& at) {
  Faults faults;
  array required;
  if (!schema["required"].get_array().get(required)) {
    for (const element name : required) {
      element found;
      if (value.at_key(name.get_string().value()).get(found)) {
        faults.push_back(at + ": lacks " + std::string(name.get_string().value()));
      }
    }
  }
  for (const auto member : value) {
    const std::string place = at + "/" + std::string(member.key);
    element properties, property, others;
    if (!schema["properties"].get(properties) && !properties.at_key(member.key).get(property)) {
      add(faults, schema_faults(document, property, member.value, place));
    } else if (!schema["additionalProperties"].get(others)) {
      if (others.is_object()) {
        add(faults, schema_faults(document, others, member.value, place));
      } else if (!others.get_bool().value()) {
        faults.push_back(place + ": is not documented");
      }
    }
  }
  return faults;
}

}  // namespace

Faults schema_faults(element document, element schema, element value, const std::string& at) {
  std::string_view reference;
  if (!schema["$ref"].get_string().get(reference)) {
    element target;
    if (document.at_pointer(reference.substr(1)).get(target)) {
      return {at + ": dangling " + std::string(reference)};
    }
    return schema_faults(document, target, value, at);
  }
  Faults faults;
  element keyword;
  array list;
  if (!schema["type"].get(keyword) && !type_allowed(keyword, value)) {
    return {at + ": has another type than " + std::string(simdjson::minify(keyword))};
  }
  if (!schema["enum"].get_array().get(list) && !is_of_enum(list, value)) {
    faults.push_back(at + ": " + std::string(simdjson::minify(value)) + " is not of the enum");
  }
  if (!schema["oneOf"].get_array().get(list) && alternatives_met(document, list, value) != 1) {
    faults.push_back(at + ": meets not just one alternative");
  }
  if (!schema["anyOf"].get_array().get(list) && alternatives_met(document, list, value) == 0) {
    faults.push_back(at + ": meets no alternative");
  }
  object members;
  if (!value.get_object().get(members)) add(faults, object_faults(document, schema, members, at));
  array elements;
  if (!value.get_array().get(elements) && !schema["items"].get(keyword)) {
    std::size_t i = 0;
    for (const element one : elements) {
      add(faults, schema_faults(document, keyword, one, at + "/" + std::to_string(i++)));
    }
  }
  return faults;
}

}  // namespace chayan::api::testing
