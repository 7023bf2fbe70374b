#include "api/institution_card.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "api/page_words.h"
#include "base/json_reader.h"

namespace chayan::api {
namespace {

// Lines of one card that stand under one sentence.
struct Group {
  FilingState state = FilingState::unknown;
  std::optional<ValidityPeriod> validity;
  PageData lines;
};

// Those that one can go to first.
int rank(FilingState state) {
  return state == FilingState::effective ? 0 : 1;
}

Result<std::vector<Group>> groups_of(const index::ListedInstitution& listed,
                                     std::span<const CatalogItem> items, Date on) {
  thread_local JsonParser parser;
  std::vector<Group> groups;
  for (const std::size_t i : listed.offerings) {
    const index::Offering& offering = listed.record.offerings[i];
    auto object = parser.parse_object(offering.json + "}");
    if (!object) return corrupt("an offering row is no JSON");
    const std::string_view name = object->string("occupation_name");
    const TimelineStep* step = step_on(offering.timeline, on);
    const FilingState state = step == nullptr ? FilingState::unknown : step->state;
    const auto validity = step == nullptr ? std::nullopt : step->validity;
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& g) {
      return g.state == state && g.validity == validity;
    });
    if (group == groups.end()) {
      groups.push_back({state, validity, PageData(PageData::type::list)});
      group = std::prev(groups.end());
    }
    group->lines.push_back(
        line_data(name, offering.work_type, offering.level, find_item(items, offering.item)));
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Group& a, const Group& b) { return rank(a.state) < rank(b.state); });
  return groups;
}

}  // namespace

std::string telephone_address(std::string_view phone) {
  std::string number;
  for (const char c : phone) {
    if ((c >= '0' && c <= '9') || (c == '+' && number.empty())) {
      number += c;
    } else if (c != '-' && c != ' ' && c != '(' && c != ')') {
      break;  // 转 8001: an extension is no part of the number that is dialled
    }
  }
  return number.size() < 3 ? std::string() : "tel:" + number;
}

PageData line_data(std::string_view occupation_name, std::string_view work_type, SkillLevel level,
                   const CatalogItem* item) {
  PageData line;
  line.set("occupation_text", occupation_text(occupation_name, work_type));
  set_message(line, "level_name", level_name(level));
  line.set("has_item", item != nullptr);
  if (item != nullptr) {
    line.set("item", item->id.text());
    line.set("certificate", item->certificate);
  }
  return line;
}

const CatalogItem* find_item(std::span<const CatalogItem> items,
                             const std::optional<CatalogItemId>& id) {
  if (!id) return nullptr;
  const auto found = std::find_if(items.begin(), items.end(),
                                  [&](const CatalogItem& item) { return item.id == *id; });
  return found == items.end() ? nullptr : &*found;
}

Result<InstitutionCard> institution_card(const index::ListedInstitution& listed,
                                         std::span<const CatalogItem> items, Date on) {
  thread_local JsonParser parser;
  auto object = parser.parse_object(listed.record.institution_json + "}");
  if (!object) return corrupt("an offering row is no JSON");
  const auto code = CreditCode::accept(object->string("credit_code"));
  if (!code) return corrupt("an offering row has no credit code");
  InstitutionCard card{*code, {}};
  card.data.set("credit_code", std::string(code->text()));
  for (const std::string_view name : {"name", "address", "service_phone", "service_address"}) {
    set_optional(card.data, std::string(name), object->optional_string(name).value_or(""));
  }
  set_optional(card.data, "tel",
               telephone_address(object->optional_string("service_phone").value_or("")));
  const auto region = RegionCode::parse(object->optional_string("region").value_or(""));
  card.data.set("has_region", region.has_value());
  if (region) set_message(card.data, "region", region_name(*region));

  auto groups = groups_of(listed, items, on);
  if (!groups) return groups.error();
  PageData list(PageData::type::list);
  for (const Group& group : *groups) {
    PageData one;
    one.set("tone", std::string(tone(group.state)));
    set_message(one, "sentence", filing_sentence(group.state, group.validity));
    one.set("lines", group.lines);
    list.push_back(one);
  }
  card.data.set("groups", list);
  return card;
}

}  // namespace chayan::api
