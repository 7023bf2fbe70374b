// Where what concerns partners stands: beside the data directory, as its keyring does.
#pragma once

#include <string>

namespace chayan::commands {

inline std::string partner_file_of(const std::string& data) {
  return data + ".partners.json";
}
inline std::string ledger_of(const std::string& data) {
  return data + ".ledger";
}

}  // namespace chayan::commands
