#include "api/institutions_page.h"

#include <algorithm>
#include <array>

#include "api/address.h"
#include "api/compared.h"
#include "api/find_institutions.h"
#include "api/institution_card.h"
#include "api/page.h"
#include "api/page_words.h"
#include "base/limits.h"

namespace chayan::api {
namespace {

constexpr std::string_view kCompare = "compare";
// Ids of the form's controls (institutions.html).
constexpr std::array<std::string_view, 8> kControls = {"q",     "item",   "occupation", "work_type",
                                                       "level", "region", "status",     "on"};

Fields without_compare(const Fields& fields) {
  std::vector<http::QueryParameter> parameters = fields.parameters();
  std::erase_if(parameters, [](const http::QueryParameter& p) { return p.name == kCompare; });
  return {std::move(parameters), Fields::Empty::is_absent};
}

bool is_fault(const Error& error) {
  return error.code == ErrorCode::corrupt || error.code == ErrorCode::io;
}

// What the form offers and what of it is chosen. `input` null: nothing is.
Result<void> set_form(const Call& call, const index::Reader& reader, const Address& address,
                      const FindInstitutions::Input* input, PageData& data) {
  const auto typed = [&](std::string_view name) { return std::string(address.value(name)); };
  const Date on = input == nullptr ? call.today : input->query.on;
  const auto occupation = input != nullptr && input->query.occupation
                              ? std::string(input->query.occupation->text())
                              : typed("occupation");
  const auto level =
      input != nullptr && input->query.level ? std::string(code(*input->query.level)) : "";
  auto occupations = occupation_options(reader, call.language, occupation);
  if (!occupations) return occupations.error();
  auto certificates = certificate_options(reader, on, call.language, typed("item"));
  if (!certificates) return certificates.error();
  data.set("occupations", *occupations);
  data.set("certificate_lists", *certificates);
  data.set("levels", level_options(call.language, level));
  data.set("regions", region_options(call.language, typed("region")));
  data.set("states", state_options(call.language, typed("status")));
  for (const std::string_view name : {"q", "work_type", "on"}) {
    data.set("form_" + std::string(name), typed(name));
  }
  PageData hidden(PageData::type::list);  // what the form has no control for
  for (const std::string_view name : {"list", "limit", "compare"}) {
    if (typed(name).empty()) continue;
    PageData one;
    one.set("name", std::string(name));
    one.set("value", typed(name));
    hidden.push_back(one);
  }
  data.set("hidden", hidden);
  return {};
}

// The conditions in words, each with the address of the list without it.
class Conditions {
 public:
  explicit Conditions(Address address) : address_(std::move(address)) {}

  void add(std::string_view parameter, const Message& words) {
    if (address_.value(parameter).empty()) return;
    PageData one;
    set_message(one, "words", words);
    one.set("without", address_.without(parameter).without("cursor").text());
    list_.push_back(one);
  }

  PageData take() { return std::move(list_); }

