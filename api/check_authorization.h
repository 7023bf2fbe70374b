// GET /v1/authorizations: was this institution entitled to this on day D? One yes or no, with the
// filing and the item that decide it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "api/endpoint.h"
#include "domain/credit_code.h"
#include "domain/rules.h"

namespace chayan::api {

struct CheckAuthorization {
  struct Input {
    CreditCode institution;
    std::optional<CatalogItemId> item;  // or the three below
    OccupationCode occupation;
    std::string work_type;
    SkillLevel level = SkillLevel::junior;
    Date on;
  };
  struct Output {
    index::Reader::Decision decision;
    std::uint64_t seq = 0;
  };

  static Result<Input> parse(const Call& call, const index::Reader& reader);
  static Result<Output> handle(const index::Reader& reader, const Input& input);
  static void write(JsonWriter& json, const Call& call, const Input& input, const Output& output);
};

}  // namespace chayan::api
