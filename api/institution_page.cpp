#include "api/institution_page.h"

#include <algorithm>
#include <span>
#include <vector>

#include "api/address.h"
#include "api/filing_timeline.h"
#include "api/institution_card.h"
#include "api/page.h"
#include "api/page_words.h"
#include "api/scope_rows.h"
#include "api/show_institution.h"

namespace chayan::api {
namespace {

// A text that a browser can open; others are names of accounts.
bool is_web_address(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

// One plain address. A '?' would let it fill in more of a letter than whom it goes to.
bool is_mail_address(std::string_view text) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '+' || c == '-' || c == '@';
  };
  const std::size_t at = text.find('@');
  return at != 0 && at != text.npos && at + 1 < text.size() && at == text.rfind('@') &&
         std::all_of(text.begin(), text.end(), is_plain);
}

void set_public_fields(const Institution& institution, PageData& data) {
  data.set("name", institution.name);
  data.set("credit_code", std::string(institution.credit_code.text()));
  data.set("code_checks", institution.credit_code.checks_hold());
  set_message(data, "kind", kind_name(institution.kind));
  data.set("has_region", !institution.region.text().empty());
  set_message(data, "region", region_name(institution.region));
  set_optional(data, "address", institution.address);
  set_optional(data, "registration_authority", institution.registration_authority);
  set_optional(data, "national_filing_number", institution.national_filing_number);
  set_optional(data, "service_phone", institution.service_phone);
  set_optional(data, "service_tel", telephone_address(institution.service_phone));
  set_optional(data, "supervision_phone", institution.supervision_phone);
  set_optional(data, "supervision_tel", telephone_address(institution.supervision_phone));
  set_optional(data, "service_address", institution.service_address);
  set_optional(data, "service_email", institution.service_email);
  data.set("is_mail_address", is_mail_address(institution.service_email));
  set_optional(data, "website", institution.website);
  data.set("is_web_address", is_web_address(institution.website));
}

// The answer in one sentence: may it assess anything on that day?
Message standing(std::span<const ScopeRow> rows, Date on) {
  const auto effective = std::count_if(rows.begin(), rows.end(), [](const ScopeRow& row) {
    return row.state == FilingState::effective;
  });
  const std::string day = on.text();
  if (effective > 0) {
    const std::string count = std::to_string(effective);
    return {"On " + day + " it is filed for " + count + (effective == 1 ? " item." : " items."),
            day + " 备案有效，可评价 " + count + " 项。"};
  }
  if (rows.empty()) {
    return {"No filing of it is recorded.", "没有该机构的备案记录。"};
  }
  const Message state = state_name(rows.front().state);
  return {"On " + day + " it may not assess: " + state.en + ".",
          day + " 不能评价：" + state.zh + "。"};
}

PageData events_data(const Filing& filing) {
  PageData events(PageData::type::list);
  for (const RecordedFilingEvent& recorded : filing.events) {
    const FilingEvent& event = recorded.event;
    PageData row;
    row.set("on", event.on.text());
    set_message(row, "name", event_name(event.kind));
    set_optional(row, "reason", event.reason);
    set_optional(row, "receipt", event.receipt);
    const bool grants =
        event.kind == FilingEventKind::filed || event.kind == FilingEventKind::renewed;
    row.set("grants", grants);
    row.set("valid_from", event.valid_from.text());
    row.set("valid_to", event.valid_to.text());
    events.push_back(row);
  }
  return events;
}

PageData filings_data(const std::vector<Filing>& filings, Date on, Date today) {
  const Axis axis = axis_of(filings, on, today);
  PageData list(PageData::type::list);
  for (const Filing& filing : filings) {
    PageData one = timeline_data(filing, axis, on);
    one.set("filing", filing.id);
    set_optional(one, "receipt", filing.receipt());
    const FilingState state = state_on(filing, on);
    one.set("tone", std::string(tone(state)));
    set_message(one, "state", state_name(state));
    one.set("events", events_data(filing));
    list.push_back(one);
  }
  return list;
}

}  // namespace

Result<void> answer_institution_page(const Call& call, http::Response& response) {
  const index::Reader reader = reader_of(call);
  const auto input = ShowInstitution::parse(call, reader);
  if (!input) return input.error();
  const auto output = ShowInstitution::handle(reader, *input);
  if (!output) return output.error();
  const auto items = reader.catalog_on(input->on);
  if (!items) return items.error();

  const index::InstitutionRecord& record = output->record;
  const std::vector<ScopeRow> rows = scope_rows(record.filings, *items, input->on);
  PageData data = page_data(Section::find, {record.institution.name, record.institution.name});
  set_public_fields(record.institution, data);
  set_message(data, "standing", standing(rows, input->on));
  data.set("tone", std::string(rows.empty() ? "wait" : tone(rows.front().state)));
  data.set("on", input->on.text());
  data.set("rows", scope_data(rows));
  data.set("has_rows", !rows.empty());
  data.set("filings", filings_data(record.filings, input->on, call.today));
  data.set("has_filings", !record.filings.empty());
  data.set("compare",
           Address("/compare", {}).with("codes", record.institution.credit_code.text()).text());
  render_page(call, "institution.html", data, response);
  return {};
}

}  // namespace chayan::api