 private:
  Address address_;
  PageData list_{PageData::type::list};
};

Result<PageData> conditions(const index::Reader& reader, const Address& address,
                            const index::OfferingQuery& query) {
  Conditions list(address);
  const auto as_typed = [&](std::string_view name) {
    const std::string text(address.value(name));
    list.add(name, {text, text});
  };
  as_typed("q");
  if (query.occupation) {
    const auto occupation = reader.occupation(*query.occupation);
    if (!occupation) return occupation.error();
    const std::string name =
        *occupation ? (*occupation)->name : std::string(query.occupation->text());
    list.add("occupation", {name, name});
  }
  as_typed("work_type");
  if (query.level) list.add("level", level_name(*query.level));
  list.add("region", region_name(query.region));
  if (query.list) list.add("list", list_name(*query.list));
  if (query.item) {
    const auto versions = reader.catalog_versions(*query.item);
    if (!versions) return versions.error();
    const CatalogItem* item = version_in_force(*versions, query.on);
    const std::string name = item == nullptr ? query.item->text() : item->certificate;
    list.add("item", {name, name});
  }
  list.add("status", query.any_state ? Message{"Filings in any state", "备案状态不限"}
                                     : state_name(query.state));
  as_typed("on");
  return list.take();
}

// What the words may mean besides: a certificate or an occupation that can be asked for.
Result<void> set_also(const index::Reader& reader, const Address& address,
                      const index::OfferingQuery& query, PageData& data) {
  if (query.text.empty() || query.item || query.occupation) return {};
  const Address fresh("/institutions", {});
  auto items = reader.catalog_search(query.text, query.on);
  if (!items) return items.error();
  if (items->size() > limits::kSuggestionsOfAKindMax) {
    items->resize(limits::kSuggestionsOfAKindMax);
  }
  PageData also(PageData::type::list);
  for (const CatalogItem& item : *items) {
    PageData one = item_data(item);
    one.set("href",
            fresh.with("item", item.id.text()).with(kCompare, address.value(kCompare)).text());
    also.push_back(one);
  }
  data.set("also", also);
  data.set("has_also", !items->empty());
  return {};
}

Result<void> set_asked_item(const index::Reader& reader, const index::OfferingQuery& query,
                            PageData& data) {
  if (!query.item) return {};
  const auto versions = reader.catalog_versions(*query.item);
  if (!versions) return versions.error();
  const CatalogItem* item = version_in_force(*versions, query.on);
  if (item != nullptr) data.set("asked_item", item_data(*item));
  data.set("item_not_in_force", item == nullptr);
  return {};
}

Result<void> set_compared(const index::Reader& reader, const Address& address,
                          const Compared& compared, PageData& data) {
  PageData list(PageData::type::list);
  for (const CreditCode& code : compared) {
    const auto record = reader.institution(code);
    if (!record) return record.error();
    PageData one;
    one.set("name", *record ? (*record)->institution.name : std::string(code.text()));
    one.set("without", address.with(kCompare, joined(without(compared, code))).text());
    list.push_back(one);
  }
  data.set("compared", list);
  data.set("has_compared", !compared.empty());
  data.set("can_compare", compared.size() > 1);
  data.set("compare_address", Address("/compare", {}).with("codes", joined(compared)).text());
  return {};
}

Result<void> set_results(const Call& call, const index::Reader& reader, const Address& address,
                         const FindInstitutions::Input& input, const Compared& compared,
                         PageData& data) {
  const auto output = FindInstitutions::handle(reader, input);
  if (!output) return output.error();
  const auto items = reader.catalog_on(input.query.on);
  if (!items) return items.error();
  const bool is_full = compared.size() == limits::kComparedMax;
  PageData institutions(PageData::type::list);
  for (const index::ListedInstitution& listed : output->page.institutions) {
    auto card = institution_card(listed, *items, input.query.on);
    if (!card) return card.error();
    const CreditCode& code = card->credit_code;
    const bool is_compared = std::find(compared.begin(), compared.end(), code) != compared.end();
    card->data.set("is_compared", is_compared);
    card->data.set("may_compare", !is_compared && !is_full);
    card->data.set("compare", address.with(kCompare, joined(with(compared, code))).text());
    institutions.push_back(card->data);
  }
  const std::string cursor = next_cursor(call, input, *output);
  data.set("institutions", institutions);
  data.set("any", !output->page.institutions.empty());
  data.set("has_next", !cursor.empty());
  data.set("next", address.with("cursor", cursor).text());
  const bool is_later_page = !address.value("cursor").empty();
  data.set("is_later_page", is_later_page);
  data.set("has_pager", is_later_page || !cursor.empty());
  data.set("first", address.without("cursor").text());
  data.set("any_state", address.without("cursor").with("status", "any").text());
  data.set("is_effective_only",
           !input.query.any_state && input.query.state == FilingState::effective);
  data.set("without_conditions",
           Address("/institutions", {}).with(kCompare, address.value(kCompare)).text());
  return {};
}

}  // namespace

Result<void> answer_institutions_page(const Call& call, http::Response& response) {
  const index::Reader reader = reader_of(call);
  Fields filters = without_compare(call.fields);
  const Compared compared = read_compared(call.fields, kCompare);
  // The cursor is bound to the filters; what is about to be compared may change on the way.
  const Call filtered{call.environment, call.request, filters,      call.path,    call.language,
                      call.today,       call.caller,  call.partner, call.employer};
  auto input = FindInstitutions::parse(filtered, reader);
  if (const auto finished = call.fields.finish(); input && !finished) input = finished.error();
  if (!input && is_fault(input.error())) return input.error();

  PageData data = page_data(Section::find, {"Find an institution", "找机构"});
  const FindInstitutions::Input* asked = input ? &*input : nullptr;
  // No byte of a request stands in a problem (api/problem.h): the form of one is empty.
  const Address address("/institutions", asked == nullptr ? std::vector<http::QueryParameter>()
                                                          : call.fields.parameters());
  if (auto set = set_form(call, reader, address, asked, data); !set) return set;
  data.set("open", asked == nullptr || call.fields.parameters().empty());
  data.set("has_results", asked != nullptr);
  if (asked == nullptr) {
    set_form_problem(call, input.error(), kControls, data, response);
  } else {
    data.set("on", asked->query.on.text());
    if (auto set = set_compared(reader, address, compared, data); !set) return set;
    auto words = conditions(reader, address, asked->query);
    if (!words) return words.error();
    data.set("conditions", *words);
    data.set("has_conditions", words->is_non_empty_list());
    if (auto set = set_also(reader, address, asked->query, data); !set) return set;
    if (auto set = set_asked_item(reader, asked->query, data); !set) return set;
    if (auto set = set_results(filtered, reader, address, *asked, compared, data); !set) return set;
  }
  render_page(call, "institutions.html", data, response);
  return {};
}

}  // namespace chayan::api
