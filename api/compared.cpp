#include "api/compared.h"

#include <algorithm>

#include "api/field_value.h"
#include "base/limits.h"

namespace chayan::api {

Compared read_compared(Fields& fields, std::string_view name) {
  Compared codes;
  std::string_view text = fields.text(name, limits::kQueryTextBytesMax).value_or("");
  while (!text.empty()) {
    const auto code = CreditCode::accept(take_until(text, ','), name);
    if (!code) {
      fields.fail(code.error());
      return codes;
    }
    codes = with(std::move(codes), *code);
  }
  if (codes.size() > limits::kComparedMax) {
    fields.fail(invalid(std::string(name), "Three institutions at most can be compared.",
                        "最多同时比较三家机构。"));
    codes.resize(limits::kComparedMax);
  }
  return codes;
}

std::string joined(const Compared& codes) {
  std::string text;
  for (const CreditCode& code : codes) {
    if (!text.empty()) text += ',';
    text += code.text();
  }
  return text;
}

Compared with(Compared codes, const CreditCode& code) {
  if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
  return codes;
}

Compared without(Compared codes, const CreditCode& code) {
  std::erase(codes, code);
  return codes;
}

}  // namespace chayan::api
