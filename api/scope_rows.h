// The lines of an institution's filings as they stand on a day.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/page.h"
#include "domain/catalog.h"
#include "domain/filing.h"
#include "domain/rules.h"

namespace chayan::api {

struct ScopeRow {
  OccupationCode occupation;
  std::string work_type;        // empty: the whole occupation
  std::string occupation_text;  // 家政服务员（家庭照护员）
  SkillLevel level = SkillLevel::junior;
  const CatalogItem* item =
      nullptr;  // points into the caller's; null: the line names none in force
  FilingState state = FilingState::unknown;
  std::optional<ValidityPeriod> validity;
};

// Those that are in force first, then in order of filing and line. A line that names an item is for
// what the item's version in force gives; where none is, as it was filed.
std::vector<ScopeRow> scope_rows(std::span<const Filing> filings,
                                 std::span<const CatalogItem> items, Date on);
PageData scope_data(std::span<const ScopeRow> rows);

}  // namespace chayan::api
