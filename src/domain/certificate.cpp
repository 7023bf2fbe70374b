#include "domain/certificate.h"

#include <algorithm>
#include <array>

#include "domain/members.h"

namespace chayan {
namespace {

constexpr std::array<std::string_view, 6> kCodes = {"issued",  "corrected", "reissued",
                                                    "revoked", "cancelled", "erased"};

}  // namespace

std::string_view code(CertificateEventKind kind) {
  return kCodes[static_cast<std::size_t>(kind) - 1];
}

std::optional<CertificateEventKind> certificate_event_kind_from_code(std::string_view code) {
  const auto found = std::find(kCodes.begin(), kCodes.end(), code);
  if (found == kCodes.end()) return std::nullopt;
  return static_cast<CertificateEventKind>(found - kCodes.begin() + 1);
}

void write_members(JsonWriter& json, const CertificateFacts& facts) {
  json.member("issued_on", facts.issued_on.text()).member("issuer", facts.issuer.text());
  write_subject(json, facts);
}

void write_body(JsonWriter& json, const CertificateFacts& facts) {
  write_object(json, facts);
}

void write_body(JsonWriter& json, const CertificateEvent& event) {
  json.begin_object();
  if (event.facts) {
    json.key("facts");
    write_body(json, *event.facts);
  }
  json.member("of", static_cast<std::int64_t>(event.of)).member("on", event.on.text());
  json.optional_member("reason", event.reason);
  json.end_object();
}

Result<CertificateFacts> read_certificate_facts(JsonObject& object) {
  CertificateFacts facts;
  facts.issuer = take(object, CreditCode::accept(object.string("issuer"), "issuer"));
  facts.issued_on = read_date(object, "issued_on");
  read_subject(object, facts);
  return result_of(object, std::move(facts));
}

Result<CertificateEvent> read_certificate_event_line(CertificateEventKind kind,
                                                     JsonObject& object) {
  CertificateEvent event;
  event.kind = kind;
  event.on = read_date(object, "on");
  event.reason = read_text(object, "reason");
  if (kind == CertificateEventKind::corrected) {
    if (auto facts = object.optional_object("facts")) {
      const auto read = read_certificate_facts(*facts);
      finish_within(object, *facts, "facts");
      if (read) event.facts = *read;
    }
  }
  return result_of(object, std::move(event));
}

Result<CertificateEvent> read_certificate_event(CertificateEventKind kind, JsonObject& object) {
  const std::int64_t of = object.integer("of");
  if (of < 0) {
    object.fail(invalid("of", "This is the number of an entry: not negative.",
                        "此处为日志条目序号，不能为负数。"));
  }
  auto event = read_certificate_event_line(kind, object);
  if (event) event->of = static_cast<std::uint64_t>(of);
  return event;
}

std::string_view Certificate::status() const {
  std::string_view latest = "valid";
  for (const CertificateStatusChange& change : history) {
    if (change.kind == CertificateEventKind::issued) continue;
    latest = code(change.kind);
    if (change.kind == CertificateEventKind::revoked ||
        change.kind == CertificateEventKind::cancelled) {
      break;
    }
  }
  return latest;
}

}  // namespace chayan
