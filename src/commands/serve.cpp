// serve: the composition root. Builds every object in order and passes it in: store, writer, api,
// servers.
//
// Two servers, so that neither waits for the other: the public one has a thread a core and never
// blocks; the administrator's has a few, for a recorded batch holds its thread until its fsync, and
// batches that arrive on several at once share one.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
#include <thread>

#include "api/api.h"
#include "base/json_writer.h"
#include "commands/bell.h"
#include "commands/command.h"
#include "commands/credential_directory.h"
#include "commands/credential_file.h"
#include "commands/disclosure_ledger.h"
#include "commands/guarding.h"
#include "commands/listening.h"
#include "commands/maintenance.h"
#include "commands/opening_recorder.h"
#include "commands/partner_directory.h"
#include "commands/partner_paths.h"
#include "commands/quota_ledger.h"
#include "commands/service_log.h"
#include "index/purge.h"
#include "index/reader.h"
#include "index/writer.h"
#include "server/server.h"

namespace chayan::commands {
namespace {

using namespace std::chrono_literals;

// An answer that took longer is worth a line even without --access-log: it kept its thread that
// long.
constexpr auto kSlowAnswer = 250ms;

constexpr unsigned kAdminThreads = 4;

struct ServeOptions {
  index::StoreOptions store;
  std::string listen = "127.0.0.1:8080";
  std::string admin = "127.0.0.1:0";
  std::string tls_certificate;
  std::string tls_key;
  std::string partner_listen;  // empty: no partner listener
  std::string partner_tls_certificate;
  std::string partner_tls_key;
  std::string partners;     // empty: beside the data
  std::string credentials;  // empty: beside the data
  std::string public_url;   // empty: the public listener's own address
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  std::size_t cache_mib = 256;
  MaintenanceOptions maintenance;
  GuardOptions guard;
  bool no_limits = false;
  bool access_log = false;
};

Result<void> check_public_url(const std::string& url) {
  if (url.empty()) return {};
  const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  const bool is_plain = std::all_of(url.begin(), url.end(), [](char c) {
    return c > ' ' && c < '\x7F' && std::string_view("\"'<>\\?#").find(c) == std::string_view::npos;
  });
  if (scheme != 0 && url.size() > scheme && is_plain && url.size() <= limits::kPublicUrlBytesMax) {
    return {};
  }
  return invalid("--public-url",
                 "Give an address without query, at most " +
                     std::to_string(limits::kPublicUrlBytesMax) +
                     " bytes, such as https://verify.example.cn.",
                 {});
}

Result<std::unique_ptr<server::Server>> public_server(const ServeOptions& options,
                                                      const api::Api& api) {
  const auto listen = server::parse_endpoint(options.listen, "--listen");
  if (!listen) return listen.error();
  if (options.no_limits && !is_loopback(*listen)) {
    return invalid("--no-limits", "Limits may be lifted on a loopback address only.", {});
  }
  server::Options made;
  made.listeners.push_back(
      {*listen, options.tls_certificate, options.tls_key, api.public_application()});
  if (!options.partner_listen.empty()) {
    const auto partner = server::parse_endpoint(options.partner_listen, "--partner-listen");
    if (!partner) return partner.error();
    made.listeners.push_back({*partner, options.partner_tls_certificate, options.partner_tls_key,
                              api.partner_application(), /*client_certificate=*/true});
  }
  made.threads = options.threads;
  made.connection_limits = !options.no_limits;
  return server::Server::create(std::move(made));
}

Result<std::unique_ptr<server::Server>> admin_server(const server::Endpoint& endpoint,
                                                     const api::Api& api) {
  server::Options made;
  made.listeners.push_back({endpoint, {}, {}, api.admin_application()});
  made.threads = kAdminThreads;
  return server::Server::create(std::move(made));
}

// What answers and what records, wired together. Members are built in order and die in reverse.
class Service {
 public:
  Service(const ServeOptions& options, index::Store& store, const Clock& clock, ServiceLog& log)
      : options_(options),
        store_(store),
        clock_(clock),
        log_(log),
        employers_(options.credentials.empty() ? credential_file_of(options.store.data)
                                               : options.credentials,
                   clock, [this](const Error& error) { fault("credential_file", error); }),
        maintenance_(store, options.maintenance) {}

