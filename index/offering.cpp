#include "index/offering.h"

#include <utility>
#include <vector>

#include "base/json_writer.h"

namespace chayan::index {
namespace {

std::string without_closing_brace(std::string json) {
  json.pop_back();
  return json;
}

std::string offering_json(const Filing& filing, const ScopeLine& line) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("filing", filing.id);
  if (line.item) json.member("item", line.item->text());
  json.member("level", code(line.level)).member("level_name", name_zh(line.level));
  json.member("occupation", line.occupation.text()).member("occupation_name", line.occupation_name);
  json.optional_member("receipt", filing.receipt());
  json.optional_member("work_type", line.work_type);
  json.end_object();
  return without_closing_brace(std::move(out));
}

std::vector<Facet> facets_of(const Offering& line) {
  std::vector<Facet> facets = {
      Facet{{}, std::nullopt, std::nullopt}, Facet{line.occupation, std::nullopt, std::nullopt},
      Facet{{}, line.level, std::nullopt}, Facet{line.occupation, line.level, std::nullopt}};
  if (line.item) facets.push_back(Facet{{}, std::nullopt, line.item});
  return facets;
}

std::string institution_json(const Institution& institution) {
  std::string out;
  JsonWriter json(out);
  write_body(json, institution);
  return without_closing_brace(std::move(out));
}

}  // namespace

OfferingRecord all_offerings(const InstitutionRecord& record) {
  OfferingRecord all{institution_json(record.institution), {}};
  for (const Filing& filing : record.filings) {
    const Timeline steps = timeline(filing);
    for (const ScopeLine& line : filing.scope()) {
      all.offerings.push_back({line.occupation, line.work_type, line.level, line.item, steps,
                               offering_json(filing, line)});
    }
  }
  return all;
}

std::map<std::string, std::string> offering_rows(const InstitutionRecord& record) {
  OfferingRecord all = all_offerings(record);
  std::map<Facet, std::vector<Offering>> by_facet;
  for (const Offering& offering : all.offerings) {
    for (const Facet& facet : facets_of(offering)) by_facet[facet].push_back(offering);
  }
  std::map<std::string, std::string> rows;
  for (auto& [facet, offerings] : by_facet) {
    all.offerings = std::move(offerings);
    rows.emplace(offering_key(facet, record.institution.region, record.institution.credit_code),
                 encode(all));
  }
  return rows;
}

}  // namespace chayan::index
