#include <iostream>

#include "base/json_writer.h"
#include "commands/command.h"
#include "commands/partner_paths.h"
#include "commands/progress.h"
#include "index/backup.h"

namespace chayan::commands {
namespace {

struct RestoreOptions {
  index::RestoreRequest request;
  bool json = false;
};

void print_json(const index::Restored& restored) {
  std::string out;
  JsonWriter json(out);
  json.begin_object()
      .member("backup", std::int64_t{restored.backup.id})
      .member("size", static_cast<std::int64_t>(restored.report.head.size))
      .member("root", to_hex(view(restored.report.head.root)))
      .member("digest", to_hex(view(restored.report.digest.rows)))
      .member("read_only_reason", restored.read_only_reason)
      .end_object();
  std::cout << out << '\n';
}

// It signs nothing, so there is no name to choose and nothing to enter again.
void print_way_on_of_mirror(const index::Restored& restored, const std::string& opened) {
  if (restored.read_only_reason.empty()) {
    std::cout << "It is a mirror, and fetches what it lacks. Go on with\n  chayan mirror URL "
              << opened << '\n';
    return;
  }
  std::cout << "It is a mirror, and its anchor is of another log: " << restored.read_only_reason
            << ".\nIf this is the log that it is to follow:\n  chayan check " << opened
            << " --accept-head\n";
}

void print_text(const index::RestoreRequest& request, const index::Restored& restored) {
  std::cout << "Restored backup " << restored.backup.id << " of " << restored.backup.created
            << " into " << request.destination << " and checked every row.\n"
            << "entries   " << restored.report.head.size << '\n'
            << "root      " << to_hex(view(restored.report.head.root)) << '\n'
            << "digest    " << to_hex(view(restored.report.digest.rows)) << '\n';
  const std::string opened = "--data " + request.destination + " --keys " + request.keys;
  if (restored.is_mirror) {
    print_way_on_of_mirror(restored, opened);
    return;
  }
  if (restored.read_only_reason.empty()) {
    std::cout << "Nothing is missing that the anchor knows of. Put the partner file and the ledger "
                 "of disclosures\nback at "
              << partner_file_of(request.destination) << " and " << ledger_of(request.destination)
              << ", and go on with\n  chayan serve " << opened << '\n';
    return;
  }
  std::cout << "It answers questions; it takes nothing new and shows no log (503): "
            << restored.read_only_reason << ".\n";
  if (restored.is_cut) {
    std::cout << "The backup holds more, and these keys may have signed for it: restore it without "
                 "--to, or";
  } else {
    std::cout << "If a newer backup has what is missing, restore that one. If the anchor alone is "
                 "missing, and a mirror's newest\n/checkpoint is within this log:\n  chayan check "
              << opened << " --accept-head --last-checkpoint FILE\nIf something is lost,";
  }
  std::cout << " let the log go on under another name:\n  chayan check " << opened
            << " --accept-head --new-origin NAME\n";
}

int run(const RestoreOptions& options) {
  const SystemClock clock;
  const auto restored = [&] {
    ProgressBar bar("Checking");
    return index::restore(options.request, clock,
                          [&](auto done, auto all) { bar.update(done, all); });
  }();
  if (!restored) return failed(restored.error());
  options.json ? print_json(*restored) : print_text(options.request, *restored);
  return 0;
}

}  // namespace

void add_restore(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "restore", "Make a data directory from a backup, check every row, say how to go on");
  const auto options = std::make_shared<RestoreOptions>();
  index::RestoreRequest& request = options->request;
  add_directory_option(*command, "--from", request.backups, "Folder of the backups")->required();
  command->add_option("--backup", request.id,
                      "Which one, as `backup --list` numbers them; else the newest");
  add_directory_option(*command, "--data", request.destination,
                       "Data directory to make; must not exist")
      ->required();
  add_directory_option(*command, "--keys", request.keys,
                       "The keyring that the data was sealed with")
      ->required();
  command->add_option("--anchor", request.anchor, "Head anchor file (default: KEYS/anchor)");
  command->add_option("--to", request.size,
                      "End the log before this seq, so with as many entries; else it has all");
  command->add_flag("--json", options->json, "Report as JSON");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace chayan::commands
