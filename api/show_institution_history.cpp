#include "api/show_institution_history.h"

#include "api/show_institution.h"

namespace chayan::api {

Result<ShowInstitutionHistory::Input> ShowInstitutionHistory::parse(const Call& call,
                                                                    const index::Reader&) {
  const auto code = CreditCode::accept(call.path.decoded[0], "credit_code");
  if (!code) return code.error();
  if (const auto finished = call.fields.finish(); !finished) return finished.error();
  return Input{*code};
}

Result<ShowInstitutionHistory::Output> ShowInstitutionHistory::handle(const index::Reader& reader,
                                                                      const Input& input) {
  if (const auto record = require_institution(reader, input.credit_code); !record) {
    return record.error();
  }
  auto entries = reader.institution_entries(input.credit_code);
  if (!entries) return entries.error();
  const auto head = reader.head();
  if (!head) return head.error();
  return Output{std::move(*entries), head->size};
}

void ShowInstitutionHistory::write(JsonWriter& json, const Call&, const Input&,
                                   const Output& output) {
  json.begin_object().key("items").begin_array();
  for (const index::RecordedEntry& entry : output.entries) json.raw(entry.bytes);
  json.end_array().key("next_cursor").null();
  json.member("seq", static_cast<std::int64_t>(output.seq)).end_object();
}

}  // namespace chayan::api
