#include "commands/command.h"

#include <sys/stat.h>

#include <filesystem>
#include <iostream>

namespace chayan::commands {

void add_store_options(CLI::App& command, index::StoreOptions& options) {
  command.add_option("--data", options.data, "Data directory")->required()->envname("CHAYAN_DATA");
  command.add_option("--keys", options.keys, "Keyring directory (default: DATA.keys)");
  command.add_option(
      "--origin", options.origin,
      "Name of the log, example.org/registry: given when the data directory is made");
  command.add_option("--anchor", options.anchor, "Head anchor file (default: KEYS/anchor)");
}

void add_store_or_server_options(CLI::App& command, index::StoreOptions& options,
                                 std::string& server) {
  add_store_options(command, options);
  command.get_option("--data")->required(false);
  command.add_option("--server", server,
                     "Admin address of a running service, http://127.0.0.1:PORT: let it do it");
}

void require_one(const index::StoreOptions& options, const std::string& server) {
  if (options.data.empty() && server.empty()) throw CLI::RequiredError("--data or --server");
}

std::ofstream open_private_file(const std::string& path, std::ios::openmode mode) {
  umask(0077);
  std::ofstream file(path, mode | std::ios::binary);
  std::error_code ignored;  // not ours to narrow: then it was not ours to write either, and failed
  std::filesystem::permissions(
      path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
  return file;
}

int failed(const Error& error) {
  std::cerr << "chayan: ";
  if (!error.field.empty()) std::cerr << error.field << ": ";
  std::cerr << error.message.en << '\n';
  return 1;
}

}  // namespace chayan::commands
