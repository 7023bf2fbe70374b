// 职业 (occupation, with a code of the national classification) and 工种 (work type, a named part
// of it without a code).
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/result.h"

namespace chayan {

// d-dd-dd-dd. A suffix S or L on the official name's code (digital, green) is accepted and dropped.
class OccupationCode {
 public:
  OccupationCode() = default;  // empty: no occupation
  static Result<OccupationCode> parse(std::string_view text, std::string_view field = "occupation");
  std::string_view text() const { return text_; }
  auto operator<=>(const OccupationCode&) const = default;

 private:
  std::string text_;
};

struct Occupation {
  OccupationCode code;
  std::string name;                     // 养老护理员
  std::string name_en;                  // Elderly care worker; ours, not official
  std::vector<std::string> work_types;  // of the catalogs; may be empty
  std::string source;                   // document that fixes the code

  bool operator==(const Occupation&) const = default;
};

// The body of `occupation.put`; keys ascending. read_ takes what write_ wrote and what an import
// line holds.
void write_body(JsonWriter& json, const Occupation& occupation);
Result<Occupation> read_occupation(JsonObject& object);

}  // namespace chayan
