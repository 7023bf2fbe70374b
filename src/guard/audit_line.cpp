#include "guard/audit_line.h"

#include <algorithm>

#include "base/clock.h"
#include "base/digits.h"
#include "base/json_reader.h"
#include "base/json_writer.h"

namespace chayan::guard {
namespace {

constexpr std::array<std::string_view, 6> kKinds = {"day",          "started",   "lost",
                                                    "verification", "batch_row", "report"};
constexpr std::array<std::string_view, 4> kOutcomes = {"match", "no_match", "limited", "fault"};
constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kNumberDigits = 32;

template <typename Value, std::size_t N>
std::optional<Value> from_code(const std::array<std::string_view, N>& codes,
                               std::string_view wanted) {
  const auto found = std::find(codes.begin(), codes.end(), wanted);
  if (found == codes.end()) return std::nullopt;
  return static_cast<Value>(found - codes.begin());
}

Error bad(std::string field) {
  return invalid(std::move(field), "This is not what an audit trail holds.",
                 "不是审计记录的内容。");
}

void write_question(JsonWriter& json, const AuditLine& line) {
  json.member("number", line.number).member("client", line.client);
  json.optional_member("credential", line.credential).member("outcome", code(line.outcome));
  if (line.seq) json.member("seq", static_cast<std::int64_t>(*line.seq));
  json.member("us", static_cast<std::int64_t>(line.microseconds));
}

std::uint64_t natural(JsonObject& object, std::string_view name) {
  const std::int64_t value = object.integer(name);
  if (value < 0) object.fail(bad(std::string(name)));
  return static_cast<std::uint64_t>(value);
}

void read_question(JsonObject& object, AuditLine& line) {
  line.number = object.string("number");
  line.client = object.string("client");
  line.credential = object.optional_string("credential").value_or("");
  const auto outcome = from_code<Outcome>(kOutcomes, object.string("outcome"));
  if (!outcome) object.fail(bad("outcome"));
  line.outcome = outcome.value_or(Outcome::fault);
  if (object.has("seq")) line.seq = natural(object, "seq");
  line.microseconds = natural(object, "us");
  if (line.number.size() != kNumberDigits) object.fail(bad("number"));
}

}  // namespace

std::string_view code(AuditKind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}
std::string_view code(Outcome outcome) {
  return kOutcomes[static_cast<std::size_t>(outcome)];
}

void render(const AuditLine& line, std::string& out) {
  JsonWriter json(out);
  json.begin_object().member("prev", line.prev).member("time", line.time);
  json.member("kind", code(line.kind));
  if (line.kind == AuditKind::day) json.optional_member("after", line.after);
  if (line.kind == AuditKind::started && line.torn) json.key("torn").boolean(true);
  if (line.kind == AuditKind::lost) json.member("count", static_cast<std::int64_t>(line.count));
  if (is_question(line.kind)) write_question(json, line);
  json.end_object();
}

Result<AuditLine> parse_audit_line(std::string_view text) {
  thread_local JsonParser parser;
  auto object = parser.parse_object(text);
  if (!object) return object.error();
  AuditLine line;
  line.prev = object->string("prev");
  line.time = object->string("time");
  const auto kind = from_code<AuditKind>(kKinds, object->string("kind"));
  if (!kind) return object->error().value_or(bad("kind"));
  line.kind = *kind;
  if (*kind == AuditKind::day) line.after = object->optional_string("after").value_or("");
  if (*kind == AuditKind::started) line.torn = object->optional_boolean("torn").value_or(false);
  if (*kind == AuditKind::lost) line.count = natural(*object, "count");
  if (is_question(*kind)) read_question(*object, line);
  if (line.prev.size() != kHashDigits) object->fail(bad("prev"));
  if (const auto finished = object->finish(); !finished) return finished.error();
  // One spelling: white space, another order or a member twice over would be another line.
  std::string again;
  render(line, again);
  if (again != text) return bad("body");
  return line;
}

std::string rfc3339_utc_milliseconds(std::chrono::system_clock::time_point time) {
  using std::chrono::milliseconds;
  std::string text = rfc3339_utc(time);
  const auto since = std::chrono::floor<milliseconds>(time.time_since_epoch()).count();
  text.pop_back();
  text.append(".000Z");
  put_digits(&text[text.size() - 4], 3, static_cast<int>(since % 1000));
  return text;
}

}  // namespace chayan::guard
