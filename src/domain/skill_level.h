// The eight levels of the Chinese skill system, low to high. The digit falls as the skill rises
// (五级 is the lowest of the five numbered ones), so there is no operator<: ask is_at_least. A
// foreign level ("International L2", "Level 3") is never one of these and is never converted by
// number.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace chayan {

// Values are stored; do not renumber.
enum class SkillLevel : std::uint8_t {
  apprentice = 1,         // 学徒工
  junior = 2,             // 五级/初级工
  intermediate = 3,       // 四级/中级工
  senior = 4,             // 三级/高级工
  technician = 5,         // 二级/技师
  senior_technician = 6,  // 一级/高级技师
  special = 7,            // 特级技师
  chief = 8,              // 首席技师
};

inline constexpr std::array kSkillLevels = {SkillLevel::apprentice,   SkillLevel::junior,
                                            SkillLevel::intermediate, SkillLevel::senior,
                                            SkillLevel::technician,   SkillLevel::senior_technician,
                                            SkillLevel::special,      SkillLevel::chief};

bool is_at_least(SkillLevel level, SkillLevel floor);

// Spelling in JSON and query strings: "5".."1" for the numbered ones, else "apprentice", "special",
// "chief".
std::string_view code(SkillLevel level);
std::string_view name_zh(SkillLevel level);  // 高级工（三级）; the unnumbered ones without brackets
std::string_view name_en(SkillLevel level);  // Senior worker (level 3)

// Takes the code, the digit in Chinese (三级, 三), the name (高级工), or both as printed
// (高级工（三级）, 三级/高级工).
Result<SkillLevel> parse_skill_level(std::string_view text, std::string_view field = "level");
std::optional<SkillLevel> skill_level_from_stored(std::uint8_t value);

}  // namespace chayan
