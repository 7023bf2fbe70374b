#include "index/text_index.h"

#include "base/text.h"

namespace chayan::index {
namespace {

constexpr std::size_t kRememberedTextsMax =
    20'000;  // about 40 MB; occupation names are nine, institutions thousands

}  // namespace

void SearchKeys::add(std::set<std::string>& keys, const std::string& text) {
  if (text.empty()) return;
  if (known_.size() >= kRememberedTextsMax) known_.clear();
  const auto [found, is_new] = known_.try_emplace(text);
  if (is_new) found->second = search_keys(text);
  keys.insert(found->second.begin(), found->second.end());
}

std::set<std::string> SearchKeys::of(const InstitutionRecord& record) {
  std::set<std::string> keys;
  add(keys, record.institution.name);
  for (const Filing& filing : record.filings) {
    for (const ScopeLine& line : filing.scope()) {
      add(keys, line.occupation_name);
      add(keys, line.work_type);
    }
  }
  return keys;
}

std::set<std::string> SearchKeys::of(const std::vector<CatalogItem>& versions) {
  std::set<std::string> keys;
  for (const CatalogItem& item : versions) {
    for (const std::string* text :
         {&item.certificate, &item.certificate_en, &item.awarding_body, &item.awarding_body_en,
          &item.awarding_body_abbreviation, &item.standard, &item.occupation_name, &item.work_type,
          &item.country}) {
      add(keys, *text);
    }
  }
  return keys;
}

std::set<std::string> SearchKeys::of(const Occupation& occupation) {
  std::set<std::string> keys;
  add(keys, occupation.name);
  add(keys, std::string(occupation.code.text()));
  for (const std::string& work_type : occupation.work_types) add(keys, work_type);
  return keys;
}

}  // namespace chayan::index
