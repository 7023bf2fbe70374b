#include "commands/command.h"

#include <sys/stat.h>

#include <filesystem>
#include <iostream>

#include "base/file.h"

namespace chayan::commands {

CLI::Option* add_directory_option(CLI::App& command, const std::string& name,
                                  std::string& directory, const std::string& help) {
  return command.add_option(name, directory, help)->transform(without_trailing_slash);
}

CLI::Option* add_data_option(CLI::App& command, std::string& data) {
  return add_directory_option(command, "--data", data, "Data directory")->envname("CHAYAN_DATA");
}

void add_store_options(CLI::App& command, index::StoreOptions& options) {
  add_data_option(command, options.data)->required();
  add_directory_option(command, "--keys", options.keys, "Keyring directory (default: DATA.keys)");
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

Result<void> check_data_directory(const std::string& data) {
  if (std::filesystem::is_directory(data)) return {};
  return invalid("--data", data + " is not a data directory.", "数据目录不存在。");
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
