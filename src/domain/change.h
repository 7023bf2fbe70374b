// A change: one thing that may happen to the registry, as parsed and checked from an import line or
// read back from an entry. Parse once: behind this header nobody sees JSON or re-checks a format.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "base/json_reader.h"
#include "base/result.h"
#include "domain/catalog.h"
#include "domain/certificate.h"
#include "domain/filing.h"
#include "domain/institution.h"
#include "domain/occupation.h"
#include "domain/workday_calendar.h"

namespace chayan {

// Private values by field name, ascending: what a commitment covers and a payload holds.
using PrivateFields = std::map<std::string, std::string, std::less<>>;

using ChangeBody = std::variant<Occupation, CatalogItem, CalendarYear, Institution, FilingEvent,
                                CertificateFacts, CertificateEvent>;

struct Change {
  ChangeBody body;
  PrivateFields secrets;                // empty where the kind has none
  std::string actor = "centre:import";  // role:id

  bool operator==(const Change&) const = default;
};

// The entry kind: "occupation.put", "filing.filed", "certificate.issued", ...
std::string kind(const ChangeBody& body);
// The body as canonical JSON, without commitment.
void write_body(JsonWriter& json, const ChangeBody& body);
// Reads a body back and finishes the object. It may hold `alg` and `commitment`, which are skipped:
// log/entry reads them.
Result<ChangeBody> read_body(std::string_view kind, JsonObject& object);

// One import line: {"kind": …, "actor"?: …, members of the body and private fields side by side}.
// Members that name something unknown are refused. A later certificate event names its certificate
// by "certificate_number" (kept in secrets; the index resolves it to `of`), not by "of". A
// correction may add "facts" (complete, the ones that stand from then on) and, apart from that,
// "holder_name", "document_type" and "document_number" (all three; the number stays).
Result<Change> read_change(JsonObject& line);
// The same in the other direction, for `export` and `demo`; read_change(write_change(c)) == c.
void write_change(JsonWriter& json, const Change& change);

// Every name that a private field can have, ascending: no payload holds another, and what a
// partner may be shown is chosen among these.
inline constexpr auto kPrivateFields = [] {
  constexpr std::size_t kCount =
      kCertificatePrivateFields.size() + kInstitutionPrivateFields.size();
  std::array<std::string_view, kCount> names{};
  std::merge(kCertificatePrivateFields.begin(), kCertificatePrivateFields.end(),
             kInstitutionPrivateFields.begin(), kInstitutionPrivateFields.end(), names.begin());
  return names;
}();

// A certificate's secrets as private fields and back; original_certificate is left out where empty.
PrivateFields to_private_fields(const CertificateSecrets& secrets);
Result<CertificateSecrets> certificate_secrets(const PrivateFields& fields);

}  // namespace chayan
