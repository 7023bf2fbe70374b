#include "api/check_authorization.h"

#include "api/json_forms.h"
#include "api/occupation_query.h"

namespace chayan::api {
namespace {

Error missing(std::string field, std::string en, std::string zh) {
  return invalid(std::move(field), std::move(en), std::move(zh));
}

void check_subject(Fields& fields) {
  const bool by_item = fields.has("item");
  const bool by_occupation =
      fields.has("occupation") || fields.has("work_type") || fields.has("level");
  if (by_item && by_occupation) {
    fields.fail(invalid("item",
                        "Ask either for an item or for an occupation with a level: an item fixes "
                        "both already.",
                        "请只按目录项，或只按职业和等级查询：目录项已确定职业和等级。"));
  } else if (!by_item && !by_occupation) {
    fields.fail(missing("item", "Name an item, or an occupation with a level.",
                        "请指明目录项，或职业和等级。"));
  } else if (by_occupation && !fields.has("level")) {
    fields.fail(missing("level", "Name the level.", "请指明等级。"));
  } else if (by_occupation && !fields.has("occupation") && !fields.has("work_type")) {
    fields.fail(missing("occupation", "Name the occupation.", "请指明职业。"));
  }
}

}  // namespace

Result<CheckAuthorization::Input> CheckAuthorization::parse(const Call& call,
                                                            const index::Reader& reader) {
  Fields& fields = call.fields;
  if (!fields.has("institution")) {
    fields.fail(missing("institution", "Name the institution by its credit code.",
                        "请填写评价机构的统一社会信用代码。"));
  }
  const auto institution = fields.parsed("institution", CreditCode::accept);
  check_subject(fields);
  Input input;
  input.item = fields.parsed("item", CatalogItemId::parse);
  auto occupation = read_occupation_query(fields, reader);
  if (!occupation) return occupation.error();
  if (occupation->occupation) input.occupation = occupation->occupation->code;
  input.work_type = std::move(occupation->work_type);
  input.level = fields.parsed("level", parse_skill_level).value_or(SkillLevel::junior);
  input.on = fields.parsed("on", Date::parse).value_or(call.today);
  if (const auto finished = fields.finish(); !finished) return finished.error();
  input.institution = *institution;
  return input;
}

Result<CheckAuthorization::Output> CheckAuthorization::handle(const index::Reader& reader,
                                                              const Input& input) {
  const Subject subject{input.item, input.occupation, input.work_type, input.level};
  auto decision = reader.decide(input.institution, subject, input.on);
  if (!decision) return decision.error();
  const auto head = reader.head();
  if (!head) return head.error();
  return Output{std::move(*decision), head->size};
}

void CheckAuthorization::write(JsonWriter& json, const Call& call, const Input& input,
                               const Output& output) {
  std::string entitlement;
  JsonWriter entitlement_json(entitlement);
  write_entitlement(entitlement_json, output.decision.entitlement, input.on, call.language);
  entitlement.pop_back();

  json.resume_object(entitlement)
      .key("institution")
      .begin_object()
      .member("credit_code", input.institution.text());
  if (output.decision.institution) {
    json.member("name", output.decision.institution->institution.name);
  }
  json.end_object().member("seq", static_cast<std::int64_t>(output.seq)).end_object();
}

}  // namespace chayan::api