  Result<void> start() {
    const auto admin = server::parse_endpoint(options_.admin, "--admin");
    if (!admin) return admin.error();
    if (auto sound = check_public_url(options_.public_url); !sound) return sound;
    if (auto opened = open_guarding(); !opened) return opened;
    api_ = std::make_unique<api::Api>(services(clock_));
    if (is_written_here()) {
      auto writer = index::Writer::create(
          store_, [this](const Result<void>& outcome) { published(outcome); });
      if (!writer) return writer.error();
      writer_ = std::move(*writer);
      maintenance_.rotate_keys_with(
          [this](index::Amendment amendment) { return amend(std::move(amendment)); });
      openings_ = std::make_unique<OpeningRecorder>(
          store_.sealer(),
          [this](index::Amendment amendment) { return amend(std::move(amendment)); });
    }
    if (auto opened = open_partners(); !opened) return opened;
    auto quotas = QuotaLedger::open(quota_file_of(options_.store.data), clock_);
    if (!quotas) return quotas.error();
    quotas_ = std::move(*quotas);
    auto public_made = public_server(options_, *api_);
    if (!public_made) return public_made.error();
    auto admin_made = admin_server(*admin, *api_);
    if (!admin_made) return admin_made.error();
    admin_ = std::move(*admin_made);
    public_ = std::move(*public_made);
    public_->drain_on_signals();
    running_ = public_.get();
    bell_.hang(public_.get());
    return {};
  }

  // Serves until drained. False: a commit's outcome is unknown, and the process must end.
  bool run() {
    announce();
    maintenance_.start([this](const api::Job& job) {
      log_.job(job);
      admin_->ring();
    });
    std::thread admin([this] { admin_->run(); });
    public_->run();
    admin_->drain();
    admin.join();
    maintenance_.stop();
    bell_.hang(nullptr);
    running_ = nullptr;
    return !commit_failed_;
  }

 private:
  api::Services services(const Clock& clock) {
    api::Services services{store_, clock};
    guarding_->serve(services);
    services.observe = [this](const api::RequestRecord& record) {
      if (options_.access_log || record.status >= 500 || record.duration >= kSlowAnswer) {
        log_.request(record);
      }
    };
    services.report_fault = [this](const Error& error) { fault("storage_fault", error); };
    services.ready = [this] {
      const server::Server* now = running_.load();
      return now != nullptr && !now->draining();
    };
    services.ring = [this] { bell_.ring(); };
    services.samples = [this] {
      const server::Server* now = running_.load();
      auto all = now == nullptr ? std::vector<api::Sample>() : samples(now->counters());
      all.push_back(purge_sample());
      guarding_->add_samples(all);
      return all;
    };
    services.find_partner = [this](std::string_view fingerprint) {
      return partners_ ? partners_->find(fingerprint) : std::nullopt;
    };
    services.find_employer = [this](const Hash& digest, const guard::Address& client) {
      return employers_.find(digest, client);
    };
    services.spend_quota = [this](const api::Employer& employer, std::uint64_t rows) {
      return quotas_->spend(employer, rows);
    };
    services.record_disclosure = [this](const api::Disclosure& disclosure) {
      return ledger_->append(disclosure);
    };
    if (is_written_here()) {
      services.amend = [this](index::Amendment amendment) { return amend(std::move(amendment)); };
      services.record_opening = [this](index::ReportOpening opening) {
        return openings_->record(std::move(opening));
      };
    }
    services.public_url = [this] { return public_url(); };
    if (!takes_orders()) return services;
    maintenance_.serve(services);
    services.record = [this](index::Batch batch) { return record(std::move(batch)); };
    return services;
  }

