#include "domain/catalog.h"

#include <charconv>

#include "base/limits.h"
#include "domain/members.h"

namespace chayan {
namespace {

// A number from 1 to 65535 without leading zeros.
std::optional<std::uint16_t> ordinal(std::string_view text) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '0') {
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::string_view code(CatalogList list) {
  return list == CatalogList::foreign ? "foreign" : "dual";
}

Result<CatalogList> parse_catalog_list(std::string_view text, std::string_view field) {
  if (text == "foreign") return CatalogList::foreign;
  if (text == "dual") return CatalogList::dual;
  return invalid(std::string(field), "The list is \"foreign\" or \"dual\".",
                 "目录为 foreign（国（境）外）或 dual（一试双证）。");
}

Result<CatalogItemId> CatalogItemId::parse(std::string_view text, std::string_view field) {
  const std::size_t first = text.find('/');
  const std::size_t second = first == text.npos ? text.npos : text.find('/', first + 1);
  if (second != text.npos) {
    const auto list = parse_catalog_list(text.substr(0, first), field);
    const auto batch = ordinal(text.substr(first + 1, second - first - 1));
    const auto row = ordinal(text.substr(second + 1));
    if (list && batch && row) return CatalogItemId{*list, *batch, *row};
  }
  return invalid(std::string(field), "Write the item as list/batch/row, such as foreign/1/3.",
                 "目录项目请写作“目录/批次/序号”，例如 foreign/1/3。");
}

std::string CatalogItemId::text() const {
  return std::string(code(list)) + "/" + std::to_string(batch) + "/" + std::to_string(row);
}

const CatalogItem* version_in_force(const std::vector<CatalogItem>& versions, Date day) {
  const CatalogItem* latest = nullptr;
  for (const CatalogItem& version : versions) {
    if (version.effective_from <= day) latest = &version;
  }
  return latest != nullptr && latest->in_force(day) ? latest : nullptr;
}

void write_members(JsonWriter& json, const CatalogItem& item) {
  json.member("awarding_body", item.awarding_body);
  json.optional_member("awarding_body_abbreviation", item.awarding_body_abbreviation);
  json.optional_member("awarding_body_en", item.awarding_body_en);
  json.member("certificate", item.certificate);
  json.optional_member("certificate_en", item.certificate_en);
  json.optional_member("country", item.country);
  json.member("document", item.document);
  json.member("effective_from", item.effective_from.text());
  json.member("id", item.id.text());
  json.member("level", code(item.level));
  json.member("occupation", item.occupation.text());
  json.member("occupation_name", item.occupation_name);
  json.optional_member("standard", item.standard);
  if (item.withdrawn_on) json.member("withdrawn_on", item.withdrawn_on->text());
  json.optional_member("work_type", item.work_type);
}

void write_body(JsonWriter& json, const CatalogItem& item) {
  write_object(json, item);
}

Result<CatalogItem> read_catalog_item(JsonObject& object) {
  CatalogItem item;
  item.id = take(object, CatalogItemId::parse(object.string("id"), "id"));
  item.document = read_required_text(object, "document", limits::kNameBytesMax);
  item.country = read_text(object, "country", limits::kNameBytesMax);
  item.awarding_body = read_required_text(object, "awarding_body", limits::kNameBytesMax);
  item.awarding_body_en = read_text(object, "awarding_body_en", limits::kNameBytesMax);
  item.awarding_body_abbreviation =
      read_text(object, "awarding_body_abbreviation", limits::kNameBytesMax);
  item.certificate = read_required_text(object, "certificate", limits::kNameBytesMax);
  item.certificate_en = read_text(object, "certificate_en", limits::kNameBytesMax);
  item.standard = read_text(object, "standard", limits::kNameBytesMax);
  item.occupation = take(object, OccupationCode::parse(object.string("occupation")));
  item.occupation_name = read_required_text(object, "occupation_name", limits::kNameBytesMax);
  item.work_type = read_text(object, "work_type", limits::kNameBytesMax);
  item.level = take(object, parse_skill_level(object.string_or_integer("level")));
  item.effective_from = read_date(object, "effective_from");
  if (const auto withdrawn = object.optional_string("withdrawn_on")) {
    item.withdrawn_on = take(object, Date::parse(*withdrawn, "withdrawn_on"));
    if (*item.withdrawn_on <= item.effective_from) {
      object.fail(invalid("withdrawn_on", "An item is withdrawn after it took effect.",
                          "退出日期须晚于生效日期。"));
    }
  }
  return result_of(object, std::move(item));
}

}  // namespace chayan
