// mirror: the composition root of a follower. Builds store, loop, api and server; the loop has a
// thread of its own and the server's threads read what it applies.
#include <atomic>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "api/api.h"
#include "commands/bell.h"
#include "commands/command.h"
#include "commands/guarding.h"
#include "commands/listening.h"
#include "commands/maintenance.h"
#include "commands/mirror_loop.h"
#include "commands/service_log.h"
#include "commands/upstream_url.h"
#include "server/server.h"

namespace chayan::commands {
namespace {

using namespace std::chrono_literals;

// How often a mirror that is behind says so.
constexpr auto kLagEvery = 10s;

struct CommandOptions {
  index::StoreOptions store;
  MirrorOptions mirror;
  MaintenanceOptions maintenance;
  GuardOptions guard;
  std::string key;
  std::string listen;  // empty: nobody is served
  std::string admin = "127.0.0.1:0";
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  std::size_t cache_mib = 256;
  bool once = false;
};

std::int64_t seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

std::vector<api::Sample> mirror_samples(const MirrorProgress& progress) {
  return {
      {"chayan_mirror_entries", "Entries of the log that the mirror has",
       static_cast<double>(progress.size()), false},
      {"chayan_mirror_entries_behind", "Entries that the newest checkpoint seen covers beyond them",
       static_cast<double>(progress.entries_behind()), false},
      {"chayan_mirror_seconds_since_contact", "Seconds since the last answer that was proven",
       std::chrono::duration<double>(progress.since_contact()).count(), false},
      {"chayan_mirror_faults_total", "Requests to the upstream that had to be repeated",
       static_cast<double>(progress.faults())},
  };
}

// Members are built in order and die in reverse.
class MirrorService {
 public:
  MirrorService(const CommandOptions& options, index::Store& store, const Clock& clock,
                ServiceLog& log)
      : options_(options),
        store_(store),
        clock_(clock),
        log_(log),
        maintenance_(store, options.maintenance),
        loop_(store, options.mirror, events()) {}

  // Blocks until it is known whose log this is.
  Result<void> start() {
    auto guarding = Guarding::open(options_.guard, store_, clock_, /*limited=*/true,
                                   [this](const Error& error) { say("error", "audit", error); });
    if (!guarding) return guarding.error();
    guarding_ = std::move(*guarding);
    api_.emplace(services());
    if (auto pinned = loop_.pin(); !pinned) return pinned;
    const auto admin = server::parse_endpoint(options_.admin, "--admin");
    if (!admin) return admin.error();
    server::Options made;
    made.threads = options_.threads;
    made.listeners.push_back({*admin, {}, {}, api_->admin_application()});
    if (!options_.listen.empty()) {
      const auto listen = server::parse_endpoint(options_.listen, "--listen");
      if (!listen) return listen.error();
      made.listeners.push_back({*listen, {}, {}, api_->public_application()});
    }
    auto server = server::Server::create(std::move(made));
    if (!server) return server.error();
    server_ = std::move(*server);
    server_->drain_on_signals();
    running_ = server_.get();
    bell_.hang([this] { server_->ring(); });
    return {};
  }

  // Until SIGTERM, a final error, or with --once until the mirror has caught up.
  Result<void> run() {
    announce();
    maintenance_.start([this](const api::Job& job) {
      log_.job(job);
      server_->ring();
    });
    Result<void> outcome;
    std::thread following([&] {
      outcome =
          loop_.run(options_.once ? MirrorLoop::Until::caught_up : MirrorLoop::Until::stopped);
      server_->drain();
    });
    server_->run();
    loop_.stop();
    following.join();
    maintenance_.stop();
    bell_.hang({});
    running_ = nullptr;
    return outcome;
  }

 private:
  api::Services services() {
    api::Services services{store_, clock_};
    guarding_->serve(services);
    services.observe = [this](const api::RequestRecord& record) {
      if (record.status >= 500) log_.request(record);
    };
    services.report_fault = [this](const Error& error) { say("error", "storage_fault", error); };
    services.ready = [this] {
      const server::Server* now = running_.load();
      return now != nullptr && !now->draining();
    };
    services.ring = [this] { bell_.ring(); };
    services.samples = [this] { return all_samples(); };
    maintenance_.serve(services);
    return services;
  }

  MirrorEvents events() {
    MirrorEvents made;
    made.applied = [this] {
      if (server::Server* now = running_.load(); now != nullptr) now->ring();
      say_lag_now_and_then();
    };
    made.caught_up = [this] {
      log_.write("info", "caught_up", [&](JsonWriter& json) {
        json.member("size", static_cast<std::int64_t>(loop_.progress().size()));
      });
    };
    made.fault = [this](const Error& error) { say("warn", "fault", error); };
    made.notice = [this](const std::string& what) {
      log_.write("info", "notice", [&](JsonWriter& json) { json.member("what", what); });
    };
    return made;
  }

  void say_lag_now_and_then() {
    const auto now = std::chrono::steady_clock::now();
    if (loop_.progress().entries_behind() == 0 || now - lag_said_ < kLagEvery) return;
    lag_said_ = now;
    log_.write("info", "lag", [&](JsonWriter& json) { write_lag(json); });
  }

