#include "api/find_catalog_items.h"

#include <algorithm>

#include "api/json_forms.h"
#include "base/limits.h"
#include "base/text.h"

namespace chayan::api {
namespace {

bool contains(std::string_view text, std::string_view wanted_form) {
  return match_form(text).find(wanted_form) != std::string::npos;
}

bool meets(const CatalogItem& item, const FindCatalogItems::Input& input) {
  if (input.list && item.id.list != *input.list) return false;
  if (!input.country.empty() && match_form(item.country) != input.country) return false;
  if (!input.awarding_body.empty() && !contains(item.awarding_body, input.awarding_body) &&
      !contains(item.awarding_body_en, input.awarding_body) &&
      match_form(item.awarding_body_abbreviation) != input.awarding_body) {
    return false;
  }
  const OccupationQuery& wanted = input.occupation;
  if (wanted.occupation && item.occupation != wanted.occupation->code) return false;
  // An item for the whole occupation leads to its work types too.
  if (!wanted.work_type.empty() && !item.work_type.empty() &&
      match_form(item.work_type) != match_form(wanted.work_type)) {
    return false;
  }
  return !input.level || item.level == *input.level;
}

Result<std::vector<CatalogItem>> candidates(const index::Reader& reader,
                                            const FindCatalogItems::Input& input) {
  if (!input.text.empty()) return reader.catalog_search(input.text, input.on);
  if (input.occupation.occupation) {
    return reader.catalog_for_occupation(input.occupation.occupation->code, input.level, input.on);
  }
  return reader.catalog_on(input.on);
}

}  // namespace

Result<FindCatalogItems::Input> FindCatalogItems::parse(const Call& call,
                                                        const index::Reader& reader) {
  Fields& fields = call.fields;
  Input input;
  input.list = fields.parsed("list", parse_catalog_list);
  input.country = match_form(fields.text("country", limits::kQueryTextBytesMax).value_or(""));
  input.awarding_body =
      match_form(fields.text("awarding_body", limits::kNameBytesMax).value_or(""));
  auto occupation = read_occupation_query(fields, reader);
  if (!occupation) return occupation.error();
  input.occupation = std::move(*occupation);
  input.level = fields.parsed("level", parse_skill_level);
  input.text = fields.text("q", limits::kQueryTextBytesMax).value_or("");
  input.on = fields.parsed("on", Date::parse).value_or(call.today);
  if (const auto finished = fields.finish(); !finished) return finished.error();
  return input;
}

Result<FindCatalogItems::Output> FindCatalogItems::handle(const index::Reader& reader,
                                                          const Input& input) {
  auto items = candidates(reader, input);
  if (!items) return items.error();
  std::erase_if(*items, [&](const CatalogItem& item) { return !meets(item, input); });
  std::sort(items->begin(), items->end(),
            [](const CatalogItem& a, const CatalogItem& b) { return a.id < b.id; });
  const auto head = reader.head();
  if (!head) return head.error();
  return Output{std::move(*items), head->size};
}

void FindCatalogItems::write(JsonWriter& json, const Call&, const Input& input,
                             const Output& output) {
  json.begin_object().key("items").begin_array();
  for (const CatalogItem& item : output.items) write_catalog_item(json, item, true);
  json.end_array().key("next_cursor").null();
  json.member("on", input.on.text())
      .member("seq", static_cast<std::int64_t>(output.seq))
      .end_object();
}

}  // namespace chayan::api
