#include "api/show_occupation.h"

#include <algorithm>

#include "api/json_forms.h"

namespace chayan::api {

Result<ShowOccupation::Input> ShowOccupation::parse(const Call& call, const index::Reader&) {
  const auto code = OccupationCode::parse(call.path.decoded[0], "code");
  if (!code) return code.error();
  const Date on = call.fields.parsed("on", Date::parse).value_or(call.today);
  if (const auto finished = call.fields.finish(); !finished) return finished.error();
  return Input{*code, on};
}

Result<ShowOccupation::Output> ShowOccupation::handle(const index::Reader& reader,
                                                      const Input& input) {
  auto occupation = reader.occupation(input.code);
  if (!occupation) return occupation.error();
  if (!*occupation) {
    return Error{ErrorCode::not_found,
                 "code",
                 {"No occupation of this code is recorded; /v1/occupations lists them.",
                  "没有登记该编码的职业，/v1/occupations 列出了全部职业。"}};
  }
  auto items = reader.catalog_for_occupation(input.code, std::nullopt, input.on);
  if (!items) return items.error();
  const auto institutions = reader.institutions_offering(input.code, input.on);
  if (!institutions) return institutions.error();
  const auto head = reader.head();
  if (!head) return head.error();
  return Output{std::move(**occupation), std::move(*items), *institutions, head->size};
}

void ShowOccupation::write(JsonWriter& json, const Call&, const Input& input,
                           const Output& output) {
  std::string occupation;
  JsonWriter occupation_json(occupation);
  write_occupation(occupation_json, output.occupation);
  occupation.pop_back();

  json.resume_object(occupation).key("levels").begin_array();
  for (const SkillLevel level : kSkillLevels) {
    const bool offered = std::any_of(output.items.begin(), output.items.end(),
                                     [&](const CatalogItem& item) { return item.level == level; });
    if (!offered) continue;
    json.begin_object()
        .member("level", code(level))
        .member("level_name", name_zh(level))
        .end_object();
  }
  json.end_array().key("catalog").begin_array();
  for (const CatalogItem& item : output.items) write_catalog_item(json, item, true);
  json.end_array()
      .member("institutions", static_cast<std::int64_t>(output.institutions))
      .member("on", input.on.text())
      .member("seq", static_cast<std::int64_t>(output.seq))
      .end_object();
}

}  // namespace chayan::api
