#include "api/catalog_page.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "api/address.h"
#include "api/find_catalog_items.h"
#include "api/page.h"
#include "api/page_words.h"
#include "base/limits.h"

namespace chayan::api {
namespace {

constexpr std::string_view kByOccupation = "occupation";

// Whether the occupations lead.
bool read_direction(Fields& fields) {
  const auto by = fields.text("by", limits::kQueryTextBytesMax);
  if (!by || *by == "certificate") return false;
  if (*by != kByOccupation) {
    fields.fail(
        invalid("by", "Use certificate or occupation.", "请使用 certificate 或 occupation。"));
  }
  return true;
}

PageData row_data(const CatalogItem& item) {
  PageData row = item_data(item);
  row.set("find", Address("/institutions", {}).with("item", item.id.text()).text());
  return row;
}

// One table for each list.
PageData by_certificate(const std::vector<CatalogItem>& items) {
  PageData tables(PageData::type::list);
  for (const CatalogList list : {CatalogList::foreign, CatalogList::dual}) {
    PageData rows(PageData::type::list);
    bool any = false;
    for (const CatalogItem& item : items) {
      if (item.id.list != list) continue;
      rows.push_back(row_data(item));
      any = true;
    }
    if (!any) continue;
    PageData table;
    set_message(table, "name", list_name(list));
    table.set("rows", rows);
    tables.push_back(table);
  }
  return tables;
}

// One group for each occupation and level, with the certificates that lead to it.
PageData by_occupation(std::vector<CatalogItem> items) {
  const auto subject = [](const CatalogItem& item) {
    return std::tuple(item.occupation, item.work_type, item.level);
  };
  std::stable_sort(items.begin(), items.end(), [&](const CatalogItem& a, const CatalogItem& b) {
    return subject(a) < subject(b);
  });
  PageData groups(PageData::type::list);
  for (auto at = items.begin(); at != items.end();) {
    PageData group = item_data(*at);
    PageData rows(PageData::type::list);
    const auto of_group = subject(*at);
    for (; at != items.end() && subject(*at) == of_group; ++at) rows.push_back(row_data(*at));
    group.set("rows", rows);
    groups.push_back(group);
  }
  return groups;
}

}  // namespace

Result<void> answer_catalog_page(const Call& call, http::Response& response) {
  const index::Reader reader = reader_of(call);
  const Address address("/catalog", call.fields.parameters());
  const bool is_by_occupation = read_direction(call.fields);
  auto input = FindCatalogItems::parse(call, reader);
  if (!input) return input.error();
  auto output = FindCatalogItems::handle(reader, *input);
  if (!output) return output.error();

  PageData data = page_data(Section::find, {"Catalog of equivalences", "比照认定目录"});
  data.set("on", input->on.text());
  data.set("form_q", std::string(address.value("q")));
  data.set("form_on", std::string(address.value("on")));
  data.set("by_occupation", is_by_occupation);
  data.set("certificate_address", address.without("by").text());
  data.set("occupation_address", address.with("by", kByOccupation).text());
  data.set("any", !output->items.empty());
  if (is_by_occupation) {
    data.set("groups", by_occupation(std::move(output->items)));
  } else {
    data.set("tables", by_certificate(output->items));
  }
  render_page(call, "catalog.html", data, response);
  return {};
}

}  // namespace chayan::api
