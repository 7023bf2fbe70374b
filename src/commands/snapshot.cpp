#include <iostream>

#include "base/limits.h"
#include "commands/command.h"
#include "commands/progress.h"
#include "commands/remote_job.h"
#include "index/snapshot_file.h"

namespace chayan::commands {
namespace {

struct SnapshotOptions {
  index::StoreOptions store;
  std::string server;
  std::size_t keep = limits::kSnapshotsKept;
};

Result<index::Snapshot> make(const index::Store& store) {
  ProgressBar bar("Writing entries");
  return index::make_snapshot(store, {}, [&](auto done, auto all) { bar.update(done, all); });
}

int run(const SnapshotOptions& options) {
  if (!options.server.empty()) {
    const auto job = run_remote_job(options.server, api::JobKind::snapshot);
    if (!job) return failed(job.error());
    std::cout << "Snapshot of " << job->size << " entries: " << job->result << '\n';
    return 0;
  }
  const SystemClock clock;
  const auto store = index::Store::open(options.store, clock);
  if (!store) return failed(store.error());
  if (const auto published = (*store)->publish(); !published) return failed(published.error());
  const auto made = make(**store);
  if (!made) return failed(made.error());
  const auto removed = index::remove_old_snapshots(**store, options.keep);
  if (!removed) return failed(removed.error());
  std::cout << "Snapshot of " << made->size << " entries: " << index::snapshot_folder(**store)
            << '/' << made->file() << " (" << made->bytes << " bytes)\n"
            << "sha256 " << to_hex(view(made->sha256)) << '\n';
  return 0;
}

}  // namespace

void add_snapshot(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "snapshot", "Write the log so far, public entries alone, as a file that mirrors begin with");
  const auto options = std::make_shared<SnapshotOptions>();
  options->store.create = false;
  add_store_or_server_options(*command, options->store, options->server);
  command->add_option("--keep", options->keep, "Newest snapshots to keep, with --data")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->callback([options, &exit_code] {
    require_one(options->store, options->server);
    exit_code = run(*options);
  });
}

}  // namespace chayan::commands
