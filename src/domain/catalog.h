// The approved equivalences: a foreign certificate (国(境)外 list) or a company's (一试双证, dual
// list) ↔ occupation and level. Both annexes say that names and levels change over time, so an item
// is a series of versions, each with the day it takes effect; a version is never edited. The
// version in force on a day is the latest that has taken effect.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "domain/date.h"
#include "domain/occupation.h"
#include "domain/skill_level.h"

namespace chayan {

// Values are stored; do not renumber.
enum class CatalogList : std::uint8_t { foreign = 1, dual = 2 };

std::string_view code(CatalogList list);  // "foreign", "dual"
Result<CatalogList> parse_catalog_list(std::string_view text, std::string_view field = "list");

// Spelled "foreign/1/3": list, batch (第一批 = 1), row as printed.
struct CatalogItemId {
  CatalogList list = CatalogList::foreign;
  std::uint16_t batch = 0;
  std::uint16_t row = 0;

  static Result<CatalogItemId> parse(std::string_view text, std::string_view field = "item");
  std::string text() const;
  auto operator<=>(const CatalogItemId&) const = default;
};

struct CatalogItem {
  CatalogItemId id;
  std::string document;          // 沪人社职〔2025〕338号
  std::string country;           // 英国; empty on the dual list
  std::string awarding_body;     // 英国资历培训 / 华为技术有限公司
  std::string awarding_body_en;  // Training Qualifications UK; empty where the annex prints none
  std::string awarding_body_abbreviation;  // TQUK
  std::string certificate;                 // TQUK 第三级照护员-老年护理证书
  std::string certificate_en;              // TQUK Level 3 Certificate in Caregiving - Elderly Care
  std::string standard;  // RQF, INT-CHN-LEV2-D, ST1315; empty where none is printed
  OccupationCode occupation;
  std::string occupation_name;  // as printed at the time of this version
  std::string work_type;        // empty: the whole occupation
  SkillLevel level = SkillLevel::junior;
  Date effective_from;
  std::optional<Date> withdrawn_on;  // first day on which the item is no longer in force

  bool in_force(Date day) const {
    return effective_from <= day && (!withdrawn_on || day < *withdrawn_on);
  }
  bool operator==(const CatalogItem&) const = default;
};

// The version of one item that counts on `day`: the latest with effective_from <= day, if it is in
// force then. `versions` ascending by effective_from. The pointer points into it.
const CatalogItem* version_in_force(const std::vector<CatalogItem>& versions, Date day);

// Versions of several items.
using CatalogVersions = std::map<CatalogItemId, std::vector<CatalogItem>>;

void write_body(JsonWriter& json, const CatalogItem& item);
Result<CatalogItem> read_catalog_item(JsonObject& object);

}  // namespace chayan
