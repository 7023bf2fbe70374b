#include "index/backup.h"

#include <iostream>

#include "base/json_writer.h"
#include "base/limits.h"
#include "commands/command.h"
#include "commands/partner_paths.h"
#include "commands/remote_job.h"

namespace chayan::commands {
namespace {

struct BackupOptions {
  index::StoreOptions store;
  std::string server;
  std::string folder;
  std::size_t keep = limits::kBackupsKept;
  bool list = false;
  bool json = false;
};

void print_json(const std::vector<index::Backup>& backups) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("backups").begin_array();
  for (const index::Backup& backup : backups) {
    json.begin_object().member("backup", std::int64_t{backup.id});
    json.member("created", backup.created).member("origin", backup.origin);
    json.member("size", static_cast<std::int64_t>(backup.head.size));
    json.member("root", to_hex(view(backup.head.root)));
    json.member("bytes", static_cast<std::int64_t>(backup.bytes));
    json.member("checkpoint", backup.checkpoint).end_object();
  }
  json.end_array().end_object();
  std::cout << out << '\n';
}

void print_text(const index::Backup& backup) {
  std::cout << "backup " << backup.id << "  " << backup.created << "  " << backup.head.size
            << " entries  " << backup.bytes << " bytes  " << backup.origin << '\n';
}

int list(const BackupOptions& options) {
  const auto backups = index::list_backups(options.folder);
  if (!backups) return failed(backups.error());
  if (options.json) {
    print_json(*backups);
  } else {
    for (const index::Backup& backup : *backups) print_text(backup);
  }
  return 0;
}

int order(const BackupOptions& options) {
  const auto job = run_remote_job(options.server, api::JobKind::backup);
  if (!job) return failed(job.error());
  std::cout << "backup " << job->result << "  " << job->size
            << " entries, in the service's --backup-dir\n";
  return 0;
}

int run(const BackupOptions& options) {
  if (options.list) return list(options);
  if (!options.server.empty()) return order(options);
  const SystemClock clock;
  const auto store = index::Store::open(options.store, clock);
  if (!store) return failed(store.error());
  const auto made = index::make_backup(**store, options.folder, options.keep, {});
  if (!made) return failed(made.error());
  print_text(*made);
  const std::string& data = (*store)->options().data;
  std::cout << "It holds no keys, partners or disclosures: keep copies of "
            << (*store)->options().keys << " (without its file anchor), " << partner_file_of(data)
            << " and " << ledger_of(data) << " elsewhere.\n";
  return 0;
}

}  // namespace

void add_backup(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "backup", "Copy what changed since the last backup to another folder; never the keys");
  const auto options = std::make_shared<BackupOptions>();
  options->store.create = false;
  add_store_or_server_options(*command, options->store, options->server);
  auto* folder = add_directory_option(*command, "--to", options->folder,
                                      "Folder of the backups; a service has its --backup-dir");
  command->add_option("--keep", options->keep, "Newest backups to keep, with --data")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  auto* list = command->add_flag("--list", options->list, "List the backups in the folder instead")
                   ->needs(folder);
  command->add_flag("--json", options->json, "List as JSON")->needs(list);
  command->callback([options, &exit_code] {
    if (!options->list) require_one(options->store, options->server);
    if (options->server.empty() && options->folder.empty()) throw CLI::RequiredError("--to");
    exit_code = run(*options);
  });
}

}  // namespace chayan::commands
