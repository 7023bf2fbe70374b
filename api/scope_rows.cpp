#include "api/scope_rows.h"

#include <algorithm>

#include "api/institution_card.h"
#include "api/page_words.h"

namespace chayan::api {
namespace {

ScopeRow row_of(const Filing& filing, const ScopeLine& line, std::span<const CatalogItem> items,
                Date on) {
  ScopeRow row;
  row.item = find_item(items, line.item);
  row.occupation = row.item != nullptr ? row.item->occupation : line.occupation;
  row.work_type = row.item != nullptr ? row.item->work_type : line.work_type;
  row.occupation_text = occupation_text(
      row.item != nullptr ? row.item->occupation_name : line.occupation_name, row.work_type);
  row.level = row.item != nullptr ? row.item->level : line.level;
  row.state = state_on(filing, on);
  row.validity = validity_on(filing, on);
  return row;
}

}  // namespace

std::vector<ScopeRow> scope_rows(std::span<const Filing> filings,
                                 std::span<const CatalogItem> items, Date on) {
  std::vector<ScopeRow> rows;
  for (const Filing& filing : filings) {
    for (const ScopeLine& line : filing.scope()) rows.push_back(row_of(filing, line, items, on));
  }
  std::stable_partition(rows.begin(), rows.end(),
                        [](const ScopeRow& row) { return row.state == FilingState::effective; });
  return rows;
}

PageData scope_data(std::span<const ScopeRow> rows) {
  PageData list(PageData::type::list);
  for (const ScopeRow& row : rows) {
    PageData one;
    one.set("occupation_text", row.occupation_text);
    set_message(one, "level_name", level_name(row.level));
    one.set("has_item", row.item != nullptr);
    if (row.item != nullptr) {
      one.set("item", row.item->id.text());
      one.set("certificate", row.item->certificate);
    }
    one.set("tone", std::string(tone(row.state)));
    set_message(one, "state", state_name(row.state));
    one.set("has_validity", row.validity.has_value());
    one.set("valid_from", row.validity ? row.validity->from.text() : std::string());
    one.set("valid_to", row.validity ? row.validity->to.text() : std::string());
    list.push_back(one);
  }
  return list;
}

}  // namespace chayan::api
