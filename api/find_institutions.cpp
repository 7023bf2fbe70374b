#include "api/find_institutions.h"

#include <array>

#include "api/cursor.h"
#include "api/environment.h"
#include "api/json_forms.h"
#include "api/occupation_query.h"
#include "base/limits.h"

namespace chayan::api {
namespace {

constexpr std::string_view kAny = "any";
constexpr std::array kStates = {FilingState::effective,     FilingState::in_procedure,
                                FilingState::not_yet_valid, FilingState::suspended,
                                FilingState::expired,       FilingState::revoked,
                                FilingState::cancelled};

void read_status(Fields& fields, index::OfferingQuery& query) {
  const auto status = fields.text("status", limits::kQueryTextBytesMax);
  if (!status) return;
  if (*status == kAny) {
    query.any_state = true;
    return;
  }
  for (const FilingState state : kStates) {
    if (code(state) == *status) {
      query.state = state;
      return;
    }
  }
  std::string known;
  for (const FilingState state : kStates) known += std::string(code(state)) + ", ";
  fields.fail(invalid("status", "Use one of: " + known + "any.", "请使用：" + known + "any。"));
}

// The cursor's day counts where the query leaves the day open: a list begun today stays on it.
void continue_from_cursor(const Call& call, FindInstitutions::Input& input) {
  const auto text = call.fields.text("cursor", limits::kTargetBytesMax);
  if (!text) return;
  const Services& services = call.environment.services;
  const auto cursor = read_cursor(services.store.keyring().cursor_key, input.canonical, *text,
                                  services.clock.now());
  if (!cursor) {
    call.fields.fail(cursor.error());
    return;
  }
  input.query.on = cursor->on;
  input.position = cursor->position;
}

void write_offering(JsonWriter& json, const index::Offering& offering, Date on) {
  const TimelineStep* step = step_on(offering.timeline, on);
  const auto validity = step == nullptr ? std::nullopt : step->validity;
  json.resume_object(offering.json)
      .member("state", code(step == nullptr ? FilingState::unknown : step->state));
  nullable_member(json, "valid_from", validity ? validity->from.text() : "");
  nullable_member(json, "valid_to", validity ? validity->to.text() : "");
  json.end_object();
}

void write_institution(JsonWriter& json, const index::ListedInstitution& listed, Date on) {
  json.resume_object(listed.record.institution_json).key("offerings").begin_array();
  for (const std::size_t i : listed.offerings) {
    write_offering(json, listed.record.offerings[i], on);
  }
  json.end_array().end_object();
}

}  // namespace

Result<FindInstitutions::Input> FindInstitutions::parse(const Call& call,
                                                        const index::Reader& reader) {
  Fields& fields = call.fields;
  Input input;
  auto occupation = read_occupation_query(fields, reader);
  if (!occupation) return occupation.error();
  if (occupation->occupation) input.query.occupation = occupation->occupation->code;
  input.query.work_type = std::move(occupation->work_type);
  input.query.level = fields.parsed("level", parse_skill_level);
  input.query.region = fields.parsed("region", RegionCode::parse).value_or(RegionCode());
  input.query.list = fields.parsed("list", parse_catalog_list);
  input.query.item = fields.parsed("item", CatalogItemId::parse);
  input.query.text = fields.text("q", limits::kQueryTextBytesMax).value_or("");
  read_status(fields, input.query);
  input.query.on = fields.parsed("on", Date::parse).value_or(call.today);
  input.limit = fields.count("limit", limits::kPageItemsMax).value_or(limits::kPageItemsDefault);
  input.canonical = "institutions\n" + fields.canonical();
  continue_from_cursor(call, input);
  if (const auto finished = fields.finish(); !finished) return finished.error();
  return input;
}

Result<FindInstitutions::Output> FindInstitutions::handle(const index::Reader& reader,
                                                          const Input& input) {
  const auto head = reader.head();
  if (!head) return head.error();
  auto page = reader.offerings(input.query, input.limit, input.position);
  if (!page) return page.error();
  return Output{std::move(*page), head->size};
}

std::string next_cursor(const Call& call, const FindInstitutions::Input& input,
                        const FindInstitutions::Output& output) {
  if (output.page.next_position.empty()) return {};
  const Services& services = call.environment.services;
  return issue_cursor(services.store.keyring().cursor_key, input.canonical,
                      {input.query.on, output.page.next_position}, services.clock.now());
}

void FindInstitutions::write(JsonWriter& json, const Call& call, const Input& input,
                             const Output& output) {
  json.begin_object().key("items").begin_array();
  for (const index::ListedInstitution& institution : output.page.institutions) {
    write_institution(json, institution, input.query.on);
  }
  json.end_array();
  nullable_member(json, "next_cursor", next_cursor(call, input, output));
  json.member("on", input.query.on.text())
      .member("seq", static_cast<std::int64_t>(output.seq))
      .end_object();
}

}  // namespace chayan::api
