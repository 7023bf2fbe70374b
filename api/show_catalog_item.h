// GET /v1/catalog/{list}/{batch}/{row}: one item of a catalog, every version of it.
#pragma once

#include <cstdint>
#include <vector>

#include "api/endpoint.h"
#include "domain/catalog.h"

namespace chayan::api {

struct ShowCatalogItem {
  struct Input {
    CatalogItemId id;
    Date today;
  };
  struct Output {
    std::vector<CatalogItem> versions;  // at least one, oldest first
    std::uint64_t seq = 0;
  };

  static Result<Input> parse(const Call& call, const index::Reader& reader);
  static Result<Output> handle(const index::Reader& reader, const Input& input);
  static void write(JsonWriter& json, const Call& call, const Input& input, const Output& output);
};

}  // namespace chayan::api
