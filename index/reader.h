// Reads from one snapshot. One request makes one Reader, passes it by reference and answers from it
// alone.
//
// Not thread-safe (one request runs on one thread); many readers may be used at once. Results own
// their memory. Errors are corrupt (bytes that do not decode or unseal) and io; absence is nullopt.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/certificate_number.h"
#include "domain/report_code.h"
#include "domain/rules.h"
#include "index/record.h"
#include "index/reports.h"
#include "index/row_batch.h"
#include "index/schema.h"
#include "index/store.h"
#include "log/feed.h"
#include "log/proof.h"

namespace rocksdb {
class Snapshot;
}

namespace chayan::index {

class ReadView;

// Conditions of a list of institutions; empty members do not restrict. A line that names a catalog
// item counts for what the item's version in force on the day gives; one that names none covers
// every item that leads to its occupation, work type and level (domain/rules.h).
struct OfferingQuery {
  std::optional<OccupationCode> occupation;
  std::string work_type;  // matches lines for this work type and for the whole occupation
  std::optional<SkillLevel> level;
  RegionCode region;                // and everything inside it
  std::optional<CatalogList> list;  // lines that name an item of this list
  std::optional<CatalogItemId> item;
  std::string
      text;  // as typed; searched in names and occupations, as characters, pinyin or initials
  FilingState state = FilingState::effective;
  bool any_state = false;  // every filing that was submitted by the day, whatever its state
  Date on;
};

// An institution of a page. Where its filings stand on the day is step_on(offering.timeline,
// query.on).
struct ListedInstitution {
  OfferingRecord record;
  std::vector<std::size_t>
      offerings;  // indices into record.offerings of those that match, at least one
};

struct OfferingPage {
  std::vector<ListedInstitution> institutions;
  // Where the next page starts; empty after the last. A page may hold fewer than asked for, even
  // none, and yet have a successor: limits::kScanRowsMax bounds the rows that one call passes over.
  std::string next_position;
};

struct RecordedEntry {
  std::uint64_t seq = 0;
  std::string bytes;  // as written
};

class Reader {
 public:
  explicit Reader(const Store& store);
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) = delete;

  Result<Head> head() const;

  Result<std::optional<InstitutionRecord>> institution(const CreditCode& code) const;
  // Every institution, in order of credit code, until `visit` says false; its error ends the walk.
  Result<void> each_institution(
      const std::function<Result<bool>(const InstitutionRecord&)>& visit) const;
  // The entries that concern an institution, oldest first: its puts and all events of its filings.
  Result<std::vector<RecordedEntry>> institution_entries(const CreditCode& code) const;
  // At most `limit` institutions in order of region, then credit code, from `position` (empty: the
  // first).
  Result<OfferingPage> offerings(const OfferingQuery& query, std::size_t limit,
                                 std::string_view position) const;

  // Every version of one item, ascending by effective_from; empty where the item is unknown.
  Result<std::vector<CatalogItem>> catalog_versions(const CatalogItemId& id) const;
  // The version that counts on `day` of every item, in order of id: one for each item in force.
  Result<std::vector<CatalogItem>> catalog_on(Date day) const;
  // Items that lead to this occupation (and level), by index row; versions in force on `day`.
  Result<std::vector<CatalogItem>> catalog_for_occupation(const OccupationCode& occupation,
                                                          std::optional<SkillLevel> level,
                                                          Date day) const;
  // Items whose certificate, awarding body, abbreviation or occupation matches `text` (characters,
  // pinyin, initials).
  Result<std::vector<CatalogItem>> catalog_search(std::string_view text, Date day) const;

  Result<std::vector<Occupation>> occupations() const;
  Result<std::optional<Occupation>> occupation(const OccupationCode& code) const;
  Result<std::vector<Occupation>> occupation_search(std::string_view text) const;
  // Number of institutions with an effective offering for the occupation on `day`.
  Result<std::size_t> institutions_offering(const OccupationCode& code, Date day) const;

  Result<WorkdayCalendar> calendar() const;

