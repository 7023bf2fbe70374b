// serve: the composition root. Builds every object in order and passes it in: store, writer, api,
// listeners.
#include <atomic>
#include <chrono>
#include <iostream>

#include "api/api.h"
#include "base/json_writer.h"
#include "commands/bell.h"
#include "commands/command.h"
#include "commands/credential_directory.h"
#include "commands/credential_file.h"
#include "commands/disclosure_ledger.h"
#include "commands/guarding.h"
#include "commands/listeners.h"
#include "commands/maintenance.h"
#include "commands/opening_recorder.h"
#include "commands/partner_directory.h"
#include "commands/partner_paths.h"
#include "commands/quota_ledger.h"
#include "commands/service_log.h"
#include "index/purge.h"
#include "index/reader.h"
#include "index/writer.h"

namespace chayan::commands {
namespace {

using namespace std::chrono_literals;

// An answer that took longer is worth a line even without --access-log: it kept its thread that
// long.
constexpr auto kSlowAnswer = 250ms;

struct ServeOptions {
  index::StoreOptions store;
  ListenOptions listening;
  std::string partners;     // empty: beside the data
  std::string credentials;  // empty: beside the data
  std::size_t cache_mib = 256;
  MaintenanceOptions maintenance;
  GuardOptions guard;
  bool access_log = false;
};

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
    if (auto sound = check_listening(options_.listening); !sound) return sound;
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
          [this](index::Amendment amendment) { return amend(std::move(amendment)); },
          [this](const Error& error) { fault("report_openings", error); });
    }
    if (auto opened = open_partners(); !opened) return opened;
    auto quotas = QuotaLedger::open(quota_file_of(options_.store.data), clock_);
    if (!quotas) return quotas.error();
    quotas_ = std::move(*quotas);
    auto listeners = Listeners::open(options_.listening, *api_);
    if (!listeners) return listeners.error();
    listeners_ = std::move(*listeners);
    running_ = listeners_.get();
    bell_.hang([this] { listeners_->ring(); });
    return {};
  }

  // Serves until drained. False: a commit's outcome is unknown, and the process must end.
  bool run() {
    announce();
    maintenance_.start([this](const api::Job& job) {
      log_.job(job);
      listeners_->ring_admin();
    });
    listeners_->run();
    maintenance_.stop();
    bell_.hang({});
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
      const Listeners* now = running_.load();
      return now != nullptr && !now->draining();
    };
    services.ring = [this] { bell_.ring(); };
    services.samples = [this] {
      const Listeners* now = running_.load();
      auto all = now == nullptr ? std::vector<api::Sample>() : now->samples();
      add_log_samples(all);
      guarding_->add_samples(all);
      return all;
    };
    services.find_partner = [this](std::string_view fingerprint) {
      return partners_ ? partners_->find(fingerprint) : std::nullopt;
    };
    services.find_employer = [this](const Hash& digest, const guard::Address& client) {
      return employers_.find(digest, client);
    };
    services.has_employers = [this] { return employers_.any(); };
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
    // A request's Host is whatever its sender wrote, and a QR code outlives the request: so the
    // address is the operator's word, or where this process listens, if that is one machine.
    services.public_url = [this] {
      const Listeners* now = running_.load();
      return now == nullptr ? std::string() : now->public_url();
    };
    if (!takes_orders(options_.listening)) return services;
    maintenance_.serve(services);
    services.record = [this](index::Batch batch) { return record(std::move(batch)); };
    return services;
  }

  void add_log_samples(std::vector<api::Sample>& all) const {
    const auto newest = store_.published();
    all.push_back({"chayan_published_size", "Entries that the newest published checkpoint covers",
                   newest ? static_cast<double>(newest->checkpoint.size) : 0.0, false});
    all.push_back({"chayan_publish_failures_total",
                   "Checkpoints that could not be signed and persisted; each is tried again",
                   static_cast<double>(publish_failures_.load())});
    all.push_back({"chayan_report_openings_lost_total",
                   "Openings of share reports that could not be recorded",
                   openings_ ? static_cast<double>(openings_->lost()) : 0.0});
    const auto due = index::is_purge_due(store_.db());
    all.push_back({"chayan_purge_due", "1 while erased values may still stand in the files",
                   !due || *due ? 1.0 : 0.0, false});
  }

  Result<void> open_guarding() {
    auto opened = Guarding::open(options_.guard, store_, clock_, !options_.listening.no_limits,
                                 [this](const Error& error) { fault("audit", error); });
    if (!opened) return opened.error();
    guarding_ = std::move(*opened);
    return {};
  }

  // The log's origin, and not read-only: what a process finds when it opens the store it keeps.
  bool is_written_here() const { return !store_.read_only() && !store_.is_mirror(); }

  Result<void> amend(index::Amendment amendment) {
    auto amended = writer_->amend(std::move(amendment));
    if (!amended) end_if_unknown(amended.error());
    return amended;
  }

  // A failed commit means unknown: the process ends, and clients ask again.
  void end_if_unknown(const Error& error) {
    if (error.code != ErrorCode::io || commit_failed_.exchange(true)) return;
    fault("commit_failed", error);
    if (Listeners* now = running_.load(); now != nullptr) now->drain();
  }

  Result<void> open_partners() {
    if (options_.listening.partner_listen.empty()) return {};
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
    if (outcome) return bell_.ring();
    ++publish_failures_;
    fault("publish_failed", outcome.error());
  }

  void fault(std::string_view event, const Error& error) {
    log_.write("error", event, [&](JsonWriter& json) { json.member("what", error.message.en); });
  }

  void announce() {
    std::cout << listeners_->announcement() << std::endl;
    const auto head = store_.reader().head();
    log_.write("info", "started", [&](JsonWriter& json) {
      json.member("listen", listeners_->address());
      json.member("admin", listeners_->admin_address());
      json.member("size", head ? static_cast<std::int64_t>(head->size) : std::int64_t{-1});
    });
  }

  const ServeOptions& options_;
  index::Store& store_;
  const Clock& clock_;
  ServiceLog& log_;
  std::atomic<Listeners*> running_{nullptr};
  Bell bell_;
  std::atomic<bool> commit_failed_{false};
  std::atomic<std::uint64_t> publish_failures_{0};
  CredentialDirectory employers_;
  std::unique_ptr<QuotaLedger> quotas_;
  std::unique_ptr<PartnerDirectory> partners_;  // both null without a partner listener
  std::unique_ptr<DisclosureLedger> ledger_;
  std::unique_ptr<Guarding> guarding_;
  Maintenance maintenance_;
  std::unique_ptr<const api::Api> api_;
  std::unique_ptr<Listeners> listeners_;
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
  add_listen_options(*command, options->listening);
  command->add_option("--partners", options->partners, "Partner file (default: DATA.partners.json)")
      ->needs("--partner-listen");
  command->add_option("--credentials", options->credentials,
                      "Credential file of employers (default: DATA.credentials.json)");
  command->add_option("--cache-mib", options->cache_mib, "Block cache of the store in MiB")
      ->check(CLI::Range(8, 1 << 20))
      ->capture_default_str();
  add_maintenance_options(*command, options->maintenance);
  add_guard_options(*command, options->guard);
  command->add_flag("--access-log", options->access_log,
                    "Log every request, without any value of it; else only failures and slow ones");
  command->callback([options, &exit_code] {
    options->store.block_cache_bytes = options->cache_mib << 20;
    exit_code = run(*options);
  });
}

}  // namespace chayan::commands
