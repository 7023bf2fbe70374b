// `occupation` and `work_type` as a query gives them: by code or by name.
#pragma once

#include <optional>
#include <string>

#include "api/fields.h"
#include "domain/occupation.h"
#include "index/reader.h"

namespace chayan::api {

struct OccupationQuery {
  std::optional<Occupation> occupation;
  std::string work_type;  // in the recorded spelling where the occupation knows it
};

// An occupation that is not recorded is an invalid argument (400, not 404: what the address names
// exists), and the message lists the nearest names. A work type alone stands for its occupation
// where just one has it. Bad values are recorded in `fields`; errors are faults of storage.
Result<OccupationQuery> read_occupation_query(Fields& fields, const index::Reader& reader);

}  // namespace chayan::api
