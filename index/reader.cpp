#include "index/reader.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "index/fold.h"
#include "index/offering.h"
#include "index/scan.h"
#include "index/schema.h"

namespace chayan::index {

Reader::Reader(const Store& store) : store_(store), snapshot_(store.db().GetSnapshot()) {}

Reader::Reader(Reader&& other) noexcept
    : store_(other.store_), snapshot_(std::exchange(other.snapshot_, nullptr)) {}

Reader::~Reader() {
  if (snapshot_ != nullptr) store_.db().ReleaseSnapshot(snapshot_);
}

Result<Head> Reader::head() const {
  const auto bytes = rows().get(head_key());
  if (!bytes) return bytes.error();
  if (!*bytes) return Head{0, log::Frontier().root()};
  const auto frontier = log::Frontier::decode(**bytes);
  if (!frontier) return corrupt("the head row does not decode");
  return Head{frontier->size(), frontier->root()};
}

Result<std::optional<InstitutionRecord>> Reader::institution(const CreditCode& code) const {
  return find_institution(rows(), code);
}

Result<std::vector<RecordedEntry>> Reader::institution_entries(const CreditCode& code) const {
  std::vector<RecordedEntry> entries;
  const std::string prefix = concerns_prefix(code);
  const auto scanned = scan(store_.db(), snapshot_, prefix,
                            [&](std::string_view key, std::string_view) -> Result<bool> {
                              const std::uint64_t seq = ByteReader(key.substr(prefix.size())).u64();
                              auto bytes = entry(seq);
                              if (!bytes) return bytes.error();
                              if (!*bytes) return corrupt("an entry is missing");
                              entries.push_back({seq, std::move(**bytes)});
                              return true;
                            });
  if (!scanned) return scanned.error();
  return entries;
}

Result<std::vector<CatalogItem>> Reader::catalog_versions(const CatalogItemId& id) const {
  return find_catalog_versions(rows(), id);
}

Result<std::vector<CatalogItem>> Reader::catalog_on(Date day) const {
  std::vector<CatalogItem> items;
  const auto scanned = scan(store_.db(), snapshot_, prefix(Family::catalog),
                            [&](std::string_view, std::string_view value) -> Result<bool> {
                              const auto versions = decode_catalog_versions(value);
                              if (!versions) return corrupt("a catalog row does not decode");
                              const CatalogItem* version = version_in_force(*versions, day);
                              if (version != nullptr) items.push_back(*version);
                              return true;
                            });
  if (!scanned) return scanned.error();
  return items;
}

Result<std::vector<CatalogItem>> Reader::catalog_for_occupation(const OccupationCode& occupation,
                                                                std::optional<SkillLevel> level,
                                                                Date day) const {
  std::vector<CatalogItem> items;
  const auto scanned = scan(
      store_.db(), snapshot_, conversion_prefix(occupation, level),
      [&](std::string_view key, std::string_view) -> Result<bool> {
        ByteReader tail(key.substr(key.size() - kItemBytes));
        const auto id = take_item(tail);
        if (!id) return corrupt("a conversion row's key does not decode");
        const auto versions = catalog_versions(*id);
        if (!versions) return versions.error();
        // Some version leads here; what counts is whether the one in force does.
        const CatalogItem* version = version_in_force(*versions, day);
        const bool leads_here = version != nullptr && version->occupation == occupation &&
                                (!level || version->level == *level);
        const bool listed = std::any_of(items.begin(), items.end(),
                                        [&](const CatalogItem& item) { return item.id == *id; });
        if (leads_here && !listed) items.push_back(*version);
        return true;
      });
  if (!scanned) return scanned.error();
  return items;
}

namespace {

// Visits the ids of what `text` finds, each once, in order of the search key that it is found by
// first.
template <typename Visit>
Result<void> search(rocksdb::DB& db, const rocksdb::Snapshot* snapshot, Searched what,
                    std::string_view text, std::string_view position, Visit visit) {
  const std::string wanted = cut_search_key(match_form(text));
  if (wanted.empty()) return {};
  const std::string prefix = text_prefix(what, wanted);
  const std::string from = position.empty() ? prefix : text_prefix(what, position);
  return scan(db, snapshot, prefix, from,
              [&](std::string_view key, std::string_view common) -> Result<bool> {
                const auto parts = split_text_key(key);
                if (!parts || common.size() != 1) return corrupt("a text row does not decode");
                // Found already by a smaller key that begins with the same words.
                if (static_cast<unsigned char>(common.front()) >= wanted.size()) return true;
                return visit(parts->id, key.substr(2));
              });
}

bool matches(const Offering& offering, const OfferingQuery& query, const TimelineStep* step) {
  if (step == nullptr || step->state == FilingState::unknown) return false;
  if (!query.any_state && step->state != query.state) return false;
  if (query.occupation && offering.occupation != *query.occupation) return false;
  if (query.level && offering.level != *query.level) return false;
  if (!query.work_type.empty() && !offering.work_type.empty() &&
      offering.work_type != query.work_type) {
    return false;
  }
  if (query.item && offering.item != query.item) return false;
  if (query.list && (!offering.item || offering.item->list != *query.list)) return false;
  return true;
}

std::optional<ListedInstitution> listed(OfferingRecord record, const OfferingQuery& query) {
  ListedInstitution institution{std::move(record), {}};
  for (std::size_t i = 0; i < institution.record.offerings.size(); ++i) {
    const Offering& offering = institution.record.offerings[i];
    if (matches(offering, query, step_on(offering.timeline, query.on))) {
      institution.offerings.push_back(i);
    }
  }
  if (institution.offerings.empty()) return std::nullopt;
  return institution;
}

// The facet with the fewest rows that holds every answer.
Facet narrowest_facet(const OfferingQuery& query) {
  if (query.item) return Facet{{}, std::nullopt, query.item};
  return Facet{query.occupation.value_or(OccupationCode()), query.level, std::nullopt};
}

}  // namespace

Result<std::vector<CatalogItem>> Reader::catalog_search(std::string_view text, Date day) const {
  std::vector<CatalogItem> items;
  const auto searched = search(store_.db(), snapshot_, Searched::catalog_item, text, {},
                               [&](std::string_view id_bytes, std::string_view) -> Result<bool> {
                                 ByteReader in(id_bytes);
                                 const auto id = take_item(in);
                                 if (!id) return corrupt("a text row's id does not decode");
                                 const auto versions = catalog_versions(*id);
                                 if (!versions) return versions.error();
                                 const CatalogItem* version = version_in_force(*versions, day);
                                 if (version != nullptr) items.push_back(*version);
                                 return true;
                               });
  if (!searched) return searched.error();
  std::sort(items.begin(), items.end(),
            [](const CatalogItem& a, const CatalogItem& b) { return a.id < b.id; });
  return items;
}

Result<OfferingPage> Reader::offerings(const OfferingQuery& query, std::size_t limit,
                                       std::string_view position) const {
  if (!query.text.empty()) return offerings_by_text(query, limit, position);
  OfferingPage page;
  const std::string facet = offering_prefix(narrowest_facet(query));
  const std::string region = facet + std::string(query.region.prefix());
  std::size_t rows_passed = 0;
  const auto scanned =
      scan(store_.db(), snapshot_, region, facet + std::string(position),
           [&](std::string_view key, std::string_view value) -> Result<bool> {
             if (page.institutions.size() == limit || rows_passed++ == limits::kScanRowsMax) {
               page.next_position = key.substr(facet.size());
               return false;
             }
             auto record = decode_offerings(value);
             if (!record) return corrupt("an offering row does not decode");
             auto institution = listed(std::move(*record), query);
             if (institution) page.institutions.push_back(std::move(*institution));
             return true;
           });
  if (!scanned) return scanned.error();
  return page;
}

Result<OfferingPage> Reader::offerings_by_text(const OfferingQuery& query, std::size_t limit,
                                               std::string_view position) const {
  OfferingPage page;
  std::size_t rows_passed = 0;
  const auto searched =
      search(store_.db(), snapshot_, Searched::institution, query.text, position,
             [&](std::string_view id, std::string_view at) -> Result<bool> {
               if (page.institutions.size() == limit || rows_passed++ == limits::kScanRowsMax) {
                 page.next_position = at;
                 return false;
               }
               const auto code = CreditCode::accept(id);
               if (!code) return corrupt("a text row's id does not decode");
               const auto record = institution(*code);
               if (!record) return record.error();
               if (!*record) return corrupt("a text row leads to no institution");
               const std::string_view region = (*record)->institution.region.text();
               if (!region.starts_with(query.region.prefix())) return true;
               auto found = listed(all_offerings(**record), query);
               if (found) page.institutions.push_back(std::move(*found));
               return true;
             });
  if (!searched) return searched.error();
  return page;
}

Result<std::vector<Occupation>> Reader::occupations() const {
  std::vector<Occupation> occupations;
  const auto scanned = scan(store_.db(), snapshot_, prefix(Family::occupation),
                            [&](std::string_view, std::string_view value) -> Result<bool> {
                              auto occupation = decode_occupation(value);
                              if (!occupation) return corrupt("an occupation row does not decode");
                              occupations.push_back(std::move(*occupation));
                              return true;
                            });
  if (!scanned) return scanned.error();
  return occupations;
}

Result<std::optional<Occupation>> Reader::occupation(const OccupationCode& code) const {
  const auto bytes = rows().get(occupation_key(code));
  if (!bytes) return bytes.error();
  if (!*bytes) return std::optional<Occupation>();
  auto occupation = decode_occupation(**bytes);
  if (!occupation) return corrupt("an occupation row does not decode");
  return occupation;
}

Result<std::vector<Occupation>> Reader::occupation_search(std::string_view text) const {
  std::vector<Occupation> found;
  const auto searched = search(store_.db(), snapshot_, Searched::occupation, text, {},
                               [&](std::string_view id, std::string_view) -> Result<bool> {
                                 const auto code = OccupationCode::parse(id);
                                 if (!code) return corrupt("a text row's id does not decode");
                                 auto recorded = occupation(*code);
                                 if (!recorded) return recorded.error();
                                 if (!*recorded) return corrupt("a text row leads nowhere");
                                 found.push_back(std::move(**recorded));
                                 return true;
                               });
  if (!searched) return searched.error();
  return found;
}

Result<std::size_t> Reader::institutions_offering(const OccupationCode& code, Date day) const {
  OfferingQuery query;
  query.occupation = code;
  query.on = day;
  std::size_t count = 0;
  const auto scanned = scan(store_.db(), snapshot_, offering_prefix(narrowest_facet(query)),
                            [&](std::string_view, std::string_view value) -> Result<bool> {
                              auto record = decode_offerings(value);
                              if (!record) return corrupt("an offering row does not decode");
                              if (listed(std::move(*record), query)) ++count;
                              return true;
                            });
  if (!scanned) return scanned.error();
  return count;
}

Result<WorkdayCalendar> Reader::calendar() const {
  WorkdayCalendar calendar;
  const auto scanned = scan(store_.db(), snapshot_, prefix(Family::calendar),
                            [&](std::string_view, std::string_view value) -> Result<bool> {
                              const auto year = decode_calendar(value);
                              if (!year) return corrupt("a calendar row does not decode");
                              calendar.put(*year);
                              return true;
                            });
  if (!scanned) return scanned.error();
  return calendar;
}

Result<std::optional<Certificate>> Reader::certificate(const CertificateNumber& number) const {
  return find_certificate(rows(), store_.sealer(), store_.keyed_index().certificate(number.text()));
}

Result<std::optional<Certificate>> Reader::certificate_issued_at(std::uint64_t seq) const {
  const auto issued = row(issued_key(seq));
  if (!issued) return issued.error();
  if (!*issued) return std::optional<Certificate>();
  const auto key = decode_row_key(**issued);
  if (!key) return corrupt("an issued row does not decode");
  return find_certificate(rows(), store_.sealer(), *key);
}

Result<std::optional<BatchRecord>> Reader::batch(std::string_view idempotency_key) const {
  return find_batch(rows(), idempotency_key);
}

Result<std::optional<std::string>> Reader::entry(std::uint64_t seq) const {
  return rows().get(entry_key(seq));
}

Result<void> Reader::each_entry(
    std::uint64_t first,
    const std::function<bool(std::uint64_t seq, std::string_view bytes)>& visit) const {
  return scan(store_.db(), snapshot_, prefix(Family::entry), entry_key(first),
              [&](std::string_view key, std::string_view value) -> Result<bool> {
                return visit(ByteReader(key.substr(1)).u64(), value);
              });
}

Result<std::unique_ptr<Reader::Decision>> Reader::decide(const CreditCode& institution,
                                                         const Subject& subject, Date day) const {
  auto decision = std::make_unique<Decision>();
  auto record = this->institution(institution);
  if (!record) return record.error();
  decision->institution = std::move(*record);
  if (subject.item) {
    auto versions = catalog_versions(*subject.item);
    if (!versions) return versions.error();
    decision->versions = std::move(*versions);
  }
  if (!decision->institution) {
    decision->entitlement.reason = EntitlementReason::institution_unknown;
    return decision;
  }
  decision->entitlement =
      entitlement_on(decision->institution->filings, subject, decision->versions, day);
  return decision;
}

DatabaseRows Reader::rows() const {
  return DatabaseRows(store_.db(), snapshot_);
}

}  // namespace chayan::index
