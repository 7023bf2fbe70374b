// GET /v1/institutions: which institutions may assess this, on that day?
#pragma once

#include <cstdint>
#include <string>

#include "api/endpoint.h"
#include "index/reader.h"

namespace chayan::api {

struct FindInstitutions {
  struct Input {
    index::OfferingQuery query;
    std::size_t limit = 0;
    std::string position;   // from the cursor; empty: the first page
    std::string canonical;  // what the next cursor is bound to
  };
  struct Output {
    index::OfferingPage page;
    std::uint64_t seq = 0;
  };

  static Result<Input> parse(const Call& call, const index::Reader& reader);
  static Result<Output> handle(const index::Reader& reader, const Input& input);
  static void write(JsonWriter& json, const Call& call, const Input& input, const Output& output);
};

// The word that asks for the page after this one; empty after the last.
std::string next_cursor(const Call& call, const FindInstitutions::Input& input,
                        const FindInstitutions::Output& output);

}  // namespace chayan::api
