#include "index/fold.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "index/offering.h"
#include "index/purge.h"
#include "index/reports.h"
#include "index/schema.h"

namespace chayan::index {
namespace {

// Makes the text rows of one thing say `after` instead of `before`. A row's value is the length of
// what its key has in common with the thing's preceding key: so a search for p meets the thing
// first where that length is less than p's, and can leave out the further rows that lead to the
// same thing.
void put_text_rows(RowBatch& rows, Searched what, std::string_view id,
                   const std::set<std::string>& before, const std::set<std::string>& after) {
  if (before == after) return;
  for (const std::string& key : before) {
    if (!after.contains(key)) rows.erase(text_key(what, key, id));
  }
  std::string_view preceding;
  for (const std::string& key : after) {
    const auto common = std::mismatch(key.begin(), key.end(), preceding.begin(), preceding.end());
    rows.put(text_key(what, key, id),
             std::string(1, static_cast<char>(std::distance(key.begin(), common.first))));
    preceding = key;
  }
}

// Names and scopes alone decide what an institution is found by.
bool same_searched_texts(const InstitutionRecord& a, const InstitutionRecord& b) {
  return a.institution.name == b.institution.name && a.filings.size() == b.filings.size();
}

}  // namespace

std::string sealing_context(std::string_view key) {
  std::string context(key);
  context.append(kFormatVersion);
  return context;
}

Result<std::optional<InstitutionRecord>> find_institution(const RowView& rows,
                                                          const CreditCode& code) {
  auto bytes = rows.get(institution_key(code));
  if (!bytes) return bytes.error();
  if (!*bytes) return std::optional<InstitutionRecord>();
  auto record = decode_institution(**bytes);
  if (!record) return corrupt("an institution row does not decode");
  return record;
}

Result<std::optional<Certificate>> find_certificate(const RowView& rows,
                                                    const crypto::Sealer& sealer,
                                                    const crypto::RowKey& key) {
  const std::string row = certificate_key(key);
  auto sealed = rows.get(row);
  if (!sealed) return sealed.error();
  if (!*sealed) return std::optional<Certificate>();
  auto certificate = open_certificate(sealer, row, **sealed);
  if (!certificate) return certificate.error();
  return std::optional<Certificate>(std::move(*certificate));
}

Result<Certificate> open_certificate(const crypto::Sealer& sealer, std::string_view key,
                                     std::string_view sealed) {
  thread_local std::string context;  // used again: this is done for each verification
  std::string plain;                 // not this: a person's data would stay in it
  context.assign(key).append(kFormatVersion);
  const auto opened = sealer.open(context, sealed, plain);
  if (!opened) return opened.error();
  auto certificate = decode_certificate(plain);
  if (!certificate) return corrupt("a certificate row does not decode");
  return std::move(*certificate);
}

Result<std::optional<BatchRecord>> find_batch(const RowView& rows, const crypto::RowKey& key) {
  const auto bytes = rows.get(batch_key(key));
  if (!bytes) return bytes.error();
  if (!*bytes) return std::optional<BatchRecord>();
  auto record = decode_batch(**bytes);
  if (!record) return corrupt("a batch row does not decode");
  return record;
}

Result<std::vector<CatalogItem>> find_catalog_versions(const RowView& rows,
                                                       const CatalogItemId& id) {
  auto bytes = rows.get(catalog_key(id));
  if (!bytes) return bytes.error();
  if (!*bytes) return std::vector<CatalogItem>();
  auto versions = decode_catalog_versions(**bytes);
  if (!versions) return corrupt("a catalog row does not decode");
  return std::move(*versions);
}

Result<void> Fold::apply(RowBatch& rows, std::uint64_t seq, const ChangeBody& body,
                         const PrivateFields* secrets) {
  return std::visit(
      [&](const auto& change) -> Result<void> {
        using Body = std::decay_t<decltype(change)>;
        if constexpr (std::is_same_v<Body, Institution> || std::is_same_v<Body, CertificateFacts> ||
                      std::is_same_v<Body, CertificateEvent>) {
          return put(rows, seq, change, secrets);
        } else {
          return put(rows, seq, change);
        }
      },
      body);
}

Result<void> Fold::put(RowBatch& rows, std::uint64_t, const Occupation& occupation) {
  const std::string key = occupation_key(occupation.code);
  const auto bytes = rows.get(key);
  if (!bytes) return bytes.error();
  std::set<std::string> before;
  if (*bytes) {
    const auto recorded = decode_occupation(**bytes);
    if (!recorded) return corrupt("an occupation row does not decode");
    before = search_keys_.of(*recorded);
  }
  put_text_rows(rows, Searched::occupation, occupation.code.text(), before,
                search_keys_.of(occupation));
  rows.put(key, encode(occupation));
  return {};
}

// Versions only add up, and so do the rows that lead to them.
Result<void> Fold::put(RowBatch& rows, std::uint64_t, const CatalogItem& item) {
  auto versions = find_catalog_versions(rows, item.id);
  if (!versions) return versions.error();
  const std::set<std::string> before = search_keys_.of(*versions);
  versions->push_back(item);
  rows.put(catalog_key(item.id), encode(*versions));
  rows.put(conversion_key(item.occupation, item.level, item.id), {});
  std::string id;
  put_item(id, item.id);
  put_text_rows(rows, Searched::catalog_item, id, before, search_keys_.of(*versions));
  return {};
}

Result<void> Fold::put(RowBatch& rows, std::uint64_t, const CalendarYear& calendar) {
  rows.put(calendar_key(calendar.year), encode(calendar));
  return {};
}

Result<void> Fold::put(RowBatch& rows, std::uint64_t seq, const Institution& institution,
                       const PrivateFields* secrets) {
  const auto before = find_institution(rows, institution.credit_code);
  if (!before) return before.error();
  InstitutionRecord after = before->value_or(InstitutionRecord{});
  after.institution = institution;
  after.put_seq = seq;
  if (secrets != nullptr) after.payload_seq = seq;
  replace_institution(rows, *before ? &**before : nullptr, after);
  rows.put(concerns_key(institution.credit_code, seq), {});
  return {};
}

Result<void> Fold::put(RowBatch& rows, std::uint64_t seq, const FilingEvent& event) {
  const auto before = find_institution(rows, event.institution);
  if (!before) return before.error();
  if (!*before) return corrupt("a filing event of an institution that is not recorded");
  InstitutionRecord after = **before;
  auto filing = std::find_if(after.filings.begin(), after.filings.end(),
                             [&](const Filing& f) { return f.id == event.filing; });
  if (filing == after.filings.end()) {
    after.filings.push_back(Filing{event.filing, event.institution, {}});
    filing = std::prev(after.filings.end());
    rows.put(filing_key(event.filing), std::string(event.institution.text()));
  }
  filing->events.push_back(RecordedFilingEvent{event, seq});
  if (!event.receipt.empty()) rows.put(receipt_key(event.receipt), event.filing);
  replace_institution(rows, &**before, after);
  rows.put(concerns_key(event.institution, seq), {});
  return {};
}

void Fold::replace_institution(RowBatch& rows, const InstitutionRecord* before,
                               const InstitutionRecord& after) {
  const std::map<std::string, std::string> old_rows =
      before != nullptr ? offering_rows(*before) : std::map<std::string, std::string>();
  const std::map<std::string, std::string> new_rows = offering_rows(after);
  for (const auto& [key, value] : old_rows) {
    if (!new_rows.contains(key)) rows.erase(key);
  }
  for (const auto& [key, value] : new_rows) {
    const auto old = old_rows.find(key);
    if (old == old_rows.end() || old->second != value) rows.put(key, value);
  }
  if (before == nullptr || !same_searched_texts(*before, after)) {
    put_text_rows(rows, Searched::institution, after.institution.credit_code.text(),
                  before != nullptr ? search_keys_.of(*before) : std::set<std::string>(),
                  search_keys_.of(after));
  }
  rows.put(institution_key(after.institution.credit_code), encode(after));
}

Result<void> Fold::put(RowBatch& rows, std::uint64_t seq, const CertificateFacts& facts,
                       const PrivateFields* secrets) {
  if (secrets == nullptr) return {};  // erased since
  auto read = certificate_secrets(*secrets);
  if (!read) return corrupt("a certificate's payload does not decode");
  Certificate certificate;
  certificate.issued_seq = seq;
  certificate.facts = facts;
  certificate.first_issued_on = facts.issued_on;
  certificate.secrets = std::move(*read);
  certificate.history = {{CertificateEventKind::issued, facts.issued_on, seq}};
  put_certificate(rows, certificate);
  return {};
}

void Fold::put_certificate(RowBatch& rows, const Certificate& certificate) {
  const crypto::RowKey key = keyed_index_.certificate(certificate.secrets.number);
  const std::string row = certificate_key(key);
  std::string sealed;
  sealer_.seal(sealing_context(row), encode(certificate), sealed);
  rows.put(row, std::move(sealed));
  rows.put(issued_key(certificate.issued_seq), std::string(key.data(), key.size()));
}

Result<void> Fold::put(RowBatch& rows, std::uint64_t seq, const CertificateEvent& event,
                       const PrivateFields* secrets) {
  const auto issued = rows.get(issued_key(event.of));
  if (!issued) return issued.error();
  if (!*issued) return {};  // erased since, or by this entry on its first run
  const auto key = decode_row_key(**issued);
  if (!key) return corrupt("an issued row does not decode");
  auto found = find_certificate(rows, sealer_, *key);
  if (!found) return found.error();
  if (!*found) return corrupt("a certificate row is missing");
  Certificate& certificate = **found;

  if (event.kind == CertificateEventKind::erased) {
    std::vector<std::string> erased = {certificate_key(*key), issued_key(event.of)};
    for (const CertificateStatusChange& change : certificate.history) {
      erased.push_back(payload_key(change.seq));
    }
    auto reports = report_keys_of(rows, sealer_, event.of);
    if (!reports) return reports.error();
    erased.insert(erased.end(), reports->begin(), reports->end());
    for (const std::string& row : erased) rows.erase(row);
    note_erasure(rows, seq, erased);
    return {};
  }
  if (event.facts) certificate.facts = *event.facts;
  if (secrets != nullptr) {
    auto read = certificate_secrets(*secrets);
    if (!read) return corrupt("a certificate's payload does not decode");
    certificate.secrets = std::move(*read);
  }
  certificate.history.push_back({event.kind, event.on, seq});
  put_certificate(rows, certificate);
  return {};
}

}  // namespace chayan::index
