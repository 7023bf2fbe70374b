#include "api/page_words.h"

#include <array>
#include <string>

namespace chayan::api {
namespace {

PageData option(std::string_view value, std::string name, std::string_view chosen) {
  PageData made;
  made.set("value", std::string(value));
  made.set("name", std::move(name));
  made.set("selected", value == chosen);
  return made;
}

}  // namespace

Message state_name(FilingState state) {
  switch (state) {
    case FilingState::effective:
      return {"Filed and in force", "备案有效"};
    case FilingState::in_procedure:
      return {"Not filed yet", "备案办理中"};
    case FilingState::not_yet_valid:
      return {"Filed, not yet in force", "已备案，尚未生效"};
    case FilingState::suspended:
      return {"Suspended", "已暂停"};
    case FilingState::expired:
      return {"Expired", "已到期"};
    case FilingState::revoked:
      return {"Revoked", "已撤销"};
    case FilingState::cancelled:
      return {"Cancelled", "已注销"};
    case FilingState::unknown:
      break;
  }
  return {"Nothing recorded by then", "当日尚无记录"};
}

Message filing_sentence(FilingState state, const std::optional<ValidityPeriod>& validity) {
  const std::string from = validity ? validity->from.text() : std::string();
  const std::string to = validity ? validity->to.text() : std::string();
  switch (state) {
    case FilingState::effective:
      return {"Filed until " + to + " for:", "备案有效至 " + to + "，可评价："};
    case FilingState::not_yet_valid:
      return {"Filed, in force from " + from + ", for:", "已备案，" + from + " 起生效："};
    case FilingState::in_procedure:
      return {"Applied for and not filed yet:", "备案办理中，尚不能评价："};
    case FilingState::suspended:
      return {"Suspended for:", "备案已暂停，暂不能评价："};
    case FilingState::expired:
      return {"The filing ended on " + to + " for:", "备案已于 " + to + " 到期，不能再评价："};
    case FilingState::revoked:
      return {"The filing was revoked for:", "备案已撤销，不能再评价："};
    case FilingState::cancelled:
      return {"The filing was cancelled for:", "备案已注销，不能再评价："};
    case FilingState::unknown:
      break;
  }
  return {"Nothing was recorded by that day for:", "当日尚无备案记录："};
}

std::string_view tone(FilingState state) {
  switch (state) {
    case FilingState::effective:
      return "good";
    case FilingState::suspended:
    case FilingState::expired:
      return "warn";
    case FilingState::revoked:
    case FilingState::cancelled:
      return "bad";
    case FilingState::in_procedure:
    case FilingState::not_yet_valid:
    case FilingState::unknown:
      break;
  }
  return "wait";
}

Message event_name(FilingEventKind kind) {
  switch (kind) {
    case FilingEventKind::submitted:
      return {"Submitted", "申报"};
    case FilingEventKind::accepted:
      return {"Accepted", "受理"};
    case FilingEventKind::assessed:
      return {"Assessed", "机构评估"};
    case FilingEventKind::notice_opened:
      return {"Public notice opened", "公示"};
    case FilingEventKind::objected:
      return {"Objection made", "异议"};
    case FilingEventKind::filed:
      return {"Filed", "备案"};
    case FilingEventKind::reported:
      return {"Reported", "报备"};
    case FilingEventKind::published:
      return {"Announced", "公布"};
    case FilingEventKind::suspended:
      return {"Suspended", "暂停"};
    case FilingEventKind::resumed:
      return {"Resumed", "恢复"};
    case FilingEventKind::revoked:
      return {"Revoked", "撤销"};
    case FilingEventKind::cancelled:
      return {"Cancelled", "注销"};
    case FilingEventKind::renewed:
      break;
  }
  return {"Renewed", "延续"};
}

Message kind_name(InstitutionKind kind) {
  const std::string zh(name_zh(kind));
  switch (kind) {
    case InstitutionKind::central_enterprise_branch:
      return {"Branch of a central state enterprise", zh};
    case InstitutionKind::municipal_enterprise:
      return {"Municipal enterprise", zh};
    case InstitutionKind::district_enterprise:
      return {"District enterprise", zh};
    case InstitutionKind::social_organisation:
      return {"Association", zh};
    case InstitutionKind::private_non_enterprise:
      return {"Private non-enterprise body", zh};
    case InstitutionKind::higher_college:
      return {"College", zh};
    case InstitutionKind::secondary_school:
      return {"Secondary vocational school", zh};
    case InstitutionKind::other:
      break;
  }
  return {"Other", zh};
}

Message list_name(CatalogList list) {
  if (list == CatalogList::foreign) return {"Foreign certificates", "国（境）外证书"};
  return {"One exam, two certificates", "一试双证"};
}

Message level_name(SkillLevel level) {
  return {std::string(name_en(level)), std::string(name_zh(level))};
}

Message region_name(const RegionCode& code) {
  const NamedRegion* region = find_region(code);
  if (region == nullptr) return {std::string(code.text()), std::string(code.text())};
  return {std::string(region->name_en), std::string(region->name)};
}

std::string occupation_text(std::string_view name, std::string_view work_type) {
  std::string text(name);
  if (work_type.empty()) return text;
  text += "（";
  text += work_type;
  return text += "）";
}

PageData item_data(const CatalogItem& item) {
  PageData data;
  data.set("item", item.id.text());
  set_message(data, "list", list_name(item.id.list));
  data.set("batch", std::to_string(item.id.batch));
  data.set("row", std::to_string(item.id.row));
  data.set("document", item.document);
  set_optional(data, "country", item.country);
  data.set("awarding_body", item.awarding_body);
  set_optional(data, "awarding_body_en", item.awarding_body_en);
  data.set("certificate", item.certificate);
  set_optional(data, "certificate_en", item.certificate_en);
  set_optional(data, "standard", item.standard);
  data.set("occupation", std::string(item.occupation.text()));
  data.set("occupation_text", occupation_text(item.occupation_name, item.work_type));
  data.set("level", std::string(code(item.level)));
  set_message(data, "level_name", level_name(item.level));
  data.set("effective_from", item.effective_from.text());
  set_optional(data, "withdrawn_on", item.withdrawn_on ? item.withdrawn_on->text() : "");
  return data;
}

PageData level_options(Language language, std::string_view chosen) {
  PageData options(PageData::type::list);
  for (const SkillLevel level : kSkillLevels) {
    options.push_back(option(code(level), in(language, level_name(level)), chosen));
  }
  return options;
}

PageData region_options(Language language, std::string_view chosen) {
  PageData options(PageData::type::list);
  bool is_known = chosen.empty();
  for (const NamedRegion& region : named_regions()) {
    is_known = is_known || region.code == chosen;
    options.push_back(option(
        region.code, std::string(language == Language::en ? region.name_en : region.name), chosen));
  }
  if (!is_known) options.push_back(option(chosen, std::string(chosen), chosen));
  return options;
}

PageData state_options(Language language, std::string_view chosen) {
  PageData options(PageData::type::list);
  for (const FilingState state :
       {FilingState::in_procedure, FilingState::not_yet_valid, FilingState::suspended,
        FilingState::expired, FilingState::revoked, FilingState::cancelled}) {
    options.push_back(option(code(state), in(language, state_name(state)), chosen));
  }
  options.push_back(option("any", language == Language::en ? "Any" : "不限", chosen));
  return options;
}

Result<PageData> occupation_options(const index::Reader& reader, Language language,
                                    std::string_view chosen) {
  const auto occupations = reader.occupations();
  if (!occupations) return occupations.error();
  PageData options(PageData::type::list);
  for (const Occupation& occupation : *occupations) {
    const bool is_english = language == Language::en && !occupation.name_en.empty();
    std::string name = occupation.name;
    if (is_english) name += " " + occupation.name_en;
    options.push_back(option(occupation.code.text(), std::move(name), chosen));
  }
  return options;
}

Result<PageData> certificate_options(const index::Reader& reader, Date on, Language language,
                                     std::string_view chosen) {
  const auto items = reader.catalog_on(on);
  if (!items) return items.error();
  PageData lists(PageData::type::list);
  for (const CatalogList list : {CatalogList::foreign, CatalogList::dual}) {
    PageData options(PageData::type::list);
    for (const CatalogItem& item : *items) {
      if (item.id.list != list) continue;
      const bool is_english = language == Language::en && !item.certificate_en.empty();
      options.push_back(
          option(item.id.text(), is_english ? item.certificate_en : item.certificate, chosen));
    }
    PageData group;
    group.set("name", in(language, list_name(list)));
    group.set("options", options);
    lists.push_back(group);
  }
  return lists;
}

}  // namespace chayan::api
