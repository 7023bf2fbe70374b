// What a search finds an institution, a catalog item or an occupation by.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "domain/catalog.h"
#include "domain/occupation.h"
#include "index/record.h"

namespace chayan::index {

// Makes search keys and remembers them, because the same occupation names and institution names
// come again with every event of a filing. Not thread-safe.
class SearchKeys {
 public:
  std::set<std::string> of(
      const InstitutionRecord& record);  // its name; the occupations in its filings' scopes
  // Certificate, awarding body, abbreviation, standard, occupation, work type and country of all
  // versions of an item.
  std::set<std::string> of(const std::vector<CatalogItem>& versions);
  std::set<std::string> of(const Occupation& occupation);  // name, work types, code

 private:
  void add(std::set<std::string>& keys, const std::string& text);

  std::unordered_map<std::string, std::vector<std::string>> known_;
};

}  // namespace chayan::index
