#include <iostream>

#include "commands/command.h"
#include "crypto/keyring.h"

namespace chayan::commands {

void add_keys(CLI::App& app, int& exit_code) {
  auto* keys = app.add_subcommand("keys", "Make and look after the keyring");
  keys->require_subcommand(1);
  auto* init = keys->add_subcommand(
      "init",
      "Make a new keyring: before the first import, or to keep it elsewhere than DATA.keys");
  const auto directory = std::make_shared<std::string>();
  init->add_option("--keys", *directory, "Keyring directory; must not hold one yet")->required();
  init->callback([directory, &exit_code] {
    const SystemClock clock;
    const auto created = crypto::Keyring::create(*directory, rfc3339_utc(clock.now()));
    if (!created) {
      exit_code = failed(created.error());
      return;
    }
    std::cout << "Keyring made at " << *directory << " (suite " << created->suite
              << "). Keep a copy elsewhere: without it the data cannot be read.\n";
  });
}

}  // namespace chayan::commands
