// keys: the keyring's life. rotate and list work on a data directory that nobody serves, or have the
// service that holds it do it.
#include "crypto/keyring.h"

#include <iostream>

#include "base/json_writer.h"
#include "commands/command.h"
#include "commands/progress.h"
#include "commands/remote_job.h"
#include "index/rotation.h"

namespace chayan::commands {
namespace {

struct InitOptions {
  std::string directory;
  std::string suite = "intl";
};

int init(const InitOptions& options) {
  const SystemClock clock;
  const auto created = crypto::Keyring::create(options.directory, rfc3339_utc(clock.now()),
                                               *crypto::find_suite(options.suite));
  if (!created) return failed(created.error());
  std::cout << "Keyring made at " << options.directory << " (suite " << created->suite->name
            << "). Keep a copy elsewhere: without it the data cannot be read.\n";
  return 0;
}

struct UseOptions {
  index::StoreOptions store;
  std::string server;
  bool json = false;
};

void print_text(const std::vector<index::KeyUse>& uses) {
  for (const index::KeyUse& use : uses) {
    std::cout << "data key " << use.id << "  " << name(use.state) << "  "
              << (use.created.empty() ? "(date not recorded)" : use.created) << "  " << use.records
              << " records\n";
  }
}

void print_json(const std::vector<index::KeyUse>& uses) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("keys").begin_array();
  for (const index::KeyUse& use : uses) {
    json.begin_object().member("id", std::int64_t{use.id}).member("state", name(use.state));
    json.member("created", use.created);
    json.member("records", static_cast<std::int64_t>(use.records)).end_object();
  }
  json.end_array().end_object();
  std::cout << out << '\n';
}

Result<std::vector<index::KeyUse>> count(const UseOptions& options) {
  if (!options.server.empty()) {
    auto job = run_remote_job(options.server, api::JobKind::key_count);
    if (!job) return job.error();
    return std::move(job->keys);
  }
  const SystemClock clock;
  const auto store = index::Store::open(options.store, clock);
  if (!store) return store.error();
  return index::count_key_uses(**store);
}

int list(const UseOptions& options) {
  const auto uses = count(options);
  if (!uses) return failed(uses.error());
  options.json ? print_json(*uses) : print_text(*uses);
  return 0;
}

// Nobody else writes while we have the directory open, so no writer is needed, nor may a mirror or a
// read-only store have one.
Result<api::Job> rotate_here(const UseOptions& options) {
  const SystemClock clock;
  const auto store = index::Store::open(options.store, clock);
  if (!store) return store.error();
  ProgressBar bar("Sealing anew");
  const auto rotated = index::rotate_keys(
      **store, {.amend = index::commit_amendment((*store)->db()),
                .progress = [&](auto done, auto all) { bar.update(done, all); }});
  if (!rotated) return rotated.error();
  auto uses = index::count_key_uses(**store);
  if (!uses) return uses.error();
  api::Job job;
  job.result = std::to_string(rotated->active_key);
  job.size = rotated->resealed;
  job.keys = std::move(*uses);
  return job;
}

int rotate(const UseOptions& options) {
  const auto job = options.server.empty()
                       ? rotate_here(options)
                       : run_remote_job(options.server, api::JobKind::key_rotation);
  if (!job) return failed(job.error());
  if (options.json) {
    print_json(job->keys);
    return 0;
  }
  std::cout << "Data key " << job->result << " is active; " << job->size
            << " records were sealed anew.\n";
  print_text(job->keys);
  std::cout
      << "Copy the keyring elsewhere again: an older copy does not open what is written now.\n"
         "Backups from before need the retired keys; `keys forget` gives them up.\n";
  return 0;
}

struct ForgetOptions {
  std::string directory;
  std::uint32_t id = 0;
};

int forget(const ForgetOptions& options) {
  const auto left = crypto::Keyring::forget_data_key(options.directory, options.id);
  if (!left) return failed(left.error());
  std::cout << "Data key " << options.id
            << " is forgotten. What only it opens is gone: backups from "
            << "before its rotation.\n";
  return 0;
}

void add_init(CLI::App& keys, int& exit_code) {
  auto* command = keys.add_subcommand(
      "init",
      "Make a new keyring: before the first import, or to keep it elsewhere than DATA.keys");
  const auto options = std::make_shared<InitOptions>();
  add_directory_option(*command, "--keys", options->directory,
                       "Keyring directory; must not hold one yet")
      ->required();
  command
      ->add_option("--suite", options->suite,
                   "intl: HMAC-SHA-256, AES-256-GCM, Ed25519; gm: HMAC-SM3, SM4, SM2 with SM3. For "
                   "the life of the data")
      ->check(CLI::IsMember({"intl", "gm"}))
      ->capture_default_str();
  command->callback([options, &exit_code] { exit_code = init(*options); });
}

void add_with_data(CLI::App& keys, int& exit_code, const std::string& command_name,
                   const std::string& help, int (*run)(const UseOptions&)) {
  auto* command = keys.add_subcommand(command_name, help);
  const auto options = std::make_shared<UseOptions>();
  options->store.create = false;
  add_store_or_server_options(*command, options->store, options->server);
  command->add_flag("--json", options->json, "Keys and their records as JSON");
  command->callback([options, run, &exit_code] {
    require_one(options->store, options->server);
    exit_code = run(*options);
  });
}

void add_forget(CLI::App& keys, int& exit_code) {
  auto* command = keys.add_subcommand(
      "forget", "Destroy a retired data key, and with it every backup that needs it");
  const auto options = std::make_shared<ForgetOptions>();
  add_directory_option(*command, "--keys", options->directory, "Keyring directory")->required();
  command->add_option("id", options->id, "Id of the key, as `keys list` says")->required();
  command->callback([options, &exit_code] { exit_code = forget(*options); });
}

}  // namespace

void add_keys(CLI::App& app, int& exit_code) {
  auto* keys = app.add_subcommand("keys", "Make and look after the keyring");
  keys->require_subcommand(1);
  add_init(*keys, exit_code);
  add_with_data(*keys, exit_code, "rotate",
                "Seal everything under a new data key, while the service goes on; again: go on "
                "with a rotation that was interrupted",
                rotate);
  add_with_data(*keys, exit_code, "list",
                "Every data key, its state, and how many records are sealed under it", list);
  add_forget(*keys, exit_code);
}

}  // namespace chayan::commands
