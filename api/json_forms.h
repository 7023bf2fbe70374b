// JSON forms that several endpoints write, so that a thing looks the same wherever it stands.
#pragma once

#include <string>
#include <string_view>

#include "api/language.h"
#include "base/json_writer.h"
#include "domain/catalog.h"
#include "domain/date.h"
#include "domain/filing.h"
#include "domain/institution.h"
#include "domain/occupation.h"
#include "domain/rules.h"

namespace chayan::api {

// An institution's public fields: the object of `institution.put` but for its closing brace.
std::string open_institution(const Institution& institution);

void write_catalog_item(JsonWriter& json, const CatalogItem& item, bool in_force);
void write_occupation(JsonWriter& json, const Occupation& occupation);
void write_scope_line(JsonWriter& json, const ScopeLine& line);
// Where a filing stands on the day, with receipt, validity and scope.
void write_filing(JsonWriter& json, const Filing& filing, Date on);
// {"authorized","reason","sentence","filing","item"}.
void write_entitlement(JsonWriter& json, const Entitlement& entitlement, Date on,
                       Language language);

// "name": text, or null where it is empty.
void nullable_member(JsonWriter& json, JsonKey name, std::string_view text);

}  // namespace chayan::api
