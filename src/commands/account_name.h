// Names that an operator gives to those who may ask for more: partners and employers.
#pragma once

#include <string_view>

#include "base/result.h"

namespace chayan::commands {

// 1 to limits::kPartnerNameBytesMax bytes: letters of any script, digits, '.', '_' and '-'. So a
// name needs no quotes on a command line and ends where a line of a ledger says it ends.
bool is_account_name(std::string_view name);
Error bad_account_name();

}  // namespace chayan::commands
