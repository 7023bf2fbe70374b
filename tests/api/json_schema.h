// As much of JSON Schema as component_schemas() uses: enough to hold a live answer to what
// /openapi.json says of it.
#pragma once

#include <simdjson.h>

#include <string>
#include <vector>

namespace chayan::api::testing {

// One line for each place where `value` is not what `schema` allows; "$ref"s point into `document`.
std::vector<std::string> schema_faults(simdjson::dom::element document,
                                       simdjson::dom::element schema, simdjson::dom::element value,
                                       const std::string& at = "");

}  // namespace chayan::api::testing
