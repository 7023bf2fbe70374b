#include "api/occupation_query.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace chayan::api {
namespace {

constexpr std::size_t kNearNamesMax = 3;

bool starts_with_digit(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

bool has_name(const Occupation& occupation, std::string_view wanted) {
  return match_form(occupation.name) == wanted || match_form(occupation.name_en) == wanted;
}

// What may have been meant: the occupations that a search finds, else those of the nearest names.
Result<std::string> near_names(std::string_view text, std::vector<Occupation> all,
                               const index::Reader& reader) {
  auto found = reader.occupation_search(text);
  if (!found) return found.error();
  std::vector<Occupation> near = found->empty() ? std::move(all) : std::move(*found);
  std::stable_sort(near.begin(), near.end(), [&](const Occupation& a, const Occupation& b) {
    return edit_distance(a.name, text) < edit_distance(b.name, text);
  });
  if (near.size() > kNearNamesMax) near.resize(kNearNamesMax);
  std::string names;
  for (const Occupation& occupation : near) {
    names += (names.empty() ? "" : "、") + occupation.name;
    names += " " + std::string(occupation.code.text());
  }
  return names;
}

Error unknown(std::string field, const std::string& near) {
  if (near.empty()) {
    return invalid(std::move(field), "No occupation is recorded; see /v1/occupations.",
                   "尚未登记任何职业，见 /v1/occupations。");
  }
  return invalid(std::move(field),
                 "This is not recorded; the nearest occupations are: " + near + ".",
                 "没有登记该内容，最接近的职业：" + near + "。");
}

Result<std::optional<Occupation>> by_code(Fields& fields, std::string_view text,
                                          const index::Reader& reader) {
  const auto code = OccupationCode::parse(text, "occupation");
  if (!code) {
    fields.fail(code.error());
    return std::optional<Occupation>();
  }
  auto found = reader.occupation(*code);
  if (found && !*found) {
    fields.fail(invalid("occupation",
                        "No occupation of this code is recorded; /v1/occupations lists them.",
                        "没有登记该编码的职业，/v1/occupations 列出了全部职业。"));
  }
  return found;
}

Result<std::optional<Occupation>> by_name(Fields& fields, std::string_view text,
                                          const index::Reader& reader) {
  auto all = reader.occupations();
  if (!all) return all.error();
  const std::string wanted = match_form(text);
  for (Occupation& occupation : *all) {
    if (has_name(occupation, wanted)) return std::optional(std::move(occupation));
  }
  const auto near = near_names(text, std::move(*all), reader);
  if (!near) return near.error();
  fields.fail(unknown("occupation", *near));
  return std::optional<Occupation>();
}

// The recorded spelling of a work type; empty where this occupation has none like it.
std::string own_spelling(const Occupation& occupation, std::string_view work_type) {
  const std::string wanted = match_form(work_type);
  for (const std::string& own : occupation.work_types) {
    if (match_form(own) == wanted) return own;
  }
  return {};
}

Result<OccupationQuery> by_work_type(Fields& fields, std::string_view work_type,
                                     const index::Reader& reader) {
  auto all = reader.occupations();
  if (!all) return all.error();
  OccupationQuery query;
  std::size_t count = 0;
  for (const Occupation& occupation : *all) {
    std::string own = own_spelling(occupation, work_type);
    if (own.empty()) continue;
    query = {occupation, std::move(own)};
    ++count;
  }
  if (count == 1) return query;
  if (count > 1) {
    fields.fail(invalid("occupation", "Several occupations have this work type; name one of them.",
                        "有多个职业设有该工种，请同时指明职业。"));
    return OccupationQuery();
  }
  const auto near = near_names(work_type, std::move(*all), reader);
  if (!near) return near.error();
  fields.fail(unknown("work_type", *near));
  return OccupationQuery();
}

}  // namespace

Result<OccupationQuery> read_occupation_query(Fields& fields, const index::Reader& reader) {
  const auto text = fields.text("occupation", limits::kQueryTextBytesMax);
  const auto work_type = fields.text("work_type", limits::kQueryTextBytesMax);
  if (!text && !work_type) return OccupationQuery();
  if (!text) return by_work_type(fields, *work_type, reader);

  const std::string typed = half_width(*text);
  auto occupation =
      starts_with_digit(typed) ? by_code(fields, typed, reader) : by_name(fields, *text, reader);
  if (!occupation) return occupation.error();
  OccupationQuery query{std::move(*occupation), {}};
  if (work_type && query.occupation) {
    // The catalogs do not name every work type: one that is not listed may still be in a scope.
    query.work_type = own_spelling(*query.occupation, *work_type);
    if (query.work_type.empty()) query.work_type = *work_type;
  }
  return query;
}

}  // namespace chayan::api
