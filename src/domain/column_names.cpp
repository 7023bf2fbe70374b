#include "domain/column_names.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.h"

namespace chayan {
namespace {

// Column names that people use, and the members they mean.
constexpr auto kChineseColumns = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"类型", "kind"},
    {"证书编号", "certificate_number"},
    {"证书号", "certificate_number"},
    {"证书号码", "certificate_number"},
    {"证书编码", "certificate_number"},
    {"姓名", "holder_name"},
    {"持证人", "holder_name"},
    {"持证人姓名", "holder_name"},
    {"员工姓名", "holder_name"},
    {"证件类型", "document_type"},
    {"证件号码", "document_number"},
    {"证件号", "document_number"},
    {"身份证号码", "document_number"},
    {"身份证号", "document_number"},
    {"身份证", "document_number"},
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

// Once: a header row may have hundreds of columns, and a row that is none is compared like one.
const std::vector<std::string>& match_forms() {
  static const std::vector<std::string> forms = [] {
    std::vector<std::string> made;
    made.reserve(kChineseColumns.size());
    for (const auto& [chinese, member] : kChineseColumns) made.push_back(match_form(chinese));
    return made;
  }();
  return forms;
}

// Of a match form, in which the full-width signs are ASCII.
std::string_view without_additions(std::string_view name) {
  const std::size_t remark = name.find('(');
  if (remark != std::string_view::npos && remark > 0) name = name.substr(0, remark);
  while (name.starts_with('*')) name.remove_prefix(1);
  while (name.ends_with('*') || name.ends_with(':')) name.remove_suffix(1);
  return name;
}

}  // namespace

std::string member_of_column(std::string_view column) {
  const std::size_t space = column.rfind(' ');
  if (space != std::string_view::npos && is_column_member(column.substr(space + 1))) {
    return std::string(column.substr(space + 1));
  }
  std::string name = match_form(column);
  const std::string_view plain = without_additions(name);
  for (std::size_t i = 0; i < kChineseColumns.size(); ++i) {
    if (plain == match_forms()[i]) return std::string(kChineseColumns[i].second);
  }
  return is_column_member(plain) ? std::string(plain) : name;
}

bool is_column_member(std::string_view name) {
  return std::any_of(kChineseColumns.begin(), kChineseColumns.end(),
                     [&](const auto& column) { return column.second == name; });
}

std::string column_names_of(std::string_view member) {
  std::string names;
  for (const auto& [chinese, meant] : kChineseColumns) {
    if (meant == member) names.append(names.empty() ? "" : "、").append(chinese);
  }
  return names;
}

}  // namespace chayan
