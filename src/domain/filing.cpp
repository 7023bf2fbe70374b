#include "domain/filing.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.h"
#include "domain/members.h"

namespace chayan {
namespace {

constexpr std::array<std::string_view, 13> kCodes = {
    "submitted", "accepted",  "assessed", "notice_opened", "objected",  "filed",  "reported",
    "published", "suspended", "resumed",  "revoked",       "cancelled", "renewed"};

constexpr std::int64_t kNoticeWorkingDaysMax = 60;

bool has_reason(FilingEventKind kind) {
  return kind == FilingEventKind::objected || kind == FilingEventKind::suspended ||
         kind == FilingEventKind::revoked || kind == FilingEventKind::cancelled;
}

bool grants_validity(FilingEventKind kind) {
  return kind == FilingEventKind::filed || kind == FilingEventKind::renewed;
}

void read_scope(JsonObject& object, FilingEvent& event) {
  std::vector<JsonObject> lines = object.objects("scope");
  if (lines.size() > limits::kScopeLinesMax) {
    object.fail(
        {ErrorCode::too_large,
         "scope",
         {"A filing has at most 500 scope lines; split it.", "一次申报最多 500 项，请拆分申报。"}});
    return;
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ScopeLine line;
    read_subject(lines[i], line);
    finish_within(object, lines[i], "scope[" + std::to_string(i) + "]");
    event.scope.push_back(std::move(line));
  }
}

void read_notice(JsonObject& object, FilingEvent& event) {
  const std::int64_t days = object.integer("notice_working_days");
  if (days < 1 || days > kNoticeWorkingDaysMax) {
    object.fail(invalid("notice_working_days", "A notice period has 1 to 60 working days.",
                        "公示期为 1 至 60 个工作日。"));
    return;
  }
  event.notice_working_days = static_cast<int>(days);
  const std::string_view start = object.optional_string("notice_start").value_or("excluded");
  if (start != "excluded" && start != "included") {
    object.fail(invalid("notice_start", "The first day is \"excluded\" or \"included\".",
                        "公示首日须为 excluded（不计入）或 included（计入）。"));
  }
  event.notice_start = start == "included" ? PeriodStart::included : PeriodStart::excluded;
}

}  // namespace

std::string_view code(FilingEventKind kind) {
  return kCodes[static_cast<std::size_t>(kind) - 1];
}

std::optional<FilingEventKind> filing_event_kind_from_code(std::string_view code) {
  const auto found = std::find(kCodes.begin(), kCodes.end(), code);
  if (found == kCodes.end()) return std::nullopt;
  return static_cast<FilingEventKind>(found - kCodes.begin() + 1);
}

void write_members(JsonWriter& json, const FilingEvent& event) {
  json.member("filing", event.filing).member("institution", event.institution.text());
  if (event.kind == FilingEventKind::notice_opened) {
    const bool is_included = event.notice_start == PeriodStart::included;
    json.member("notice_start", is_included ? "included" : "excluded");
    json.member("notice_working_days", std::int64_t{event.notice_working_days});
  }
  json.member("on", event.on.text());
  json.optional_member("reason", event.reason);
  json.optional_member("receipt", event.receipt);
  if (!event.scope.empty()) {
    json.key("scope").begin_array();
    for (const ScopeLine& line : event.scope) {
      json.begin_object();
      write_subject(json, line);
      json.end_object();
    }
    json.end_array();
  }
  if (!grants_validity(event.kind)) return;
  json.member("valid_from", event.valid_from.text()).member("valid_to", event.valid_to.text());
}

void write_body(JsonWriter& json, const FilingEvent& event) {
  write_object(json, event);
}

Result<FilingEvent> read_filing_event(FilingEventKind kind, JsonObject& object) {
  FilingEvent event;
  event.kind = kind;
  event.filing = read_required_text(object, "filing", limits::kFilingIdBytesMax);
  event.institution = take(object, CreditCode::accept(object.string("institution"), "institution"));
  event.on = read_date(object, "on");
  if (has_reason(kind)) event.reason = read_text(object, "reason");
  if (kind == FilingEventKind::submitted) read_scope(object, event);
  if (kind == FilingEventKind::notice_opened) read_notice(object, event);
  if (kind == FilingEventKind::filed) {
    event.receipt = read_required_text(object, "receipt", limits::kFilingIdBytesMax);
  }
  if (grants_validity(kind)) {
    event.valid_from = read_date(object, "valid_from");
    event.valid_to = read_date(object, "valid_to");
  }
  return result_of(object, std::move(event));
}

std::string_view Filing::receipt() const {
  for (const RecordedFilingEvent& recorded : events) {
    if (recorded.event.kind == FilingEventKind::filed) return recorded.event.receipt;
  }
  return {};
}

}  // namespace chayan
