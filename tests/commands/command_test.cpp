// What all commands have in common.
#include "commands/command.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace chayan::commands {
namespace {

constexpr auto kCommands = {add_serve,       add_import,   add_export,  add_check, add_rebuild,
                            add_snapshot,    add_backup,   add_restore, add_keys,  add_audit,
                            add_credentials, add_partners, add_mirror};

class CommandLine {
 public:
  CommandLine() {
    for (const auto add : kCommands) add(app_, exit_code_);
  }

  // Every option of this name, with the command that takes it.
  struct Found {
    std::string command;
    CLI::Option* option;
  };
  std::vector<Found> options(const std::string& name) {
    std::vector<Found> found;
    collect(app_, "", name, found);
    return found;
  }

 private:
  // Groups of options are subcommands without a name.
  static void collect(CLI::App& app, const std::string& path, const std::string& name,
                      std::vector<Found>& found) {
    for (CLI::Option* option : app.get_options()) {
      if (option->get_name() == name) found.push_back({path, option});
    }
    for (CLI::App* each : app.get_subcommands([](CLI::App*) { return true; })) {
      collect(*each, path + " " + each->get_name(), name, found);
    }
  }

  CLI::App app_;
  int exit_code_ = 0;
};

// What stands beside the data is named after it, so a slash would name other files: a partner who
// was revoked there went on reading.
TEST(Command, ASlashBehindADirectoryIsNoPartOfItsName) {
  CommandLine line;
  const auto takes_data = line.options("--data");
  EXPECT_GE(takes_data.size(), 18U) << "all commands were looked at";
  auto directories = takes_data;
  for (const char* name : {"--keys", "--from"}) {
    for (const auto& each : line.options(name)) directories.push_back(each);
  }
  for (const auto& [command, option] : directories) {
    for (const auto& [given, meant] : std::vector<std::pair<std::string, std::string>>{
             {"A/", "A"}, {"A//", "A"}, {"A/.", "A"}, {"a/b/", "a/b"}, {"A", "A"}, {"/", "/"}}) {
      option->clear();
      option->add_result(given);
      EXPECT_EQ(option->as<std::string>(), meant) << command << ' ' << option->get_name();
    }
  }
}

}  // namespace
}  // namespace chayan::commands
