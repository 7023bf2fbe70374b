// GET /openapi.json: the service described, written from the route table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/endpoint.h"
#include "api/route.h"

namespace chayan::api {

std::string openapi_document(std::span<const Route> routes);

// components/schemas: one JSON object, name to JSON Schema (2020-12, as OpenAPI 3.1 has it).
// Each name begins a line.
std::string_view component_schemas();
// The same, one by one, as they are written there.
struct NamedSchema {
  std::string_view name;
  std::string_view json;
};
std::vector<NamedSchema> named_schemas();

Result<void> answer_openapi(const Call& call, http::Response& response);

}  // namespace chayan::api
