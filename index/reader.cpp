#include "index/reader.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "index/fold.h"
#include "index/offering.h"
#include "index/planner.h"
#include "index/read_views.h"
#include "index/scan.h"
#include "index/schema.h"
#include "index/tree.h"
#include "index/unheld.h"

namespace chayan::index {

Reader::Reader(const Store& store)
    : store_(store), view_(store.views().take()), snapshot_(view_->snapshot()) {}

Reader::Reader(Reader&&) noexcept = default;

Reader::~Reader() {
  if (view_) store_.views().give_back(std::move(view_));
}

Result<Head> Reader::head() const {
  const auto bytes = rows().get(head_key());
  if (!bytes) return bytes.error();
  if (!*bytes) return Head{0, log::Frontier().root()};
  const auto frontier = log::Frontier::decode(**bytes);
  if (!frontier) return corrupt("the head row does not decode");
  return Head{frontier->size(), frontier->root()};
}

Result<std::optional<std::uint64_t>> Reader::first_unheld() const {
  if (!store_.is_mirror()) return std::optional<std::uint64_t>();  // no look-up where none can be
  return read_first_unheld(rows());
}

Result<std::optional<InstitutionRecord>> Reader::institution(const CreditCode& code) const {
  return find_institution(rows(), code);
}

Result<void> Reader::each_institution(
    const std::function<Result<bool>(const InstitutionRecord&)>& visit) const {
  return scan(store_.db(), snapshot_, prefix(Family::institution),
              [&](std::string_view, std::string_view value) -> Result<bool> {
                const auto record = decode_institution(value);
                if (!record) return corrupt("an institution row does not decode");
                return visit(*record);
              });
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

Result<std::shared_ptr<const CatalogVersions>> Reader::catalog() const {
  return view_->catalog();
}

Result<std::vector<CatalogItem>> Reader::catalog_versions(const CatalogItemId& id) const {
  const auto all = catalog();
  if (!all) return all.error();
  const auto versions = (*all)->find(id);
  return versions == (*all)->end() ? std::vector<CatalogItem>() : versions->second;
}

Result<std::vector<CatalogItem>> Reader::catalog_on(Date day) const {
  const auto all = catalog();
  if (!all) return all.error();
  std::vector<CatalogItem> items;
  for (const auto& [id, versions] : **all) {
    const CatalogItem* version = version_in_force(versions, day);
    if (version != nullptr) items.push_back(*version);
  }
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

bool state_matches(const Offering& offering, const OfferingQuery& query) {
  const TimelineStep* step = step_on(offering.timeline, query.on);
  if (step == nullptr || step->state == FilingState::unknown) return false;
  return query.any_state || step->state == query.state;
}

// `line` is the offering's as it counts on the day; `item` the asked item's version in force then.
bool line_matches(const ScopeLine& line, const OfferingQuery& query, const CatalogItem* item) {
  if (query.occupation && line.occupation != *query.occupation) return false;
  if (query.level && line.level != *query.level) return false;
  if (!query.work_type.empty() && !line.work_type.empty() && line.work_type != query.work_type) {
    return false;
  }
  if (query.item && (item == nullptr || !covers(line, *item))) return false;
  return !query.list || (line.item && line.item->list == *query.list);
}

// Adds the offerings of another facet's row of the same institution that are not there yet.
void merge(ListedInstitution& into, const ListedInstitution& from) {
  for (const std::size_t i : from.offerings) {
    const Offering& offering = from.record.offerings[i];
    const bool known =
        std::any_of(into.offerings.begin(), into.offerings.end(),
                    [&](std::size_t k) { return into.record.offerings[k] == offering; });
    if (known) continue;
    into.offerings.push_back(into.record.offerings.size());
    into.record.offerings.push_back(offering);
  }
}

// Whether some version of an item leads elsewhere than the others: then the rows of its occupation
// and level do not hold all that count there.
bool has_moved(const std::vector<CatalogItem>& versions) {
  return std::any_of(versions.begin(), versions.end(), [&](const CatalogItem& version) {
    return version.occupation != versions.front().occupation ||
           version.level != versions.front().level;
  });
}

// The offerings of a record that match.
std::optional<ListedInstitution> listed(OfferingRecord record, const OfferingQuery& query,
                                        const CatalogVersions& catalog) {
  const auto versions = query.item ? catalog.find(*query.item) : catalog.end();
  const CatalogItem* item =
      versions == catalog.end() ? nullptr : version_in_force(versions->second, query.on);
  ListedInstitution institution{std::move(record), {}};
  for (std::size_t i = 0; i < institution.record.offerings.size(); ++i) {
    const Offering& offering = institution.record.offerings[i];
    if (!state_matches(offering, query)) continue;
    const ScopeLine stated{
        offering.occupation, {}, offering.work_type, offering.level, offering.item};
    const auto line = line_on(stated, catalog, query.on);
    if (line && line_matches(*line, query, item)) institution.offerings.push_back(i);
  }
  if (institution.offerings.empty()) return std::nullopt;
  return institution;
}

// The facets that together hold every answer: nearly always the one that the query names. An item
// is also covered by plain lines; and the lines of an item that leads elsewhere than it did when
// they were filed stand in the item's own facet.
std::vector<Facet> facets_of(const OfferingQuery& query, const CatalogVersions& catalog) {
  if (query.item) {
    std::vector<Facet> facets = {{{}, std::nullopt, query.item}};
    const auto versions = catalog.find(*query.item);
    const CatalogItem* version =
        versions == catalog.end() ? nullptr : version_in_force(versions->second, query.on);
    if (version != nullptr) facets.push_back({version->occupation, version->level, std::nullopt});
    return facets;
  }
  std::vector<Facet> facets = {
      {query.occupation.value_or(OccupationCode()), query.level, std::nullopt}};
  if (!query.occupation && !query.level) return facets;
  for (const auto& [id, versions] : catalog) {
    const CatalogItem* version = version_in_force(versions, query.on);
    const bool leads_here = version != nullptr &&
                            (!query.occupation || version->occupation == *query.occupation) &&
                            (!query.level || version->level == *query.level);
    if (leads_here && has_moved(versions)) facets.push_back({{}, std::nullopt, id});
  }
  return facets;
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

// The institutions of one facet that match, by position.
struct Reader::FacetRun {
  std::map<std::string, ListedInstitution> found;
  std::string stopped_at;  // position of the first row that was not looked at; empty: the end
};

Result<Reader::FacetRun> Reader::run_facet(const Facet& facet, const OfferingQuery& query,
                                           std::size_t limit, std::string_view position,
                                           const CatalogVersions& catalog) const {
  FacetRun run;
  const std::string start = offering_prefix(facet);
  const std::string region = start + std::string(query.region.prefix());
  std::size_t rows_passed = 0;
  const auto scanned =
      scan(store_.db(), snapshot_, region, start + std::string(position),
           [&](std::string_view key, std::string_view value) -> Result<bool> {
             const std::string_view at = key.substr(start.size());
             if (run.found.size() == limit || rows_passed++ == limits::kScanRowsMax) {
               run.stopped_at = at;
               return false;
             }
             auto record = decode_offerings(value);
             if (!record) return corrupt("an offering row does not decode");
             auto institution = listed(std::move(*record), query, catalog);
             if (institution) run.found.emplace(at, std::move(*institution));
             return true;
           });
  if (!scanned) return scanned.error();
  return run;
}

Result<OfferingPage> Reader::offerings(const OfferingQuery& query, std::size_t limit,
                                       std::string_view position) const {
  const auto catalog = this->catalog();
  if (!catalog) return catalog.error();
  if (!query.text.empty()) return offerings_by_text(query, limit, position, **catalog);
  FacetRun all;
  for (const Facet& facet : facets_of(query, **catalog)) {
    auto run = run_facet(facet, query, limit, position, **catalog);
    if (!run) return run.error();
    for (auto& [at, institution] : run->found) {
      const auto [known, is_new] = all.found.try_emplace(at, std::move(institution));
      if (!is_new) merge(known->second, institution);
    }
    // Past the row where one run stopped, another run's finds are not the next ones.
    if (!run->stopped_at.empty() && (all.stopped_at.empty() || run->stopped_at < all.stopped_at)) {
      all.stopped_at = std::move(run->stopped_at);
    }
  }
  OfferingPage page;
  for (auto& [at, institution] : all.found) {
    if (page.institutions.size() == limit || (!all.stopped_at.empty() && at >= all.stopped_at)) {
      page.next_position = all.stopped_at.empty() ? at : std::min(at, all.stopped_at);
      return page;
    }
    page.institutions.push_back(std::move(institution));
  }
  page.next_position = std::move(all.stopped_at);
  return page;
}

Result<OfferingPage> Reader::offerings_by_text(const OfferingQuery& query, std::size_t limit,
                                               std::string_view position,
                                               const CatalogVersions& catalog) const {
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
               auto found = listed(all_offerings(**record), query, catalog);
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
  std::string position;
  do {
    auto page = offerings(query, limits::kScanRowsMax, position);
    if (!page) return page.error();
    count += page->institutions.size();
    position = std::move(page->next_position);
  } while (!position.empty());
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

namespace {

// Rows read together, in the order of their keys.
class CertificateRows {
 public:
  CertificateRows(rocksdb::DB& db, const rocksdb::ReadOptions& options,
                  std::vector<std::string> keys)
      : keys_(std::move(keys)), values_(keys_.size()), statuses_(keys_.size()) {
    std::sort(keys_.begin(), keys_.end());
    const std::vector<rocksdb::Slice> slices(keys_.begin(), keys_.end());
    db.MultiGet(options, db.DefaultColumnFamily(), slices.size(), slices.data(), values_.data(),
                statuses_.data(), /*sorted_input=*/true);
  }

  std::size_t size() const { return keys_.size(); }
  std::size_t place_of(const std::string& key) const {
    return static_cast<std::size_t>(
        std::distance(keys_.begin(), std::lower_bound(keys_.begin(), keys_.end(), key)));
  }
  const std::string& key(std::size_t at) const { return keys_[at]; }
  std::string_view value(std::size_t at) const { return values_[at].ToStringView(); }
  const rocksdb::Status& status(std::size_t at) const { return statuses_[at]; }
  // The first that is recorded, from `at` on and round; nullopt: none is.
  std::optional<std::size_t> recorded_from(std::size_t at) const {
    for (std::size_t i = 0; i < size(); ++i) {
      const std::size_t next = (at + i) % size();
      if (statuses_[next].ok()) return next;
    }
    return std::nullopt;
  }

 private:
  std::vector<std::string> keys_;
  std::vector<rocksdb::PinnableSlice> values_;
  std::vector<rocksdb::Status> statuses_;
};

}  // namespace

Result<std::optional<Reader::Nearest>> Reader::nearest_certificate(
    const CertificateNumber& number) const {
  return nearest_to(certificate_key(store_.keyed_index().certificate(number.text())));
}

Result<std::optional<Reader::Nearest>> Reader::nearest_to(const std::string& wanted) const {
  rocksdb::Iterator& at = view_->certificates();
  at.Seek(slice(wanted));
  if (!at.Valid() && at.status().ok()) at.SeekToFirst();
  if (!at.status().ok()) {
    store_.views().release();  // an iterator that failed once may say so again: the next is another
    return io_error("seeking a certificate: " + at.status().ToString());
  }
  if (!at.Valid()) return std::optional<Nearest>();
  const std::string_view key = view(at.key());
  auto certificate = open_certificate(store_.sealer(), key, view(at.value()));
  if (!certificate) return certificate.error();
  return std::optional<Nearest>(Nearest{std::move(*certificate), key == wanted});
}

std::vector<Result<std::optional<Reader::Nearest>>> Reader::nearest_certificates(
    std::span<const CertificateNumber> numbers) const {
  std::vector<std::string> keys;
  for (const CertificateNumber& number : numbers) {
    keys.push_back(certificate_key(store_.keyed_index().certificate(number.text())));
  }
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  const CertificateRows rows(store_.db(), options, keys);

  const auto nearest = [&](const std::string& key) -> Result<std::optional<Nearest>> {
    const std::size_t place = rows.place_of(key);
    const rocksdb::Status& status = rows.status(place);
    if (!status.ok() && !status.IsNotFound()) {
      return io_error("reading certificates: " + status.ToString());
    }
    if (const auto recorded = rows.recorded_from(place)) {
      auto opened = open_certificate(store_.sealer(), rows.key(*recorded), rows.value(*recorded));
      if (opened) return std::optional<Nearest>({std::move(*opened), status.ok()});
      if (status.ok()) return opened.error();
    }
    return nearest_to(key);  // where none of them is recorded
  };
  std::vector<Result<std::optional<Nearest>>> found;
  found.reserve(keys.size());
  for (const std::string& key : keys) found.push_back(nearest(key));
  return found;
}

Result<std::optional<Certificate>> Reader::certificate_issued_at(std::uint64_t seq) const {
  const auto issued = row(issued_key(seq));
  if (!issued) return issued.error();
  if (!*issued) return std::optional<Certificate>();
  const auto key = decode_row_key(**issued);
  if (!key) return corrupt("an issued row does not decode");
  return find_certificate(rows(), store_.sealer(), *key);
}

Result<std::optional<log::WholeRecord>> Reader::payload(std::uint64_t seq) const {
  const std::string key = payload_key(seq);
  const auto sealed = row(key);
  if (!sealed) return sealed.error();
  if (!*sealed) return std::optional<log::WholeRecord>();
  std::string plain;
  const auto opened = store_.sealer().open(sealing_context(key), **sealed, plain);
  if (!opened) return opened.error();
  auto record = decode_payload(plain);
  if (!record) return record.error();
  return std::optional<log::WholeRecord>(std::move(*record));
}

Result<std::optional<FoundReport>> Reader::report(const ReportCode& code) const {
  return find_report(rows(), store_.sealer(), store_.keyed_index().report(code.text()));
}

Result<std::vector<ShareReport>> Reader::reports_of(std::uint64_t issued_seq) const {
  return find_reports(rows(), store_.sealer(), issued_seq);
}

Result<std::optional<BatchRecord>> Reader::batch(std::string_view idempotency_key) const {
  return find_batch(rows(), store_.keyed_index().batch(idempotency_key));
}

Result<std::optional<std::string>> Reader::entry(std::uint64_t seq) const {
  return rows().get(entry_key(seq));
}

Result<std::optional<std::string>> Reader::tile(log::TileId tile) const {
  return rows().get(tile_key(tile));
}

Result<Hash> Reader::root_at(std::uint64_t size) const {
  const DatabaseRows recorded = rows();
  return log::root_at(TileHashes(recorded), size);
}

Result<log::Proof> Reader::prove_inclusion(std::uint64_t seq, std::uint64_t size) const {
  const DatabaseRows recorded = rows();
  return log::prove_inclusion(TileHashes(recorded), seq, size);
}

Result<log::Proof> Reader::prove_consistency(std::uint64_t older, std::uint64_t newer) const {
  const DatabaseRows recorded = rows();
  return log::prove_consistency(TileHashes(recorded), older, newer);
}

Result<void> Reader::each_entry(
    std::uint64_t first,
    const std::function<bool(std::uint64_t seq, std::string_view bytes)>& visit) const {
  return scan(store_.db(), snapshot_, prefix(Family::entry), entry_key(first),
              [&](std::string_view key, std::string_view value) -> Result<bool> {
                return visit(ByteReader(key.substr(1)).u64(), value);
              });
}

Result<Reader::Decision> Reader::decide(const CreditCode& institution, const Subject& subject,
                                        Date day) const {
  auto record = view_->institution(institution);
  if (!record) return record.error();
  auto catalog = this->catalog();
  if (!catalog) return catalog.error();
  Decision decision{std::move(*record), std::move(*catalog), {}};
  if (decision.institution) {
    decision.entitlement =
        entitlement_on(decision.institution->filings, subject, *decision.catalog, day);
  } else {
    decision.entitlement.reason = EntitlementReason::institution_unknown;
  }
  return decision;
}

DatabaseRows Reader::rows() const {
  return DatabaseRows(store_.db(), snapshot_);
}

}  // namespace chayan::index
