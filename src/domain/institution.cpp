#include "domain/institution.h"

#include "base/limits.h"
#include "base/text.h"
#include "domain/members.h"

namespace chayan {
namespace {

struct Spelling {
  InstitutionKind kind;
  std::string_view code;
  std::string_view name_zh;
};

constexpr Spelling kSpellings[] = {
    {InstitutionKind::central_enterprise_branch, "central_enterprise_branch",
     "企业（央企分支机构）"},
    {InstitutionKind::municipal_enterprise, "municipal_enterprise", "企业（市属企业）"},
    {InstitutionKind::district_enterprise, "district_enterprise", "企业（区属企业）"},
    {InstitutionKind::social_organisation, "social_organisation", "社会团体"},
    {InstitutionKind::private_non_enterprise, "private_non_enterprise", "民营非企业"},
    {InstitutionKind::higher_college, "higher_college", "院校（高职及以上）"},
    {InstitutionKind::secondary_school, "secondary_school", "院校（中职）"},
    {InstitutionKind::other, "other", "其他"},
};

const Spelling& spelling(InstitutionKind kind) {
  return kSpellings[static_cast<std::size_t>(kind) - 1];
}

}  // namespace

std::string_view code(InstitutionKind kind) {
  return spelling(kind).code;
}
std::string_view name_zh(InstitutionKind kind) {
  return spelling(kind).name_zh;
}

Result<InstitutionKind> parse_institution_kind(std::string_view text, std::string_view field) {
  const std::string form = match_form(text);
  for (const Spelling& candidate : kSpellings) {
    if (form == candidate.code || form == match_form(candidate.name_zh)) return candidate.kind;
  }
  return invalid(std::string(field),
                 "Give one of the eight kinds of annex 4, such as social_organisation or 社会团体.",
                 "机构性质须为申请表（附件 4）所列八类之一，例如“社会团体”。");
}

void write_members(JsonWriter& json, const Institution& institution) {
  json.optional_member("address", institution.address);
  json.member("credit_code", institution.credit_code.text());
  json.member("institution_kind", code(institution.kind));
  json.member("name", institution.name);
  json.optional_member("national_filing_number", institution.national_filing_number);
  json.optional_member("region", institution.region.text());
  json.optional_member("registration_authority", institution.registration_authority);
  json.optional_member("service_address", institution.service_address);
  json.optional_member("service_email", institution.service_email);
  json.optional_member("service_phone", institution.service_phone);
  json.optional_member("supervision_phone", institution.supervision_phone);
  json.optional_member("website", institution.website);
}

void write_body(JsonWriter& json, const Institution& institution) {
  write_object(json, institution);
}

Result<Institution> read_institution(JsonObject& object) {
  Institution institution;
  institution.credit_code = take(object, CreditCode::accept(object.string("credit_code")));
  institution.name = read_required_text(object, "name", limits::kNameBytesMax);
  institution.kind =
      take(object, parse_institution_kind(object.string("institution_kind"), "institution_kind"));
  const std::string_view region = object.optional_string("region").value_or("");
  if (!region.empty()) institution.region = take(object, RegionCode::parse(region));
  institution.address = read_text(object, "address");
  institution.registration_authority = read_text(object, "registration_authority");
  institution.national_filing_number = read_text(object, "national_filing_number");
  institution.service_phone = read_text(object, "service_phone");
  institution.supervision_phone = read_text(object, "supervision_phone");
  institution.service_address = read_text(object, "service_address");
  institution.service_email = read_text(object, "service_email");
  institution.website = read_text(object, "website");
  return result_of(object, std::move(institution));
}

}  // namespace chayan
