// GET /v1/institutions/{credit_code}: one institution, its scope and where its filings stand.
#pragma once

#include <cstdint>

#include "api/endpoint.h"
#include "domain/credit_code.h"
#include "index/record.h"

namespace chayan::api {

// What a path names, found. A code whose check characters do not hold may still be recorded, as
// the authority supplied it; only where it is not does the error speak of them.
Result<index::InstitutionRecord> require_institution(const index::Reader& reader,
                                                     const CreditCode& code);

struct ShowInstitution {
  struct Input {
    CreditCode credit_code;
    Date on;
  };
  struct Output {
    index::InstitutionRecord record;
    std::uint64_t seq = 0;
  };

  static Result<Input> parse(const Call& call, const index::Reader& reader);
  static Result<Output> handle(const index::Reader& reader, const Input& input);
  static void write(JsonWriter& json, const Call& call, const Input& input, const Output& output);
};

}  // namespace chayan::api
