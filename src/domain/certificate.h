// A certificate (职业技能等级证书) and its life: 核发 issued, 更正 corrected, 补证 reissued, 撤销
// revoked, 注销 cancelled; erased removes the private payload and nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "domain/catalog.h"
#include "domain/credit_code.h"
#include "domain/date.h"
#include "domain/document.h"
#include "domain/occupation.h"
#include "domain/skill_level.h"

namespace chayan {

// What concerns nobody in particular: stands in the entry in clear. An import line may give the
// item alone, as a scope line may (domain/filing.h); the index fills in the rest.
struct CertificateFacts {
  CreditCode issuer;
  std::optional<CatalogItemId> item;  // the equivalence it was converted under
  OccupationCode occupation;
  std::string occupation_name;
  std::string work_type;
  SkillLevel level = SkillLevel::junior;
  Date issued_on;

  bool operator==(const CertificateFacts&) const = default;
};

// What identifies a person: sealed apart from the entry.
struct CertificateSecrets {
  std::string number;       // canonical, see CertificateNumber
  std::string holder_name;  // as printed on the certificate
  Document document;
  std::string original_certificate;  // number of the foreign or company certificate; may be empty

  bool operator==(const CertificateSecrets&) const = default;
};

// Their names as private fields of `certificate.issued` and `certificate.corrected`, ascending.
inline constexpr std::array<std::string_view, 5> kCertificatePrivateFields = {
    "certificate_number", "document_number", "document_type", "holder_name",
    "original_certificate"};

// Values are stored; do not renumber.
enum class CertificateEventKind : std::uint8_t {
  issued = 1,
  corrected = 2,
  reissued = 3,
  revoked = 4,
  cancelled = 5,
  erased = 6,
};

std::string_view code(CertificateEventKind kind);  // "issued"; entry kind is "certificate." + code
std::optional<CertificateEventKind> certificate_event_kind_from_code(std::string_view code);

// A later event. `of` is the seq of the issued entry. A corrected event may carry new facts and new
// secrets: the whole certificate as it stands from then on.
struct CertificateEvent {
  CertificateEventKind kind = CertificateEventKind::corrected;
  std::uint64_t of = 0;
  Date on;
  std::string reason;
  std::optional<CertificateFacts> facts;  // corrected only

  bool operator==(const CertificateEvent&) const = default;
};

// Bodies: `certificate.issued` is the facts; the others as written here. Keys ascending. read_
// functions leave finish() to the caller.
void write_body(JsonWriter& json, const CertificateFacts& facts);
void write_body(JsonWriter& json, const CertificateEvent& event);
Result<CertificateFacts> read_certificate_facts(JsonObject& object);
Result<CertificateEvent> read_certificate_event(CertificateEventKind kind, JsonObject& object);

struct CertificateStatusChange {
  CertificateEventKind kind = CertificateEventKind::issued;
  Date on;
  std::uint64_t seq = 0;

  bool operator==(const CertificateStatusChange&) const = default;
};

struct Certificate {
  std::uint64_t issued_seq = 0;
  CertificateFacts facts;  // current
  Date first_issued_on;  // of the issued entry: decides the issuer's entitlement; a correction does
                         // not move it
  CertificateSecrets secrets;                    // current
  std::vector<CertificateStatusChange> history;  // in the order of the log, the first is issued

  // The standing of the certificate now: revoked and cancelled win and are final; else the latest
  // of the others; "valid" where it was only issued.
  std::string_view status() const;

  bool operator==(const Certificate&) const = default;
};

}  // namespace chayan
