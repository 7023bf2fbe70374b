// The command table.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "commands/command.h"

int main(int argc, char** argv) {
  namespace commands = chayan::commands;
  CLI::App app("Chayan (查验): certificate look-up and registry query service", "chayan");
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Help of every command");
  int exit_code = 0;
  for (const auto add :
       {commands::add_serve, commands::add_import, commands::add_export, commands::add_check,
        commands::add_rebuild, commands::add_snapshot, commands::add_backup, commands::add_restore,
        commands::add_mirror, commands::add_audit, commands::add_audit_log,
        commands::add_check_receipt, commands::add_keys, commands::add_partners,
        commands::add_credentials, commands::add_verify, commands::add_demo}) {
    add(app, exit_code);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << "chayan: " << error.what() << '\n';
    return 1;
  }
  return exit_code;
}
