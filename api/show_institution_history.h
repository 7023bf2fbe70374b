// GET /v1/institutions/{credit_code}/history: every entry that concerns the institution, as it was
// written. An item is the entry's own bytes, so its leaf hash can be computed from what is shown.
#pragma once

#include <cstdint>
#include <vector>

#include "api/endpoint.h"
#include "domain/credit_code.h"

namespace chayan::api {

struct ShowInstitutionHistory {
  struct Input {
    CreditCode credit_code;
  };
  struct Output {
    std::vector<index::RecordedEntry> entries;
    std::uint64_t seq = 0;
  };

  static Result<Input> parse(const Call& call, const index::Reader& reader);
  static Result<Output> handle(const index::Reader& reader, const Input& input);
  static void write(JsonWriter& json, const Call& call, const Input& input, const Output& output);
};

}  // namespace chayan::api