  Result<std::optional<Certificate>> certificate(const CertificateNumber& number) const;
  // The certificate whose row is the first at or after the place of this number's, wrapping round at
  // the last: the number's own where it is recorded, else a neighbour, which by the keyed order of
  // the rows is anybody. Both are found, unsealed and decoded by the same steps, so that the time
  // does not tell which it was. nullopt: no certificate is recorded at all.
  struct Nearest {
    Certificate certificate;
    bool is_exact = false;
  };
  Result<std::optional<Nearest>> nearest_certificate(const CertificateNumber& number) const;
  // For each number, in their order; read together (RocksDB's MultiGet), which is what a batch is
  // for. Of a number that is not recorded the stand-in is another of this call's, or the row behind
  // its place; nullopt where no certificate is recorded at all. A fault of one row is that row's.
  //
  // The filter lets a number that is not recorded spare one look into a block. What that would tell
  // takes many questions for the same number, which the limits for each number do not give.
  std::vector<Result<std::optional<Nearest>>> nearest_certificates(
      std::span<const CertificateNumber> numbers) const;
  // By the seq of its issued entry; nullopt where it was erased.
  Result<std::optional<Certificate>> certificate_issued_at(std::uint64_t seq) const;

  // The private fields that entry `seq` commits to, with the salt; nullopt: there are none, or they
  // are erased.
  Result<std::optional<log::WholeRecord>> payload(std::uint64_t seq) const;

  // The first entry whose private fields this store was not given, though nobody erased them: a
  // mirror's alone (index/unheld.h). nullopt: it has all, and what is not here does not exist.
  Result<std::optional<std::uint64_t>> first_unheld() const;

  // The share report of this code, whatever its state.
  Result<std::optional<FoundReport>> report(const ReportCode& code) const;
  // All of a certificate, in the order they were made.
  Result<std::vector<ShareReport>> reports_of(std::uint64_t issued_seq) const;

  // The batch that was committed under this idempotency key.
  Result<std::optional<BatchRecord>> batch(std::string_view idempotency_key) const;

  // Any row by its key (schema.h), as stored.
  Result<std::optional<std::string>> row(std::string_view key) const { return rows().get(key); }
  Result<std::optional<std::string>> entry(std::uint64_t seq) const;
  // Entries from `first` on, in order, until `visit` says false or the log ends.
  Result<void> each_entry(
      std::uint64_t first,
      const std::function<bool(std::uint64_t seq, std::string_view bytes)>& visit) const;

  // The tree: a tile as stored, which may be wider than an earlier size had it; proofs over the
  // first `size` entries (log/proof.h), none of them more than the log has.
  Result<std::optional<std::string>> tile(log::TileId tile) const;
  Result<Hash> root_at(std::uint64_t size) const;
  Result<log::Proof> prove_inclusion(std::uint64_t seq, std::uint64_t size) const;
  Result<log::Proof> prove_consistency(std::uint64_t older, std::uint64_t newer) const;

  // "Was this institution entitled to this on day D", from the rows of this snapshot.
  struct Decision {
    std::shared_ptr<const InstitutionRecord> institution;  // null: not recorded
    std::shared_ptr<const CatalogVersions> catalog;        // all items
    Entitlement entitlement;                               // points into the two above
  };
  Result<Decision> decide(const CreditCode& institution, const Subject& subject, Date day) const;

 private:
  Result<std::optional<Nearest>> nearest_to(const std::string& key) const;
  DatabaseRows rows() const;
  struct FacetRun;
  Result<FacetRun> run_facet(const Facet& facet, const OfferingQuery& query, std::size_t limit,
                             std::string_view position, const CatalogVersions& catalog) const;
  Result<OfferingPage> offerings_by_text(const OfferingQuery& query, std::size_t limit,
                                         std::string_view position,
                                         const CatalogVersions& catalog) const;
  // Every version of every item; as long as it is held.
  Result<std::shared_ptr<const CatalogVersions>> catalog() const;

  const Store& store_;
  std::unique_ptr<ReadView> view_;     // null: moved from
  const rocksdb::Snapshot* snapshot_;  // the view's
};

}  // namespace chayan::index
