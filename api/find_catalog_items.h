// GET /v1/catalog: the equivalences in force on a day, from either side: by the foreign or company
// certificate, or by the occupation, work type and level it leads to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/endpoint.h"
#include "api/occupation_query.h"
#include "domain/catalog.h"

namespace chayan::api {

struct FindCatalogItems {
  struct Input {
    std::optional<CatalogList> list;
    std::string country;        // match form; empty: any
    std::string awarding_body;  // match form of a part of its name, or of its abbreviation
    OccupationQuery occupation;
    std::optional<SkillLevel> level;
    std::string text;
    Date on;
  };
  struct Output {
    std::vector<CatalogItem> items;  // in order of id
    std::uint64_t seq = 0;
  };

  static Result<Input> parse(const Call& call, const index::Reader& reader);
  static Result<Output> handle(const index::Reader& reader, const Input& input);
  static void write(JsonWriter& json, const Call& call, const Input& input, const Output& output);
};

}  // namespace chayan::api
