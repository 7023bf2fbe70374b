// An institution in a list: who it is, how to reach it, and what its filings are for in words.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/page.h"
#include "domain/catalog.h"
#include "domain/credit_code.h"
#include "index/reader.h"

namespace chayan::api {

struct InstitutionCard {
  CreditCode credit_code;
  PageData data;
};

// `items` are those in force on the day, which name the certificates that a line is about.
Result<InstitutionCard> institution_card(const index::ListedInstitution& listed,
                                         std::span<const CatalogItem> items, Date on);

// "tel:+862100000000" of what stands in the field before any other word; empty: no number.
std::string telephone_address(std::string_view phone);

// One line of a scope, for lists and tables. `item` null: it names none, or none that is in force.
PageData line_data(std::string_view occupation_name, std::string_view work_type, SkillLevel level,
                   const CatalogItem* item);

const CatalogItem* find_item(std::span<const CatalogItem> items,
                             const std::optional<CatalogItemId>& id);

}  // namespace chayan::api
