#include "commands/command.h"

#include <iostream>

namespace chayan::commands {

void add_store_options(CLI::App& command, index::StoreOptions& options) {
  command.add_option("--data", options.data, "Data directory")->required()->envname("CHAYAN_DATA");
  command.add_option("--keys", options.keys, "Keyring directory (default: DATA.keys)");
  command.add_option("--anchor", options.anchor, "Head anchor file (default: DATA.anchor)");
}

int failed(const Error& error) {
  std::cerr << "chayan: ";
  if (!error.field.empty()) std::cerr << error.field << ": ";
  std::cerr << error.message.en << '\n';
  return 1;
}

}  // namespace chayan::commands
