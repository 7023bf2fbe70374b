// What rows hold, and their bytes. Numbers are big-endian, strings carry their length
// (base/bytes.h); SCHEMA.md shows each with a worked example. decode_ functions answer nullopt for
// bytes that encode_ does not write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "crypto/keyed_index.h"
#include "domain/certificate.h"
#include "domain/filing.h"
#include "domain/institution.h"
#include "domain/share_report.h"
#include "domain/timeline.h"

namespace chayan::index {

// Everything that is recorded about one institution and is public.
struct InstitutionRecord {
  Institution institution;
  std::uint64_t put_seq = 0;                 // of the latest institution.put
  std::optional<std::uint64_t> payload_seq;  // of the latest one with private fields
  std::vector<Filing> filings;               // in the order of their submission

  bool operator==(const InstitutionRecord&) const = default;
};

// One line of one filing's scope, as a list prints it.
struct Offering {
  OccupationCode occupation;
  std::string work_type;  // empty: the whole occupation
  SkillLevel level = SkillLevel::junior;
  std::optional<CatalogItemId> item;
  Timeline timeline;  // of the filing
  // {"filing","item"?,"level","level_name","occupation","occupation_name","receipt"?,"work_type"?}:
  // complete JSON object but for the closing brace, so that the list appends what depends on the
  // day.
  std::string json;

  bool operator==(const Offering&) const = default;
};

// One institution in a list: its public fields, then the offerings that belong to the list's facet.
struct OfferingRecord {
  std::string institution_json;  // the body of institution.put but for the closing brace
  std::vector<Offering> offerings;

  bool operator==(const OfferingRecord&) const = default;
};

// A batch that was committed, kept under the MAC of its idempotency key.
struct BatchRecord {
  Hash content{};  // MAC of the digest of what was submitted
  std::uint64_t first_seq = 0;
  std::uint64_t count = 0;      // entries appended
  std::uint64_t unchanged = 0;  // changes that were recorded already
  std::uint64_t rejected = 0;   // left out by --skip-bad

  bool operator==(const BatchRecord&) const = default;
};

std::string encode(const InstitutionRecord& record);
std::string encode(const OfferingRecord& record);
std::string encode(const Certificate& certificate);
std::string encode(const std::vector<CatalogItem>& versions);
std::string encode(const Occupation& occupation);
std::string encode(const CalendarYear& calendar);
std::string encode(const BatchRecord& record);
std::string encode(const std::vector<ShareReport>& reports);

std::optional<InstitutionRecord> decode_institution(std::string_view bytes);
std::optional<OfferingRecord> decode_offerings(std::string_view bytes);
std::optional<Certificate> decode_certificate(std::string_view bytes);
std::optional<std::vector<CatalogItem>> decode_catalog_versions(std::string_view bytes);
std::optional<Occupation> decode_occupation(std::string_view bytes);
std::optional<CalendarYear> decode_calendar(std::string_view bytes);
std::optional<BatchRecord> decode_batch(std::string_view bytes);
std::optional<std::vector<ShareReport>> decode_reports(std::string_view bytes);
std::optional<crypto::RowKey> decode_row_key(std::string_view bytes);  // what an issued row holds

}  // namespace chayan::index
