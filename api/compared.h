// The institutions that a reader has chosen to compare: credit codes in an address, joined by
// commas.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/fields.h"
#include "domain/credit_code.h"

namespace chayan::api {

using Compared = std::vector<CreditCode>;

// In the order given, each once. More than limits::kComparedMax, or what is no credit code, is
// recorded in `fields`.
Compared read_compared(Fields& fields, std::string_view name);
std::string joined(const Compared& codes);
Compared with(Compared codes, const CreditCode& code);
Compared without(Compared codes, const CreditCode& code);

}  // namespace chayan::api
