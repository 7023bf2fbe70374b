#include "log/entry.h"

#include "base/json_writer.h"
#include "base/limits.h"

namespace chayan::log {
namespace {

constexpr std::uint64_t kSeqMax = (std::uint64_t{1} << 53) - 1;  // RFC 8785 numbers are doubles

Error too_large(std::size_t bytes) {
  const std::string size = std::to_string(bytes);
  const std::string limit = std::to_string(limits::kEntryBytesMax);
  return {ErrorCode::too_large,
          {},
          {"This change makes an entry of " + size + " bytes, and an entry holds at most " + limit +
               ": shorten its texts or split it.",
           "此变更的日志条目为 " + size + " 字节，超过上限 " + limit +
               " 字节，请缩短文字或拆分提交。"}};
}

Error not_an_entry(std::string_view why) {
  return corrupt("A log entry is not one that this version writes: " + std::string(why));
}

Error not_an_entry(const Error& reading) {
  return not_an_entry(reading.field + ": " + reading.message.en);
}

// Takes "commitment" and "alg" out of the body: both or neither.
Result<std::optional<Commitment>> read_commitment(JsonObject& body) {
  if (!body.has("commitment") && !body.has("alg")) return std::optional<Commitment>();
  const auto* algorithm = crypto::find_digest(body.optional_string("alg").value_or(""));
  const std::optional<std::string_view> hex = body.optional_string("commitment");
  if (algorithm == nullptr) return not_an_entry("its commitment's alg is not sha256 or sm3.");
  const std::optional<Hash> hash = hash_from(from_hex(hex.value_or("")).value_or(""));
  if (!hash || to_hex(view(*hash)) != *hex) {
    return not_an_entry("its commitment is not 64 lower-case hexadecimal digits.");
  }
  return Commitment{algorithm, *hash};
}

}  // namespace

Result<std::string> encode_entry(const EntryHead& head, std::string_view body) {
  std::string bytes;
  bytes.reserve(body.size() + head.actor.size() + head.kind.size() + head.time.size() + 80);
  JsonWriter json(bytes, JsonWriter::Order::canonical);
  json.begin_object().member("actor", head.actor).key("body").raw(body);
  json.member("kind", head.kind).member("seq", static_cast<std::int64_t>(head.seq));
  json.member("time", head.time).member("v", std::int64_t{kEntryVersion}).end_object();
  if (bytes.size() > limits::kEntryBytesMax) return too_large(bytes.size());
  return bytes;
}

Result<ParsedEntry> parse_entry(std::string_view bytes, JsonParser& parser) {
  if (bytes.size() > limits::kEntryBytesMax) return not_an_entry("it is over-long.");
  Result<JsonObject> object = parser.parse_object(bytes);
  if (!object) return not_an_entry(object.error());

  const std::int64_t version = object->integer("v");
  const std::int64_t seq = object->integer("seq");
  EntryHead head;
  head.seq = static_cast<std::uint64_t>(seq);
  head.time = object->string("time");
  head.kind = object->string("kind");
  head.actor = object->string("actor");
  std::optional<JsonObject> body = object->optional_object("body");
  if (auto read = object->finish(); !read) return not_an_entry(read.error());
  if (version != kEntryVersion) return not_an_entry("its version is another.");
  if (!body) return not_an_entry("it has no body.");
  if (seq < 0 || head.seq > kSeqMax) return not_an_entry("its seq is out of range.");

  Result<std::optional<Commitment>> commitment = read_commitment(*body);
  if (!commitment) return commitment.error();
  return ParsedEntry{std::move(head), std::move(*body), *commitment};
}

}  // namespace chayan::log
