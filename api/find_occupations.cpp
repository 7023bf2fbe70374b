#include "api/find_occupations.h"

#include "api/json_forms.h"
#include "base/limits.h"

namespace chayan::api {

Result<FindOccupations::Input> FindOccupations::parse(const Call& call, const index::Reader&) {
  Input input;
  input.text = call.fields.text("q", limits::kQueryTextBytesMax).value_or("");
  if (const auto finished = call.fields.finish(); !finished) return finished.error();
  return input;
}

Result<FindOccupations::Output> FindOccupations::handle(const index::Reader& reader,
                                                        const Input& input) {
  auto found = input.text.empty() ? reader.occupations() : reader.occupation_search(input.text);
  if (!found) return found.error();
  const auto head = reader.head();
  if (!head) return head.error();
  return Output{std::move(*found), head->size};
}

void FindOccupations::write(JsonWriter& json, const Call&, const Input&, const Output& output) {
  json.begin_object().key("items").begin_array();
  for (const Occupation& occupation : output.occupations) write_occupation(json, occupation);
  json.end_array().key("next_cursor").null();
  json.member("seq", static_cast<std::int64_t>(output.seq)).end_object();
}

}  // namespace chayan::api
