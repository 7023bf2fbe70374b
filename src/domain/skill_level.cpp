#include "domain/skill_level.h"

#include <string>

#include "base/text.h"

namespace chayan {
namespace {

struct Spelling {
  SkillLevel level;
  std::string_view code;
  std::string_view name_zh;
  std::string_view name_en;
  std::string_view title;    // without the level
  std::string_view numeral;  // empty where the level has no number
};

constexpr Spelling kSpellings[] = {
    {SkillLevel::apprentice, "apprentice", "学徒工", "Apprentice", "学徒工", ""},
    {SkillLevel::junior, "5", "初级工（五级）", "Junior worker (level 5)", "初级工", "五"},
    {SkillLevel::intermediate, "4", "中级工（四级）", "Intermediate worker (level 4)", "中级工",
     "四"},
    {SkillLevel::senior, "3", "高级工（三级）", "Senior worker (level 3)", "高级工", "三"},
    {SkillLevel::technician, "2", "技师（二级）", "Technician (level 2)", "技师", "二"},
    {SkillLevel::senior_technician, "1", "高级技师（一级）", "Senior technician (level 1)",
     "高级技师", "一"},
    {SkillLevel::special, "special", "特级技师", "Special-grade technician", "特级技师", ""},
    {SkillLevel::chief, "chief", "首席技师", "Chief technician", "首席技师", ""},
};

const Spelling& spelling(SkillLevel level) {
  return kSpellings[static_cast<std::size_t>(level) - 1];
}

bool is_spelled(const Spelling& s, std::string_view form) {
  if (form == s.code || form == s.title) return true;
  if (s.numeral.empty()) return false;
  const std::string level = std::string(s.numeral) + "级";
  const std::string digit = std::string(s.code) + "级";
  const std::string title(s.title);
  return form == s.numeral || form == level || form == digit || form == title + "(" + level + ")" ||
         form == title + "/" + level || form == level + "/" + title;
}

}  // namespace

bool is_at_least(SkillLevel level, SkillLevel floor) {
  return static_cast<int>(level) >= static_cast<int>(floor);
}

std::string_view code(SkillLevel level) {
  return spelling(level).code;
}
std::string_view name_zh(SkillLevel level) {
  return spelling(level).name_zh;
}
std::string_view name_en(SkillLevel level) {
  return spelling(level).name_en;
}

Result<SkillLevel> parse_skill_level(std::string_view text, std::string_view field) {
  const std::string form = match_form(text);
  for (const Spelling& candidate : kSpellings) {
    if (is_spelled(candidate, form)) return candidate.level;
  }
  return invalid(
      std::string(field),
      "Give the level as 5, 4, 3, 2 or 1, apprentice, special or chief, or by its Chinese "
      "name.",
      "等级请填 5、4、3、2、1，或“高级工（三级）”等中文名称。");
}

std::optional<SkillLevel> skill_level_from_stored(std::uint8_t value) {
  if (value < 1 || value > kSkillLevels.size()) return std::nullopt;
  return static_cast<SkillLevel>(value);
}

}  // namespace chayan