  api::Sample purge_sample() const {
    const auto due = index::is_purge_due(store_.db());
    return {"chayan_purge_due", "1 while erased values may still stand in the files",
            !due || *due ? 1.0 : 0.0, false};
  }

  Result<void> open_guarding() {
    auto opened = Guarding::open(options_.guard, store_, clock_, !options_.no_limits,
                                 [this](const Error& error) { fault("audit", error); });
    if (!opened) return opened.error();
    guarding_ = std::move(*opened);
    return {};
  }

  // The log's origin, and not read-only: what a process finds when it opens the store it keeps.
  bool is_written_here() const { return !store_.read_only() && !store_.is_mirror(); }

  // A request's Host is whatever its sender wrote, and a QR code outlives the request: so the
  // address is the operator's word, or where this process listens, if that is one machine.
  std::string public_url() const {
    if (!options_.public_url.empty()) {
      return options_.public_url.substr(0, options_.public_url.find_last_not_of('/') + 1);
    }
    const server::Server* now = running_.load();
    if (now == nullptr) return {};
    const server::Endpoint listen = now->endpoint(0);
    if (listen.address == "0.0.0.0" || listen.address == "::") return {};
    return scheme() + text(listen);
  }

  std::string scheme() const { return options_.tls_certificate.empty() ? "http://" : "https://"; }

  Result<void> amend(index::Amendment amendment) {
    auto amended = writer_->amend(std::move(amendment));
    if (!amended) end_if_unknown(amended.error());
    return amended;
  }

  // A failed commit means unknown: the process ends, and clients ask again.
  void end_if_unknown(const Error& error) {
    if (error.code != ErrorCode::io || commit_failed_.exchange(true)) return;
    fault("commit_failed", error);
    if (server::Server* now = running_.load(); now != nullptr) now->drain();
  }

  // Whoever reaches the admin listener may write and order backups, so only this machine may.
  bool takes_orders() const {
    const auto admin = server::parse_endpoint(options_.admin, "--admin");
    return admin && is_loopback(*admin);
  }

  Result<void> open_partners() {
    if (options_.partner_listen.empty()) return {};
    const std::string& data = options_.store.data;
    auto ledger = DisclosureLedger::open(ledger_of(data), clock_);
    if (!ledger) return ledger.error();
    ledger_ = std::move(*ledger);
    partners_ = std::make_unique<PartnerDirectory>(
        options_.partners.empty() ? partner_file_of(data) : options_.partners,
        [this](const Error& error) { fault("partner_file", error); });
    return {};
  }

  index::BatchOutcome record(index::Batch batch) {
    if (!writer_) {
      index::BatchOutcome refused;
      refused.failure =
          Error{ErrorCode::unavailable,
                {},
                {"This service does not record changes: it is a mirror, or read-only.",
                 "此服务不接受变更写入（镜像或只读）。"}};
      return refused;
    }
    auto outcome = writer_->submit(std::move(batch));
    if (outcome.failure) end_if_unknown(*outcome.failure);
    return outcome;
  }

  void published(const Result<void>& outcome) {
    if (!outcome) return fault("publish_failed", outcome.error());
    bell_.ring();
  }

  void fault(std::string_view event, const Error& error) {
    log_.write("error", event, [&](JsonWriter& json) { json.member("what", error.message.en); });
  }

  void announce() {
    const std::string listen = text(public_->endpoint(0));
    const std::string admin = text(admin_->endpoint(0));
    std::cout << "Chayan listens on " << scheme() << listen << " (admin on http://" << admin
              << ", ";
    if (partners_) std::cout << "partners on https://" << text(public_->endpoint(1)) << ", ";
    std::cout << options_.threads << (options_.threads == 1 ? " thread)" : " threads)")
              << std::endl;
    const auto head = store_.reader().head();
    log_.write("info", "started", [&](JsonWriter& json) {
      json.member("listen", listen);
      json.member("admin", admin);
      json.member("size", head ? static_cast<std::int64_t>(head->size) : std::int64_t{-1});
    });
  }

