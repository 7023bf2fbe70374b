#include "api/institutions_page.h"

#include "api/find_institutions.h"
#include "api/page.h"
#include "base/json_reader.h"
#include "http/query.h"

namespace chayan::api {
namespace {

std::string state_name(FilingState state) {
  switch (state) {
    case FilingState::effective:
      return "有效 Effective";
    case FilingState::in_procedure:
      return "办理中 In procedure";
    case FilingState::not_yet_valid:
      return "尚未生效 Not yet valid";
    case FilingState::suspended:
      return "暂停 Suspended";
    case FilingState::expired:
      return "已到期 Expired";
    case FilingState::revoked:
      return "已撤销 Revoked";
    case FilingState::cancelled:
      return "已注销 Cancelled";
    case FilingState::unknown:
      break;
  }
  return "未登记 Unknown";
}

// A row's JSON lacks its closing brace.
Result<JsonObject> read_row(JsonParser& parser, const std::string& open_object) {
  return parser.parse_object(open_object + "}");
}

Result<PageData> offering_data(const index::Offering& offering, Date on, JsonParser& parser) {
  auto object = read_row(parser, offering.json);
  if (!object) return corrupt("an offering row is no JSON");
  PageData data;
  for (const std::string_view name : {"occupation_name", "work_type", "level_name", "receipt"}) {
    data.set(std::string(name), std::string(object->optional_string(name).value_or("")));
  }
  data.set("has_work_type", !offering.work_type.empty());
  const TimelineStep* step = step_on(offering.timeline, on);
  data.set("state", state_name(step == nullptr ? FilingState::unknown : step->state));
  const bool valid = step != nullptr && step->validity.has_value();
  data.set("has_validity", valid);
  data.set("valid_from", valid ? step->validity->from.text() : std::string());
  data.set("valid_to", valid ? step->validity->to.text() : std::string());
  return data;
}

Result<PageData> institution_data(const index::ListedInstitution& listed, Date on) {
  thread_local JsonParser parser;
  auto object = read_row(parser, listed.record.institution_json);
  if (!object) return corrupt("an offering row is no JSON");
  PageData data;
  for (const std::string_view name :
       {"name", "credit_code", "address", "service_phone", "service_address", "website"}) {
    const std::string value(object->optional_string(name).value_or(""));
    data.set("has_" + std::string(name), !value.empty());
    data.set(std::string(name), value);
  }
  PageData offerings(PageData::type::list);
  for (const std::size_t i : listed.offerings) {
    auto offering = offering_data(listed.record.offerings[i], on, parser);
    if (!offering) return offering.error();
    offerings.push_back(*offering);
  }
  data.set("offerings", offerings);
  return data;
}

std::string next_page_address(const Fields& fields, const std::string& cursor) {
  std::string address = "/institutions?";
  for (const http::QueryParameter& parameter : fields.parameters()) {
    if (parameter.name == "cursor") continue;
    address += parameter.name + "=" + http::percent_encode(parameter.value) + "&";
  }
  return address + "cursor=" + cursor;
}

void keep_form_values(PageData& data, Fields& fields) {
  for (const http::QueryParameter& parameter : fields.parameters()) {
    data.set("form_" + parameter.name, parameter.value);
  }
}

}  // namespace

Result<void> answer_institutions_page(const Call& call, http::Response& response) {
  const index::Reader reader = reader_of(call);
  const auto input = FindInstitutions::parse(call, reader);
  if (!input) return input.error();
  const auto output = FindInstitutions::handle(reader, *input);
  if (!output) return output.error();

  PageData data;
  PageData institutions(PageData::type::list);
  for (const index::ListedInstitution& listed : output->page.institutions) {
    auto institution = institution_data(listed, input->query.on);
    if (!institution) return institution.error();
    institutions.push_back(*institution);
  }
  const std::string cursor = next_cursor(call, *input, *output);
  data.set("title", "评价机构查询结果");
  data.set("on", input->query.on.text());
  data.set("any", !output->page.institutions.empty());
  data.set("institutions", institutions);
  data.set("has_next", !cursor.empty());
  data.set("next", next_page_address(call.fields, cursor));
  keep_form_values(data, call.fields);
  data.set("levels", level_options(input->query.level ? code(*input->query.level) : ""));
  render_page(call.environment, "institutions.html", std::move(data), response.body);
  return {};
}

}  // namespace chayan::api
