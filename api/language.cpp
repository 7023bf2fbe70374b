#include "api/language.h"

#include <cstddef>

#include "api/field_value.h"

namespace chayan::api {
namespace {

// In thousandths; -1 for what is not a qvalue.
int weight_of(std::string_view parameter) {
  parameter = without_ows(parameter);
  if (parameter.empty()) return 1000;
  if (parameter.size() < 3 || (parameter[0] != 'q' && parameter[0] != 'Q') || parameter[1] != '=') {
    return -1;
  }
  const std::string_view value = parameter.substr(2);
  if (value.size() > 5 || (value[0] != '0' && value[0] != '1')) return -1;
  int thousandths = (value[0] - '0') * 1000;
  if (value.size() > 1 && value[1] != '.') return -1;
  int place = 100;
  for (std::size_t i = 2; i < value.size(); ++i, place /= 10) {
    if (value[i] < '0' || value[i] > '9') return -1;
    thousandths += (value[i] - '0') * place;
  }
  return thousandths > 1000 ? -1 : thousandths;
}

// Whether a range such as "en-GB" has this primary subtag.
bool has_primary(std::string_view range, char first, char second) {
  const auto same = [](char c, char lower) { return c == lower || c == lower - 'a' + 'A'; };
  return range.size() >= 2 && same(range[0], first) && same(range[1], second) &&
         (range.size() == 2 || range[2] == '-');
}

struct Wish {
  int weight = -1;  // -1: not named
  int place = 0;    // in the field

  void name(int new_weight, int new_place) {
    if (new_weight > weight) *this = {new_weight, new_place};
  }
};

}  // namespace

Language choose_language(std::string_view accept_language) {
  Wish zh, en, any;
  for (int place = 0; !accept_language.empty(); ++place) {
    std::string_view element = take_until(accept_language, ',');
    const std::string_view range = without_ows(take_until(element, ';'));
    const int weight = weight_of(element);
    if (weight < 0) return Language::zh;
    if (has_primary(range, 'z', 'h')) zh.name(weight, place);
    if (has_primary(range, 'e', 'n')) en.name(weight, place);
    if (range == "*") any.name(weight, place);
  }
  if (zh.weight < 0) zh = any;
  if (en.weight < 0) en = any;
  if (en.weight <= 0 || en.weight < zh.weight) return Language::zh;
  return en.weight > zh.weight || en.place < zh.place ? Language::en : Language::zh;
}

std::string_view tag(Language language) {
  return language == Language::en ? "en" : "zh-CN";
}

}  // namespace chayan::api