  const ServeOptions& options_;
  index::Store& store_;
  const Clock& clock_;
  ServiceLog& log_;
  std::atomic<server::Server*> running_{nullptr};
  Bell bell_;
  std::atomic<bool> commit_failed_{false};
  CredentialDirectory employers_;
  std::unique_ptr<QuotaLedger> quotas_;
  std::unique_ptr<PartnerDirectory> partners_;  // both null without a partner listener
  std::unique_ptr<DisclosureLedger> ledger_;
  std::unique_ptr<Guarding> guarding_;
  Maintenance maintenance_;
  std::unique_ptr<const api::Api> api_;
  std::unique_ptr<server::Server> public_;
  std::unique_ptr<server::Server> admin_;
  std::unique_ptr<index::Writer> writer_;      // goes before what it rings
  std::unique_ptr<OpeningRecorder> openings_;  // goes first: it writes
};

int run(const ServeOptions& options) {
  const SystemClock clock;
  ServiceLog log(clock);
  auto store = index::Store::open(options.store, clock);
  if (!store) return failed(store.error());
  if ((*store)->read_only()) {
    log.write("error", "read_only",
              [&](JsonWriter& json) { json.member("reason", (*store)->read_only_reason()); });
  }
  Service service(options, **store, clock, log);
  if (const auto started = service.start(); !started) return failed(started.error());
  const bool ended_well = service.run();
  log.write("info", "stopped", [](JsonWriter&) {});
  return ended_well ? 0 : 1;
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("serve", "Answer over HTTP until SIGTERM, then drain and end");
  const auto options = std::make_shared<ServeOptions>();
  add_store_options(*command, options->store);
  command->add_option("--listen", options->listen, "Public address:port; port 0 takes a free one")
      ->capture_default_str();
  command->add_option("--admin", options->admin, "Address:port of health and metrics")
      ->capture_default_str();
  auto* certificate = command->add_option("--tls-cert", options->tls_certificate,
                                          "PEM certificate chain: serve HTTPS");
  auto* key = command->add_option("--tls-key", options->tls_key, "PEM private key");
  certificate->needs(key);
  key->needs(certificate);
  auto* partner_listen = command->add_option(
      "--partner-listen", options->partner_listen,
      "Address:port for partners: HTTPS with the certificates of `chayan partners`");
  auto* partner_certificate =
      command->add_option("--partner-tls-cert", options->partner_tls_certificate,
                          "PEM certificate chain of the partner listener");
  auto* partner_key = command->add_option("--partner-tls-key", options->partner_tls_key,
                                          "PEM private key of the partner listener");
  partner_listen->needs(partner_certificate)->needs(partner_key);
  partner_certificate->needs(partner_listen);
  partner_key->needs(partner_listen);
  command->add_option("--partners", options->partners, "Partner file (default: DATA.partners.json)")
      ->needs(partner_listen);
  command->add_option("--credentials", options->credentials,
                      "Credential file of employers (default: DATA.credentials.json)");
  command->add_option("--public-url", options->public_url,
                      "Where the public finds this service, https://verify.example.cn: stands in "
                      "share reports and their QR codes (default: the listening address, where it "
                      "is one machine's)");
  command->add_option("--threads", options->threads, "Threads, each with its own connections")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_option("--cache-mib", options->cache_mib, "Block cache of the store in MiB")
      ->check(CLI::Range(8, 1 << 20))
      ->capture_default_str();
  add_maintenance_options(*command, options->maintenance);
  add_guard_options(*command, options->guard);
  command->add_flag("--no-limits", options->no_limits,
                    "Lift the limits of connections and clients (for measuring; loopback only)");
  command->add_flag("--access-log", options->access_log,
                    "Log every request, without any value of it; else only failures and slow ones");
  command->callback([options, &exit_code] {
    options->store.block_cache_bytes = options->cache_mib << 20;
    exit_code = run(*options);
  });
}

}  // namespace chayan::commands
