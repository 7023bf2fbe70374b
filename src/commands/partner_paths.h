// Where partners, the ledger and the audit trail stand: beside the data directory, as its keyring does.
#pragma once

#include <string>

namespace chayan::commands {

inline std::string partner_file_of(const std::string& data) {
  return data + ".partners.json";
}
inline std::string audit_folder_of(const std::string& data) {
  return data + ".audit";
}
inline std::string ledger_of(const std::string& data) {
  return data + ".ledger";
}

}  // namespace chayan::commands
