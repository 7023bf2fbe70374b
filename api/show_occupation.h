// GET /v1/occupations/{code}: an occupation, what leads to it, and how many institutions assess it.
#pragma once

#include <cstdint>
#include <vector>

#include "api/endpoint.h"
#include "domain/catalog.h"
#include "domain/occupation.h"

namespace chayan::api {

struct ShowOccupation {
  struct Input {
    OccupationCode code;
    Date on;
  };
  struct Output {
    Occupation occupation;
    std::vector<CatalogItem> items;  // in force on the day
    std::size_t institutions = 0;    // with an effective filing for it
    std::uint64_t seq = 0;
  };

  static Result<Input> parse(const Call& call, const index::Reader& reader);
  static Result<Output> handle(const index::Reader& reader, const Input& input);
  static void write(JsonWriter& json, const Call& call, const Input& input, const Output& output);
};

}  // namespace chayan::api
