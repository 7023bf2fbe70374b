#include "commands/account_name.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace chayan::commands {

bool is_account_name(std::string_view name) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
  };
  return !name.empty() && name.size() <= limits::kPartnerNameBytesMax && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), is_part) && is_code_text(name);
}

Error bad_account_name() {
  const std::string max = std::to_string(limits::kPartnerNameBytesMax);
  return invalid("name",
                 "Choose a name of letters of any script, digits, '.', '_' and '-', at most " +
                     max + " bytes.",
                 "名称只能用文字、数字和“.”“_”“-”，不超过" + max + "字节。");
}

}  // namespace chayan::commands
