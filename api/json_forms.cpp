#include "api/json_forms.h"

namespace chayan::api {

std::string open_institution(const Institution& institution) {
  std::string out;
  JsonWriter json(out);
  write_body(json, institution);
  out.pop_back();
  return out;
}

void nullable_member(JsonWriter& json, JsonKey name, std::string_view text) {
  json.key(name);
  if (text.empty()) {
    json.null();
  } else {
    json.string(text);
  }
}

void write_catalog_item(JsonWriter& json, const CatalogItem& item, bool in_force) {
  json.begin_object()
      .member("item", item.id.text())
      .member("list", code(item.id.list))
      .member("batch", item.id.batch)
      .member("row", item.id.row)
      .member("document", item.document)
      .optional_member("country", item.country)
      .member("awarding_body", item.awarding_body)
      .optional_member("awarding_body_en", item.awarding_body_en)
      .optional_member("awarding_body_abbreviation", item.awarding_body_abbreviation)
      .member("certificate", item.certificate)
      .optional_member("certificate_en", item.certificate_en)
      .optional_member("standard", item.standard)
      .member("occupation", item.occupation.text())
      .member("occupation_name", item.occupation_name)
      .optional_member("work_type", item.work_type)
      .member("level", code(item.level))
      .member("level_name", name_zh(item.level))
      .member("effective_from", item.effective_from.text());
  nullable_member(json, "withdrawn_on", item.withdrawn_on ? item.withdrawn_on->text() : "");
  json.key("in_force").boolean(in_force).end_object();
}

void write_occupation(JsonWriter& json, const Occupation& occupation) {
  json.begin_object()
      .member("code", occupation.code.text())
      .member("name", occupation.name)
      .optional_member("name_en", occupation.name_en);
  json.key("work_types").begin_array();
  for (const std::string& work_type : occupation.work_types) json.string(work_type);
  json.end_array().optional_member("source", occupation.source).end_object();
}

void write_scope_line(JsonWriter& json, const ScopeLine& line) {
  json.begin_object()
      .member("occupation", line.occupation.text())
      .member("occupation_name", line.occupation_name)
      .optional_member("work_type", line.work_type)
      .member("level", code(line.level))
      .member("level_name", name_zh(line.level));
  if (line.item) json.member("item", line.item->text());
  json.end_object();
}

void write_filing(JsonWriter& json, const Filing& filing, Date on) {
  const auto validity = validity_on(filing, on);
  json.begin_object().member("filing", filing.id).member("state", code(state_on(filing, on)));
  nullable_member(json, "receipt", validity ? filing.receipt() : "");
  nullable_member(json, "valid_from", validity ? validity->from.text() : "");
  nullable_member(json, "valid_to", validity ? validity->to.text() : "");
  json.key("scope").begin_array();
  for (const ScopeLine& line : filing.scope()) write_scope_line(json, line);
  json.end_array().end_object();
}

void write_entitlement(JsonWriter& json, const Entitlement& entitlement, Date on,
                       Language language) {
  json.begin_object().key("authorized").boolean(entitlement.holds());
  json.member("on", on.text())
      .member("reason", code(entitlement.reason))
      .member("sentence", in(language, sentence(entitlement.reason)));
  json.key("filing");
  if (entitlement.filing == nullptr) {
    json.null();
  } else {
    const auto validity = validity_on(*entitlement.filing, on);
    json.begin_object().member("filing", entitlement.filing->id);
    nullable_member(json, "receipt", validity ? entitlement.filing->receipt() : "");
    nullable_member(json, "valid_from", validity ? validity->from.text() : "");
    nullable_member(json, "valid_to", validity ? validity->to.text() : "");
    json.end_object();
  }
  nullable_member(json, "item", entitlement.item == nullptr ? "" : entitlement.item->id.text());
  json.end_object();
}

}  // namespace chayan::api
