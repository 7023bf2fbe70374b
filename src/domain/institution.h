// 评价机构, an assessment institution: the fields of annex 4, split into what is announced and what
// is not.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "domain/credit_code.h"
#include "domain/region.h"

namespace chayan {

// 机构性质 as annex 4 prints it. Values are stored; do not renumber.
enum class InstitutionKind : std::uint8_t {
  central_enterprise_branch = 1,  // 企业（央企分支机构）
  municipal_enterprise = 2,       // 企业（市属企业）
  district_enterprise = 3,        // 企业（区属企业）
  social_organisation = 4,        // 社会团体
  private_non_enterprise = 5,     // 民营非企业
  higher_college = 6,             // 院校（高职及以上）
  secondary_school = 7,           // 院校（中职）
  other = 8,                      // 其他
};

std::string_view code(InstitutionKind kind);     // "social_organisation"
std::string_view name_zh(InstitutionKind kind);  // 社会团体
Result<InstitutionKind> parse_institution_kind(std::string_view text,
                                               std::string_view field = "kind");

// What is announced (notice, part 3 (4)): stands in entries in clear.
struct Institution {
  CreditCode credit_code;
  std::string name;
  InstitutionKind kind = InstitutionKind::other;
  RegionCode region;  // of the address
  std::string address;
  std::string registration_authority;  // 注册登记机关
  std::string national_filing_number;  // 人社部备案号, branches of nationwide bodies only
  std::string service_phone;           // 业务受理电话
  std::string supervision_phone;       // 业务监督电话
  std::string service_address;         // 业务受理地址
  std::string service_email;           // 业务受理邮箱
  std::string website;                 // 对外公示网址或微信公众号

  bool operator==(const Institution&) const = default;
};

// Annex 4's internal fields: they name people or their telephones, or concern the centre alone.
// They are private fields of `institution.put`, sealed apart from the entry; these are their names,
// ascending.
inline constexpr std::array<std::string_view, 12> kInstitutionPrivateFields = {
    "contact",
    "contact_phone",
    "contact_title",
    "executive",
    "executive_phone",
    "executive_title",
    "head",
    "head_phone",
    "head_title",
    "legal_representative",
    "registered_capital",
    "remarks"};

void write_body(JsonWriter& json, const Institution& institution);
Result<Institution> read_institution(JsonObject& object);

}  // namespace chayan
