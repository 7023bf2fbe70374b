// GET /v1/suggestions: what may be meant by the beginning of a word, for a search box. A suggestion
// names the parameter of /v1/institutions that asks for it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/endpoint.h"
#include "domain/catalog.h"
#include "domain/credit_code.h"
#include "domain/occupation.h"

namespace chayan::api {

struct Suggest {
  struct Input {
    std::string text;  // never empty
    Date on;
  };
  struct NamedInstitution {
    CreditCode credit_code;
    std::string name;
  };
  // Each at most limits::kSuggestionsOfAKindMax.
  struct Output {
    std::vector<Occupation> occupations;
    std::vector<CatalogItem> items;  // in force on the day
    // By name, whatever became of their filings.
    std::vector<NamedInstitution> institutions;
    std::uint64_t seq = 0;
  };

  static Result<Input> parse(const Call& call, const index::Reader& reader);
  static Result<Output> handle(const index::Reader& reader, const Input& input);
  static void write(JsonWriter& json, const Call& call, const Input& input, const Output& output);
};

}  // namespace chayan::api
