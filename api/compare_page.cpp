#include "api/compare_page.h"

#include <algorithm>
#include <vector>

#include "api/address.h"
#include "api/compared.h"
#include "api/institution_card.h"
#include "api/page.h"
#include "api/page_words.h"
#include "api/scope_rows.h"
#include "api/show_institution.h"

namespace chayan::api {
namespace {

using Columns = std::vector<index::InstitutionRecord>;

Result<Columns> read_columns(const index::Reader& reader, const Compared& codes) {
  Columns columns;
  columns.reserve(codes.size());
  for (const CreditCode& code : codes) {
    auto record = require_institution(reader, code);
    if (!record) return record.error();
    columns.push_back(std::move(*record));
  }
  return columns;
}

PageData heads(const Columns& columns, const Compared& codes) {
  PageData list(PageData::type::list);
  for (const index::InstitutionRecord& column : columns) {
    const Institution& institution = column.institution;
    PageData one;
    one.set("name", institution.name);
    one.set("credit_code", std::string(institution.credit_code.text()));
    one.set("without", Address("/compare", {})
                           .with("codes", joined(without(codes, institution.credit_code)))
                           .text());
    list.push_back(one);
  }
  return list;
}

PageData fact(const Columns& columns, const Message& label,
              Message (*value)(const Institution& institution)) {
  PageData cells(PageData::type::list);
  for (const index::InstitutionRecord& column : columns) {
    PageData cell;
    Message text = value(column.institution);
    if (text.en.empty()) text = {"—", "—"};
    set_message(cell, "text", text);
    set_optional(cell, "tel", telephone_address(text.en));
    cells.push_back(cell);
  }
  PageData row;
  set_message(row, "label", label);
  row.set("cells", cells);
  return row;
}

PageData facts(const Columns& columns) {
  PageData rows(PageData::type::list);
  rows.push_back(fact(columns, {"District", "所在区"},
                      [](const Institution& i) { return region_name(i.region); }));
  rows.push_back(fact(columns, {"Service telephone", "业务受理电话"}, [](const Institution& i) {
    return Message{i.service_phone, i.service_phone};
  }));
  rows.push_back(fact(columns, {"Service address", "业务受理地址"}, [](const Institution& i) {
    return Message{i.service_address, i.service_address};
  }));
  rows.push_back(
      fact(columns, {"Kind", "机构性质"}, [](const Institution& i) { return kind_name(i.kind); }));
  return rows;
}

bool is_same_subject(const ScopeRow& a, const ScopeRow& b) {
  return a.item == b.item && a.occupation == b.occupation && a.work_type == b.work_type &&
         a.level == b.level;
}

// Everything that any of them filed for, each once.
std::vector<ScopeRow> subjects(const Columns& columns, std::span<const CatalogItem> items,
                               Date on) {
  std::vector<ScopeRow> all;
  for (const index::InstitutionRecord& column : columns) {
    for (ScopeRow& row : scope_rows(column.filings, items, on)) {
      const bool known = std::any_of(all.begin(), all.end(), [&](const ScopeRow& other) {
        return is_same_subject(row, other);
      });
      if (!known) all.push_back(std::move(row));
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const ScopeRow& a, const ScopeRow& b) {
    return a.occupation < b.occupation;
  });
  return all;
}

Result<PageData> verdict(const index::Reader& reader, const CreditCode& code, const ScopeRow& row,
                         Date on) {
  Subject subject;
  if (row.item != nullptr) {
    subject.item = row.item->id;
  } else {
    subject.occupation = row.occupation;
    subject.work_type = row.work_type;
    subject.level = row.level;
  }
  const auto decision = reader.decide(code, subject, on);
  if (!decision) return decision.error();
  const Entitlement& entitlement = decision->entitlement;
  PageData cell;
  cell.set("holds", entitlement.holds());
  set_message(cell, "why", sentence(entitlement.reason));
  const auto validity =
      entitlement.filing == nullptr ? std::nullopt : validity_on(*entitlement.filing, on);
  cell.set("to", validity ? validity->to.text() : std::string());
  return cell;
}

Result<PageData> scope(const index::Reader& reader, const Columns& columns,
                       std::span<const CatalogItem> items, Date on) {
  PageData rows(PageData::type::list);
  for (const ScopeRow& subject : subjects(columns, items, on)) {
    PageData cells(PageData::type::list);
    for (const index::InstitutionRecord& column : columns) {
      auto cell = verdict(reader, column.institution.credit_code, subject, on);
      if (!cell) return cell.error();
      cells.push_back(*cell);
    }
    PageData row;
    row.set("occupation_text", subject.occupation_text);
    set_message(row, "level_name", level_name(subject.level));
    row.set("has_item", subject.item != nullptr);
    if (subject.item != nullptr) row.set("certificate", subject.item->certificate);
    row.set("cells", cells);
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

Result<void> answer_compare_page(const Call& call, http::Response& response) {
  const index::Reader reader = reader_of(call);
  const Compared codes = read_compared(call.fields, "codes");
  const Date on = call.fields.parsed("on", Date::parse).value_or(call.today);
  if (auto finished = call.fields.finish(); !finished) return finished;
  const auto columns = read_columns(reader, codes);
  if (!columns) return columns.error();
  const auto items = reader.catalog_on(on);
  if (!items) return items.error();
  const auto rows = scope(reader, *columns, *items, on);
  if (!rows) return rows.error();

  PageData data = page_data(Section::find, {"Compare institutions", "比较机构"});
  data.set("on", on.text());
  data.set("codes", joined(codes));
  data.set("columns", heads(*columns, codes));
  data.set("span", std::to_string(std::max<std::size_t>(columns->size(), 1)));
  data.set("any", !columns->empty());
  data.set("needs_another", columns->size() < 2);
  data.set("facts", facts(*columns));
  data.set("scope", *rows);
  data.set("choose", Address("/institutions", {}).with("compare", joined(codes)).text());
  render_page(call, "compare.html", data, response);
  return {};
}

}  // namespace chayan::api
