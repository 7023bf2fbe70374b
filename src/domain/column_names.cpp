#include "domain/column_names.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace chayan {
namespace {

// Column names that people use, and the members they mean.
constexpr auto kChineseColumns = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"类型", "kind"},
    {"证书编号", "certificate_number"},
    {"证书号", "certificate_number"},
    {"证书号码", "certificate_number"},
    {"姓名", "holder_name"},
    {"持证人", "holder_name"},
    {"持证人姓名", "holder_name"},
    {"证件类型", "document_type"},
    {"证件号码", "document_number"},
    {"证件号", "document_number"},
    {"身份证号码", "document_number"},
    {"身份证号", "document_number"},
    {"原证书编号", "original_certificate"},
    {"发证机构", "issuer"},
    {"发证日期", "issued_on"},
    {"目录项目", "item"},
    {"职业编码", "occupation"},
    {"职业名称", "occupation_name"},
    {"工种", "work_type"},
    {"等级", "level"},
    {"日期", "on"},
    {"原因", "reason"},
    {"统一社会信用代码", "credit_code"},
    {"名称", "name"},
    {"地址", "address"},
    {"机构性质", "institution_kind"},
});

}  // namespace

std::string member_of_column(std::string_view column) {
  const std::size_t space = column.rfind(' ');
  if (space != std::string_view::npos && is_column_member(column.substr(space + 1))) {
    return std::string(column.substr(space + 1));
  }
  std::string name = match_form(column);
  for (const auto& [chinese, member] : kChineseColumns) {
    if (name == match_form(chinese)) return std::string(member);
  }
  return name;
}

bool is_column_member(std::string_view name) {
  return std::any_of(kChineseColumns.begin(), kChineseColumns.end(),
                     [&](const auto& column) { return column.second == name; });
}

}  // namespace chayan
