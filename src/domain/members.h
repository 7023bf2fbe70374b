// What the entities share in reading and writing JSON: the members of each body without its braces,
// because an entry's body and an import line hold the same ones. Inner to this room.
//
// read_ functions mark the members they know and leave finish() to read_body and read_change, which
// alone know which further members may stand beside them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/result.h"
#include "domain/catalog.h"
#include "domain/certificate.h"
#include "domain/date.h"
#include "domain/filing.h"
#include "domain/institution.h"
#include "domain/occupation.h"
#include "domain/workday_calendar.h"

namespace chayan {

void write_members(JsonWriter& json, const Occupation& occupation);
void write_members(JsonWriter& json, const CatalogItem& item);
void write_members(JsonWriter& json, const CalendarYear& calendar);
void write_members(JsonWriter& json, const Institution& institution);
void write_members(JsonWriter& json, const FilingEvent& event);
void write_members(JsonWriter& json, const CertificateFacts& facts);

// All members of an event but `of`, which an import line does not have.
Result<CertificateEvent> read_certificate_event_line(CertificateEventKind kind, JsonObject& object);

template <typename Body>
void write_object(JsonWriter& json, const Body& body) {
  json.begin_object();
  write_members(json, body);
  json.end_object();
}

// The parsed value; or a default one, its error recorded with the object.
template <typename T>
T take(JsonObject& object, Result<T> parsed) {
  if (parsed) return std::move(*parsed);
  object.fail(parsed.error());
  return T();
}

template <typename T>
Result<T> result_of(const JsonObject& object, T value) {
  if (object.error()) return *object.error();
  return value;
}

// One line of text, trimmed. Refuses control characters and more than `bytes_max`.
Result<std::string> parse_text(std::string_view text, std::string_view field,
                               std::size_t bytes_max);
// The same where it must not be empty.
Result<std::string> parse_required_text(std::string_view text, std::string_view field,
                                        std::size_t bytes_max);

std::string read_text(JsonObject& object, std::string_view name,
                      std::size_t bytes_max = limits::kTextBytesMax);  // absent: empty
std::string read_required_text(JsonObject& object, std::string_view name, std::size_t bytes_max);
Date read_date(JsonObject& object, std::string_view name);

// Records an inner object's error, or its unknown member, with the outer one; the field then reads
// "scope[2].level".
void finish_within(JsonObject& outer, JsonObject& inner, const std::string& path);

// item, level, occupation, occupation_name, work_type: of a scope line and of a certificate. Either
// the item alone, from which the index fills in the others, or at least occupation and level.
template <typename T>
void read_subject(JsonObject& object, T& into) {
  if (const auto item = object.optional_string("item")) {
    into.item = take(object, CatalogItemId::parse(*item));
  }
  const bool is_stated = object.has("occupation") || object.has("level") ||
                         object.has("work_type") || object.has("occupation_name");
  if (into.item && !is_stated) return;
  into.occupation = take(object, OccupationCode::parse(object.string("occupation")));
  into.occupation_name = read_text(object, "occupation_name", limits::kNameBytesMax);
  into.work_type = read_text(object, "work_type", limits::kNameBytesMax);
  into.level = take(object, parse_skill_level(object.string_or_integer("level")));
}

template <typename T>
void write_subject(JsonWriter& json, const T& from) {
  if (from.item) json.member("item", from.item->text());
  if (from.occupation.text().empty()) return;  // the item alone
  json.member("level", code(from.level)).member("occupation", from.occupation.text());
  json.optional_member("occupation_name", from.occupation_name);
  json.optional_member("work_type", from.work_type);
}

}  // namespace chayan
