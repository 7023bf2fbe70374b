// GET /v1/occupations: every recorded occupation, or those that a search finds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/endpoint.h"
#include "domain/occupation.h"

namespace chayan::api {

struct FindOccupations {
  struct Input {
    std::string text;  // empty: all
  };
  struct Output {
    std::vector<Occupation> occupations;
    std::uint64_t seq = 0;
  };

  static Result<Input> parse(const Call& call, const index::Reader& reader);
  static Result<Output> handle(const index::Reader& reader, const Input& input);
  static void write(JsonWriter& json, const Call& call, const Input& input, const Output& output);
};

}  // namespace chayan::api
