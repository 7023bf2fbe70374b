#include "domain/change.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

#include "base/limits.h"
#include "domain/certificate_number.h"
#include "domain/members.h"

namespace chayan {
namespace {

constexpr std::string_view kFilingPrefix = "filing.";
constexpr std::string_view kCertificatePrefix = "certificate.";

enum class Source { entry, line };

Error unknown_kind() {
  return invalid("kind", "There is no such kind of change; see the list in src/domain/change.h.",
                 "没有此类变更，请核对 kind 字段。");
}

template <typename T>
Result<ChangeBody> as_body(Result<T> read) {
  if (!read) return read.error();
  return ChangeBody(std::move(*read));
}

Result<ChangeBody> read_certificate_body(std::string_view event, JsonObject& object,
                                         Source source) {
  const auto kind = certificate_event_kind_from_code(event);
  if (!kind) return unknown_kind();
  if (*kind == CertificateEventKind::issued) return as_body(read_certificate_facts(object));
  return as_body(source == Source::entry ? read_certificate_event(*kind, object)
                                         : read_certificate_event_line(*kind, object));
}

// Reads the body's members and leaves the object's others to the caller.
Result<ChangeBody> read_body_members(std::string_view kind, JsonObject& object, Source source) {
  if (kind == "occupation.put") return as_body(read_occupation(object));
  if (kind == "catalog.put") return as_body(read_catalog_item(object));
  if (kind == "calendar.put") return as_body(read_calendar_year(object));
  if (kind == "institution.put") return as_body(read_institution(object));
  if (kind.starts_with(kFilingPrefix)) {
    const auto event = filing_event_kind_from_code(kind.substr(kFilingPrefix.size()));
    if (!event) return unknown_kind();
    return as_body(read_filing_event(*event, object));
  }
  if (kind.starts_with(kCertificatePrefix)) {
    return read_certificate_body(kind.substr(kCertificatePrefix.size()), object, source);
  }
  return unknown_kind();
}

std::string read_actor(JsonObject& line) {
  const auto given = line.optional_string("actor");
  if (!given) return Change().actor;
  const std::size_t colon = given->find(':');
  const std::string_view role = given->substr(0, colon);
  const std::string_view id = colon == given->npos ? "" : given->substr(colon + 1);
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_id = [&](char c) {
    return is_lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (role.empty() || !std::all_of(role.begin(), role.end(), is_lower) || id.empty() ||
      id.size() > 64 || !std::all_of(id.begin(), id.end(), is_id)) {
    line.fail(invalid("actor", "Write the actor as role:id, such as centre:import.",
                      "操作者请写作“角色:标识”，例如 centre:import。"));
  }
  return std::string(*given);
}

PrivateFields read_institution_secrets(JsonObject& line) {
  PrivateFields fields;
  for (const std::string_view name : kInstitutionPrivateFields) {
    std::string value = read_text(line, name);
    if (!value.empty()) fields.emplace(name, std::move(value));
  }
  return fields;
}

PrivateFields read_certificate_number(JsonObject& line) {
  const auto number = CertificateNumber::parse(line.string("certificate_number"));
  if (number) return {{"certificate_number", std::string(number->text())}};
  line.fail(number.error());
  return {};
}

PrivateFields read_certificate_secrets(JsonObject& line) {
  PrivateFields given;
  for (const std::string_view name : kCertificatePrivateFields) {
    const std::string_view value = line.optional_string(name).value_or("");
    if (!value.empty()) given.emplace(name, value);
  }
  const auto secrets = certificate_secrets(given);
  if (secrets) return to_private_fields(*secrets);
  line.fail(secrets.error());
  return {};
}

PrivateFields read_secrets(JsonObject& line, const ChangeBody& body) {
  if (std::holds_alternative<Institution>(body)) return read_institution_secrets(line);
  if (std::holds_alternative<CertificateFacts>(body)) return read_certificate_secrets(line);
  const auto* event = std::get_if<CertificateEvent>(&body);
  if (event == nullptr) return {};
  const bool names_holder = line.has("holder_name") || line.has("document_type") ||
                            line.has("document_number") || line.has("original_certificate");
  return event->kind == CertificateEventKind::corrected && names_holder
             ? read_certificate_secrets(line)
             : read_certificate_number(line);
}

std::string_view value_of(const PrivateFields& fields, std::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace

std::string kind(const ChangeBody& body) {
  return std::visit(
      [](const auto& change) -> std::string {
        using Body = std::decay_t<decltype(change)>;
        if constexpr (std::is_same_v<Body, Occupation>) return "occupation.put";
        if constexpr (std::is_same_v<Body, CatalogItem>) return "catalog.put";
        if constexpr (std::is_same_v<Body, CalendarYear>) return "calendar.put";
        if constexpr (std::is_same_v<Body, Institution>) return "institution.put";
        if constexpr (std::is_same_v<Body, CertificateFacts>) return "certificate.issued";
        if constexpr (std::is_same_v<Body, FilingEvent>) {
          return std::string(kFilingPrefix).append(code(change.kind));
        }
        if constexpr (std::is_same_v<Body, CertificateEvent>) {
          return std::string(kCertificatePrefix).append(code(change.kind));
        }
      },
      body);
}

void write_body(JsonWriter& json, const ChangeBody& body) {
  std::visit([&](const auto& change) { write_body(json, change); }, body);
}

Result<ChangeBody> read_body(std::string_view kind, JsonObject& object) {
  object.ignore("alg");
  object.ignore("commitment");
  auto body = read_body_members(kind, object, Source::entry);
  if (!body) return body;
  if (const auto finished = object.finish(); !finished) return finished.error();
  return body;
}

Result<Change> read_change(JsonObject& line) {
  Change change;
  const std::string_view kind = line.string("kind");
  change.actor = read_actor(line);
  if (line.error()) return *line.error();
  auto body = read_body_members(kind, line, Source::line);
  if (!body) return body.error();
  change.body = std::move(*body);
  change.secrets = read_secrets(line, change.body);
  if (const auto finished = line.finish(); !finished) return finished.error();
  return change;
}

void write_change(JsonWriter& json, const Change& change) {
  json.begin_object().member("kind", kind(change.body)).member("actor", change.actor);
  std::visit(
      [&](const auto& body) {
        if constexpr (std::is_same_v<std::decay_t<decltype(body)>, CertificateEvent>) {
          json.member("on", body.on.text()).optional_member("reason", body.reason);
          if (body.facts) write_body(json.key("facts"), *body.facts);
        } else {
          write_members(json, body);
        }
      },
      change.body);
  for (const auto& [name, value] : change.secrets) json.member(name, value);
  json.end_object();
}

PrivateFields to_private_fields(const CertificateSecrets& secrets) {
  PrivateFields fields = {{"certificate_number", secrets.number},
                          {"document_number", secrets.document.number},
                          {"document_type", std::string(code(secrets.document.type))},
                          {"holder_name", secrets.holder_name}};
  if (!secrets.original_certificate.empty()) {
    fields.emplace("original_certificate", secrets.original_certificate);
  }
  return fields;
}

Result<CertificateSecrets> certificate_secrets(const PrivateFields& fields) {
  for (const auto& [name, value] : fields) {
    if (std::find(kCertificatePrivateFields.begin(), kCertificatePrivateFields.end(), name) ==
        kCertificatePrivateFields.end()) {
      return invalid(name, "A certificate has no such private field; remove it.",
                     "证书没有此项信息，请删除。");
    }
  }
  const auto number = CertificateNumber::parse(value_of(fields, "certificate_number"));
  if (!number) return number.error();
  auto holder = parse_required_text(value_of(fields, "holder_name"), "holder_name",
                                    limits::kPersonNameBytesMax);
  if (!holder) return holder.error();
  const auto type = document_type_from_code(value_of(fields, "document_type"));
  if (!type) {
    return invalid("document_type",
                   "Give the document type: resident_id, resident_id_15, passport, "
                   "residence_permit, permanent_residence or other.",
                   "请填写证件类型，例如 resident_id（居民身份证）或 passport（护照）。");
  }
  auto document = Document::parse(*type, value_of(fields, "document_number"));
  if (!document) return document.error();
  auto original = parse_text(value_of(fields, "original_certificate"), "original_certificate",
                             limits::kCertificateNumberBytesMax);
  if (!original) return original.error();
  return CertificateSecrets{std::string(number->text()), std::move(*holder), std::move(*document),
                            std::move(*original)};
}

}  // namespace chayan
