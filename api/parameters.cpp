#include "api/parameters.h"

namespace chayan::api {

std::vector<Parameter> institution_parameters() {
  return {
      kOccupation,
      kWorkType,
      kLevel,
      {"region", kString, "GB/T 2260 code, and everything inside it: 310000 is all of Shanghai."},
      {"list", kLists, "Lines that name an item of this catalog."},
      {"item", kString, "Lines that name this catalog item: foreign/1/3."},
      kQ,
      {"status", kStates, "State of the filing on the day."},
      kOn,
      {"limit", kPageLimit, "Institutions a page; 20 if left out."},
      {"cursor", kString, "next_cursor of the page before, with the same other parameters."}};
}

std::vector<Parameter> catalog_parameters() {
  return {{"list", kLists, "foreign: 国（境）外; dual: 一试双证."},
          {"country", kString, "As printed: 英国."},
          {"awarding_body", kString, "A part of its name, or its abbreviation: KNX."},
          kOccupation,
          kWorkType,
          kLevel,
          kQ,
          kOn};
}

}  // namespace chayan::api
