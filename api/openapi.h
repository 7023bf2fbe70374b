// GET /openapi.json: the service described, written from the route table.
#pragma once

#include <span>
#include <string>

#include "api/endpoint.h"
#include "api/route.h"

namespace chayan::api {

std::string openapi_document(std::span<const Route> routes);

// components/schemas: one JSON object, name to JSON Schema (2020-12, as OpenAPI 3.1 has it).
std::string_view component_schemas();

Result<void> answer_openapi(const Call& call, http::Response& response);

}  // namespace chayan::api