  void write_lag(JsonWriter& json) {
    const MirrorProgress& progress = loop_.progress();
    json.member("size", static_cast<std::int64_t>(progress.size()));
    json.member("entries_behind", static_cast<std::int64_t>(progress.entries_behind()));
    json.member("seconds_since_contact", seconds(progress.since_contact()));
  }

  void say(std::string_view level, std::string_view event, const Error& error) {
    log_.write(level, event, [&](JsonWriter& json) {
      json.member("what", error.message.en);
      write_lag(json);
    });
  }

  std::vector<api::Sample> all_samples() const {
    std::vector<api::Sample> all = mirror_samples(loop_.progress());
    guarding_->add_samples(all);
    if (const server::Server* now = running_.load(); now != nullptr) {
      const server::Counters* counters = &now->counters();
      for (api::Sample& sample : samples({&counters, 1})) all.push_back(std::move(sample));
    }
    return all;
  }

  void announce() {
    const std::string vkey = log::verifier_line(store_.log_key());
    std::cout << "Chayan mirrors " << options_.mirror.client.base_url << ", a log with the key "
              << vkey << '\n';
    const std::string admin = text(server_->endpoint(0));
    if (options_.listen.empty()) {
      std::cout << "Health and metrics are on http://" << admin << std::endl;
    } else {
      std::cout << "Chayan listens on http://" << text(server_->endpoint(1)) << " (admin on http://"
                << admin << ", " << options_.threads
                << (options_.threads == 1 ? " thread)" : " threads)") << std::endl;
    }
    log_.write("info", "started", [&](JsonWriter& json) {
      json.member("upstream", options_.mirror.client.base_url).member("vkey", vkey);
      json.member("admin", admin);
      if (!options_.listen.empty()) json.member("listen", text(server_->endpoint(1)));
      json.member("size", static_cast<std::int64_t>(loop_.progress().size()));
    });
  }

  const CommandOptions& options_;
  index::Store& store_;
  const Clock& clock_;
  ServiceLog& log_;
  std::atomic<server::Server*> running_{nullptr};
  Bell bell_;
  std::chrono::steady_clock::time_point lag_said_ = std::chrono::steady_clock::now();
  Maintenance maintenance_;
  MirrorLoop loop_;
  std::unique_ptr<Guarding> guarding_;
  std::optional<api::Api> api_;
  std::unique_ptr<server::Server> server_;
};

int run(CommandOptions& options) {
  if (!options.key.empty()) {
    auto key = log::parse_verifier_line(options.key, "--vkey");
    if (!key) return failed(key.error());
    options.mirror.key = std::move(*key);
  }
  const SystemClock clock;
  ServiceLog log(clock);
  const auto store = index::Store::open(options.store, clock);
  if (!store) return failed(store.error());
  MirrorService service(options, **store, clock, log);
  if (const auto started = service.start(); !started) return failed(started.error());
  const auto outcome = service.run();
  log.write("info", "stopped", [](JsonWriter&) {});
  return outcome ? 0 : failed(outcome.error());
}

void add_upstream_options(CLI::App& command, CommandOptions& options) {
  client::ClientOptions& client = options.mirror.client;
  command.add_option("url", client.base_url, "Address of the registry: https://registry.example")
      ->required()
      ->check(is_server_url());
  command.add_option("--vkey", options.key,
                     "Key of its log, name+hash+key, as it was told by another way than this one; "
                     "without it the key that the registry names first is believed from then on");
  command.add_option("--ca", client.ca_file,
                     "PEM: whom to believe over TLS instead of the system's");
  auto* certificate =
      command.add_option("--certificate", client.certificate_file,
                         "PEM: our certificate, for a partner listener that shows private fields");
  auto* key = command.add_option("--key", client.key_file, "PEM: its private key");
  certificate->needs(key);
  key->needs(certificate);
  command.add_flag("--from-zero", options.mirror.from_zero,
                   "Read all entries from the feed, also where there is a snapshot");
  command.add_option("--page", options.mirror.page, "Entries to ask for at a time, at most")
      ->check(CLI::Range(std::size_t{1}, limits::kFeedEntriesMax))
      ->capture_default_str();
}

}  // namespace

void add_mirror(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "mirror", "Follow another registry's log, proving every answer, and serve it read-only");
  const auto options = std::make_shared<CommandOptions>();
  add_upstream_options(*command, *options);
  add_store_options(*command, options->store);
  command->add_flag("--once", options->once, "End when it has what the newest checkpoint covers");
  command->add_option("--listen", options->listen,
                      "Public address:port, to be asked and mirrored in turn");
  command->add_option("--admin", options->admin, "Address:port of health and metrics")
      ->capture_default_str();
  add_maintenance_options(*command, options->maintenance);
  add_guard_options(*command, options->guard);
  command->add_option("--threads", options->threads, "Threads that serve")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_option("--cache-mib", options->cache_mib, "Block cache of the store in MiB")
      ->check(CLI::Range(8, 1 << 20))
      ->capture_default_str();
  command->callback([options, &exit_code] {
    options->store.block_cache_bytes = options->cache_mib << 20;
    exit_code = run(*options);
  });
}

}  // namespace chayan::commands
