#include "api/show_institution.h"

#include "api/json_forms.h"

namespace chayan::api {

Result<index::InstitutionRecord> require_institution(const index::Reader& reader,
                                                     const CreditCode& code) {
  auto record = reader.institution(code);
  if (!record) return record.error();
  if (*record) return std::move(**record);
  if (const auto strict = CreditCode::parse(code.text()); !strict) return strict.error();
  return Error{ErrorCode::not_found,
               "credit_code",
               {"No institution with this credit code is recorded.",
                "没有登记该统一社会信用代码的评价机构。"}};
}

Result<ShowInstitution::Input> ShowInstitution::parse(const Call& call, const index::Reader&) {
  const auto code = CreditCode::accept(call.path.decoded[0], "credit_code");
  if (!code) return code.error();
  const Date on = call.fields.parsed("on", Date::parse).value_or(call.today);
  if (const auto finished = call.fields.finish(); !finished) return finished.error();
  return Input{*code, on};
}

Result<ShowInstitution::Output> ShowInstitution::handle(const index::Reader& reader,
                                                        const Input& input) {
  auto record = require_institution(reader, input.credit_code);
  if (!record) return record.error();
  const auto head = reader.head();
  if (!head) return head.error();
  return Output{std::move(*record), head->size};
}

void ShowInstitution::write(JsonWriter& json, const Call&, const Input& input,
                            const Output& output) {
  json.resume_object(open_institution(output.record.institution));
  json.key("credit_code_checks").boolean(input.credit_code.checks_hold());
  json.member("institution_kind_name", name_zh(output.record.institution.kind));
  json.key("filings").begin_array();
  for (const Filing& filing : output.record.filings) write_filing(json, filing, input.on);
  json.end_array()
      .member("on", input.on.text())
      .member("seq", static_cast<std::int64_t>(output.seq))
      .end_object();
}

}  // namespace chayan::api
