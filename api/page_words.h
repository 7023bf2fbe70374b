// Words and choices that several pages print: states, levels, districts, certificates of the
// catalogs.
#pragma once

#include <optional>
#include <string_view>

#include "api/page.h"
#include "domain/catalog.h"
#include "domain/filing.h"
#include "domain/institution.h"
#include "domain/region.h"
#include "domain/rules.h"
#include "domain/skill_level.h"
#include "index/reader.h"

namespace chayan::api {

Message state_name(FilingState state);     // {"Filed", "有效"}
Message event_name(FilingEventKind kind);  // {"Public notice opened", "公示"}
Message list_name(CatalogList list);       // 国（境）外, 一试双证
Message level_name(SkillLevel level);
Message region_name(const RegionCode& code);  // its code where it has no name here
// {"Association", "社会团体"}
Message kind_name(InstitutionKind kind);
// How a state looks: "good", "wait", "warn" or "bad"; a class of the style sheet.
std::string_view tone(FilingState state);

// "Filed until 2029-07-08 for:", to stand before what a filing in this state is for.
Message filing_sentence(FilingState state, const std::optional<ValidityPeriod>& validity);

// 家政服务员（家庭照护员）, or the name alone.
std::string occupation_text(std::string_view name, std::string_view work_type);

// What a catalog item converts, and to what: for cards and tables. `on` decides nothing: the
// version was chosen by the caller.
PageData item_data(const CatalogItem& item);

// Options of selects, with `chosen` marked: a list of {value, name, selected}.
PageData level_options(Language language, std::string_view chosen);
PageData region_options(Language language, std::string_view chosen);
PageData state_options(Language language, std::string_view chosen);
Result<PageData> occupation_options(const index::Reader& reader, Language language,
                                    std::string_view chosen);
// Grouped by catalog: a list of {name, options}. `chosen` is an item's id.
Result<PageData> certificate_options(const index::Reader& reader, Date on, Language language,
                                     std::string_view chosen);

}  // namespace chayan::api
