#include <iostream>

#include "commands/command.h"
#include "commands/demo_registry.h"
#include "commands/progress.h"

namespace chayan::commands {
namespace {

int run(const DemoOptions& options) {
  {
    ProgressBar bar("Generating");
    const auto written = write_demo(options, [&](auto done, auto all) { bar.update(done, all); });
    if (!written) return failed(written.error());
  }
  std::cout << options.institutions << " institutions and " << options.certificates
            << " certificates, seed " << options.seed << ", are in " << options.out
            << ": registry.ndjson to import, truth.ndjson and institutions.ndjson to check by.\n";
  return 0;
}

}  // namespace

void add_demo(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("demo", "Write a synthetic registry and the truth about it");
  const auto options = std::make_shared<DemoOptions>();
  command->add_option("--institutions", options->institutions, "How many institutions")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command->add_option("--certificates", options->certificates, "How many certificates")
      ->check(CLI::Range(0, 200'000'000))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "The same seed gives the same files")
      ->capture_default_str();
  command->add_flag("--clean", options->clean,
                    "No certificate whose issuer was not entitled (otherwise about 6 in 100)");
  command->add_option("--out", options->out, "Directory to write into")->required();
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace chayan::commands
