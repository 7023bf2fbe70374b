#include "domain/occupation.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "domain/members.h"

namespace chayan {
namespace {

constexpr std::string_view kShape = "d-dd-dd-dd";
constexpr std::size_t kWorkTypesMax = 100;

// S marks digital occupations and L green ones.
std::string_view without_marks(std::string_view text) {
  while (!text.empty() && std::string_view("SL/").find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  return text;
}

// 人工智能训练师 S → 人工智能训练师; a Latin name's own last letter stays.
std::string without_official_marks(const std::string& name) {
  const std::string_view plain = trim(without_marks(name));
  const bool is_chinese = !plain.empty() && static_cast<unsigned char>(plain.back()) >= 0x80;
  return is_chinese ? std::string(plain) : name;
}

}  // namespace

Result<OccupationCode> OccupationCode::parse(std::string_view text, std::string_view field) {
  const std::string form = code_form(text);
  const std::string_view plain = without_marks(form);
  const bool is_shaped = std::equal(
      plain.begin(), plain.end(), kShape.begin(), kShape.end(), [](char given, char wanted) {
        return wanted == '-' ? given == '-' : given >= '0' && given <= '9';
      });
  if (!is_shaped) {
    return invalid(std::string(field), "An occupation code is written like 4-10-01-05.",
                   "职业编码的写法如 4-10-01-05。");
  }
  OccupationCode code;
  code.text_ = plain;
  return code;
}

void write_members(JsonWriter& json, const Occupation& occupation) {
  json.member("code", occupation.code.text()).member("name", occupation.name);
  json.optional_member("name_en", occupation.name_en);
  json.optional_member("source", occupation.source);
  if (occupation.work_types.empty()) return;
  json.key("work_types").begin_array();
  for (const std::string& work_type : occupation.work_types) json.string(work_type);
  json.end_array();
}

void write_body(JsonWriter& json, const Occupation& occupation) {
  write_object(json, occupation);
}

Result<Occupation> read_occupation(JsonObject& object) {
  Occupation occupation;
  occupation.code = take(object, OccupationCode::parse(object.string("code"), "code"));
  occupation.name =
      without_official_marks(read_required_text(object, "name", limits::kNameBytesMax));
  occupation.name_en = read_text(object, "name_en", limits::kNameBytesMax);
  occupation.source = read_text(object, "source");
  for (const std::string_view given : object.strings("work_types")) {
    occupation.work_types.push_back(
        take(object, parse_required_text(given, "work_types", limits::kNameBytesMax)));
  }
  if (occupation.work_types.size() > kWorkTypesMax) {
    object.fail(invalid("work_types", "An occupation has at most 100 work types.",
                        "一个职业最多 100 个工种。"));
  }
  return result_of(object, std::move(occupation));
}

}  // namespace chayan
