#include "index/rebuild.h"

#include <iostream>

#include "commands/command.h"
#include "commands/progress.h"

namespace chayan::commands {
namespace {

struct RebuildOptions {
  index::StoreOptions store;
  std::string target;
};

int run(const RebuildOptions& options) {
  const SystemClock clock;
  const auto store = index::Store::open(options.store, clock);
  if (!store) return failed(store.error());
  {
    ProgressBar bar("Deriving rows");
    const auto done = index::rebuild(**store, options.target,
                                     [&](auto entries, auto all) { bar.update(entries, all); });
    if (!done) return failed(done.error());
  }
  std::cout << "Rebuilt into " << options.target << ". Open it with --keys "
            << (*store)->options().keys << '\n';
  return 0;
}

}  // namespace

void add_rebuild(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "rebuild", "Derive every row again from the log, into a second data directory");
  const auto options = std::make_shared<RebuildOptions>();
  options->store.create = false;
  add_store_options(*command, options->store);
  add_directory_option(*command, "--to", options->target, "Data directory to make; must not exist")
      ->required();
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace chayan::commands
