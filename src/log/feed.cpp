#include "log/feed.h"

#include <utility>

#include "base/json_writer.h"

namespace chayan::log {
namespace {

constexpr std::string_view kEntryPrefix = R"({"entry":)";

void write_beside(JsonWriter& json, const WholeRecord& record) {
  json.begin_object().key("fields").begin_object();
  for (const auto& [name, value] : record.fields) json.member(name, value);
  json.end_object().member("record_salt", to_base64(record.record_salt)).end_object();
}

void write_beside(JsonWriter& json, const Opening& opening) {
  json.begin_object().key("closed").begin_array();
  for (const Hash& digest : opening.closed) json.string(to_base64(view(digest)));
  json.end_array().key("fields").begin_object();
  for (const auto& [name, field] : opening.opened) {
    json.key(name).begin_object().member("salt", to_base64(view(field.salt)));
    json.member("value", field.value).end_object();
  }
  json.end_object().end_object();
}

// Length of the JSON object that `text` begins with; npos where it does not end. The entry is
// hashed as it is written, so it is found and not parsed.
std::size_t object_bytes(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return at + 1;
    } else if (depth == 0) {
      break;
    }
  }
  return std::string_view::npos;
}

Error unreadable(std::string_view what) {
  return corrupt("A line of the feed has " + std::string(what) + ".");
}

std::optional<Hash> read_hash(std::string_view base64) {
  const auto bytes = from_base64(base64);
  return bytes ? hash_from(*bytes) : std::nullopt;
}

// The values are read as strings by name, so a reader must know the names: it takes each member
// that there is.
Result<Beside> read_private(JsonObject object) {
  auto fields = object.optional_object("fields");
  if (!fields) return unreadable("private fields that are none");
  if (const auto salt = object.optional_string("record_salt")) {
    WholeRecord record;
    record.record_salt = from_base64(*salt).value_or("");
    for (const std::string_view name : fields->names()) {
      record.fields.emplace(name, fields->string(name));
    }
    const bool read = fields->finish() && object.finish();
    if (!read || record.record_salt.size() != kRecordSaltBytes) {
      return unreadable("private fields that do not parse");
    }
    return record;
  }
  Opening opening;
  bool read = true;
  for (const std::string_view digest : object.strings("closed")) {
    const auto hash = read_hash(digest);
    read = read && hash;
    if (hash) opening.closed.push_back(*hash);
  }
  for (const std::string_view name : fields->names()) {
    auto field = fields->optional_object(name);
    if (!field) return unreadable("an opened field that does not parse");
    const auto salt = read_hash(field->string("salt"));
    const std::string_view value = field->string("value");
    read = read && salt && field->finish();
    if (salt) opening.opened.emplace(name, OpenedField{std::string(value), *salt});
  }
  if (!read || !fields->finish() || !object.finish()) {
    return unreadable("opened fields that do not parse");
  }
  return opening;
}

Result<FeedItem> read_end(std::string_view line, JsonParser& parser) {
  auto object = parser.parse_object(line);
  if (!object) return unreadable("neither an entry nor a checkpoint");
  FeedEnd end;
  const std::int64_t size = object->integer("size");
  end.checkpoint = object->string("checkpoint");
  bool read = size >= 0;
  for (const std::string_view step : object->strings("consistency")) {
    const auto hash = read_hash(step);
    read = read && hash;
    if (hash) end.consistency.push_back(*hash);
  }
  if (!object->finish() || !read) return unreadable("a checkpoint that does not parse");
  end.size = static_cast<std::uint64_t>(size);
  return end;
}

}  // namespace

Commitment commitment(const crypto::DigestAlgorithm& algorithm, const WholeRecord& record) {
  return commitment(algorithm, record.record_salt, record.fields);
}

void write_feed_line(std::string& out, std::string_view entry, const Beside& beside) {
  out.append(kEntryPrefix).append(entry);
  if (std::holds_alternative<Erased>(beside)) out.append(R"(,"erased":true)");
  const auto write_private = [&](const auto& fields) {
    out.append(R"(,"private":)");
    JsonWriter json(out, JsonWriter::Order::canonical);
    write_beside(json, fields);
  };
  if (const auto* record = std::get_if<WholeRecord>(&beside)) write_private(*record);
  if (const auto* opening = std::get_if<Opening>(&beside)) write_private(*opening);
  out.append("}\n");
}

void write_feed_end(std::string& out, const FeedEnd& end) {
  JsonWriter json(out, JsonWriter::Order::canonical);
  json.begin_object().member("checkpoint", end.checkpoint).key("consistency").begin_array();
  for (const Hash& step : end.consistency) json.string(to_base64(view(step)));
  json.end_array().member("size", static_cast<std::int64_t>(end.size)).end_object();
  out.push_back('\n');
}

Result<FeedItem> read_feed_line(std::string_view line, JsonParser& parser) {
  if (!line.starts_with(kEntryPrefix)) return read_end(line, parser);
  const std::string_view from_entry = line.substr(kEntryPrefix.size());
  const std::size_t entry_bytes = object_bytes(from_entry);
  if (entry_bytes == std::string_view::npos) return unreadable("an entry that does not end");
  FeedLine read{from_entry.substr(0, entry_bytes), {}};
  const std::string_view rest = from_entry.substr(entry_bytes);
  if (rest == "}") return read;
  auto object = parser.parse_object(line);
  if (!object) return unreadable("an entry that does not parse");
  object->ignore("entry");
  const auto erased = object->optional_boolean("erased");
  auto fields = object->optional_object("private");
  if (!object->finish() || fields.has_value() == erased.has_value() || erased == false) {
    return unreadable("something unknown beside its entry");
  }
  if (erased) {
    read.beside = Erased{};
    return read;
  }
  auto beside = read_private(std::move(*fields));
  if (!beside) return beside.error();
  read.beside = std::move(*beside);
  return read;
}

}  // namespace chayan::log
