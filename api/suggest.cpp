#include "api/suggest.h"

#include <algorithm>

#include "api/page_words.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "base/text.h"

namespace chayan::api {
namespace {

template <typename T>
void cut(std::vector<T>& found) {
  if (found.size() > limits::kSuggestionsOfAKindMax) found.resize(limits::kSuggestionsOfAKindMax);
}

bool is_in(std::string_view name, std::string_view typed) {
  const std::vector<std::string> keys = search_keys(name);
  return std::any_of(keys.begin(), keys.end(),
                     [&](const std::string& key) { return key.starts_with(typed); });
}

// The reader's search finds institutions by the occupations of their scope too; those are better
// asked for by the occupation. So a page of what it finds is read, and kept where the name matches.
Result<std::vector<Suggest::NamedInstitution>> institutions_named(const index::Reader& reader,
                                                                  const Suggest::Input& input) {
  index::OfferingQuery query;
  query.text = input.text;
  query.any_state = true;
  query.on = input.on;
  const auto page = reader.offerings(query, limits::kPageItemsDefault, {});
  if (!page) return page.error();
  const std::string typed = cut_search_key(match_form(input.text));
  std::vector<Suggest::NamedInstitution> named;
  for (const index::ListedInstitution& listed : page->institutions) {
    thread_local JsonParser parser;
    auto object = parser.parse_object(listed.record.institution_json + "}");
    if (!object) return corrupt("an offering row is no JSON");
    const auto code = CreditCode::accept(object->string("credit_code"));
    if (!code) return corrupt("an offering row has no credit code");
    const std::string_view name = object->string("name");
    if (is_in(name, typed)) named.push_back({*code, std::string(name)});
    if (named.size() == limits::kSuggestionsOfAKindMax) break;
  }
  return named;
}

void write_suggestion(JsonWriter& json, std::string_view kind, std::string_view value,
                      std::string_view text, std::string_view detail) {
  json.begin_object()
      .member("kind", kind)
      .member("value", value)
      .member("text", text)
      .optional_member("detail", detail)
      .end_object();
}

}  // namespace

Result<Suggest::Input> Suggest::parse(const Call& call, const index::Reader&) {
  const auto text = call.fields.text("q", limits::kQueryTextBytesMax);
  if (!text) call.fields.fail(invalid("q", "Say what is searched for.", "请填写要查找的内容。"));
  if (const auto finished = call.fields.finish(); !finished) return finished.error();
  return Input{std::string(*text), call.today};
}

Result<Suggest::Output> Suggest::handle(const index::Reader& reader, const Input& input) {
  Output output;
  auto occupations = reader.occupation_search(input.text);
  if (!occupations) return occupations.error();
  output.occupations = std::move(*occupations);
  auto items = reader.catalog_search(input.text, input.on);
  if (!items) return items.error();
  output.items = std::move(*items);
  auto institutions = institutions_named(reader, input);
  if (!institutions) return institutions.error();
  output.institutions = std::move(*institutions);
  cut(output.occupations);
  cut(output.items);
  const auto head = reader.head();
  if (!head) return head.error();
  output.seq = head->size;
  return output;
}

void Suggest::write(JsonWriter& json, const Call&, const Input&, const Output& output) {
  json.begin_object().key("items").begin_array();
  for (const Occupation& occupation : output.occupations) {
    write_suggestion(json, "occupation", occupation.code.text(), occupation.name,
                     occupation.name_en);
  }
  for (const CatalogItem& item : output.items) {
    std::string leads_to = occupation_text(item.occupation_name, item.work_type);
    leads_to += " ";
    leads_to += name_zh(item.level);
    write_suggestion(json, "item", item.id.text(), item.certificate, leads_to);
  }
  for (const NamedInstitution& institution : output.institutions) {
    write_suggestion(json, "institution", institution.credit_code.text(), institution.name, {});
  }
  json.end_array().member("seq", static_cast<std::int64_t>(output.seq)).end_object();
}

}  // namespace chayan::api
