#include "commands/guarding.h"

#include <CLI/CLI.hpp>
#include <string>

#include "commands/partner_paths.h"

namespace chayan::commands {

void add_guard_options(CLI::App& command, GuardOptions& options) {
  const auto fail_on = [](const Error& error) {
    throw CLI::ValidationError(error.field, error.message.en);
  };
  command
      .add_option_function<std::vector<std::string>>(
          "--trusted-proxy",
          [&options, fail_on](const std::vector<std::string>& networks) {
            for (const std::string& text : networks) {
              const auto network = guard::Network::parse(text, "--trusted-proxy");
              if (!network) return fail_on(network.error());
              options.trusted_proxies.push_back(*network);
            }
          },
          "Network of reverse proxies (10.0.0.0/8) whose X-Forwarded-For is believed; repeatable")
      ->allow_extra_args(false);
  const auto add_rate = [&](const char* name, guard::Rate guard::Limits::*rate, const char* help) {
    command.add_option_function<std::string>(
        name,
        [&options, rate, name, fail_on](const std::string& text) {
          const auto parsed = guard::parse_rate(text, name);
          if (!parsed) return fail_on(parsed.error());
          options.limits.*rate = *parsed;
        },
        help);
  };
  add_rate("--client-rate", &guard::Limits::client_free,
           "Verifications of a client as BURST/MILLISECONDS (default 30/2000)");
  add_rate("--proof-rate", &guard::Limits::client_proven,
           "Further ones, each with a proof of work (default 60/200)");
  add_rate("--number-rate", &guard::Limits::number,
           "Verifications of one certificate number, from whomever (default 60/1000)");
  command
      .add_option("--failures-an-hour", options.limits.failures_an_hour,
                  "Verifications of one number that may fail in an hour, from whomever")
      ->check(CLI::Range(2, 1'000'000))
      ->capture_default_str();
  command.add_option("--proof-bits", options.limits.proof_bits, "Difficulty of a proof of work")
      ->check(CLI::Range(1, 32))
      ->capture_default_str();
  command
      .add_option("--audit-days", options.audit_days,
                  "Days that the audit trail is kept before it and its keys are destroyed")
      ->check(CLI::Range(limits::kAuditRetentionDaysMin, 36'500))
      ->capture_default_str();
}

Result<std::unique_ptr<Guarding>> Guarding::open(const GuardOptions& options,
                                                 const index::Store& store, const Clock& clock,
                                                 bool limited,
                                                 std::function<void(const Error&)> report) {
  std::unique_ptr<Guarding> made(new Guarding(options));
  const crypto::Keyring& keyring = store.keyring();
  if (limited) {
    made->guard_ = std::make_unique<guard::Guard>(keyring.rate_key, options.limits, clock);
  }
  guard::AuditOptions audit;
  audit.folder = audit_folder_of(store.options().data);
  audit.retention_days = options.audit_days;
  auto trail = guard::AuditTrail::open(audit, keyring.audit_key, clock, std::move(report));
  if (!trail) return trail.error();
  made->trail_ = std::move(*trail);
  return made;
}

void Guarding::serve(api::Services& services) const {
  services.guard = guard_.get();
  services.trail = trail_.get();
  services.proxies = &proxies_;
}

void Guarding::add_samples(std::vector<api::Sample>& samples) const {
  if (guard_) {
    samples.push_back({"chayan_requests_limited_total", "Verifications refused with 429",
                       static_cast<double>(guard_->refused())});
  }
  samples.push_back({"chayan_audit_lines_total", "Questions written to the audit trail",
                     static_cast<double>(trail_->written())});
  samples.push_back({"chayan_audit_lost_total", "Questions that the audit trail has lost",
                     static_cast<double>(trail_->lost())});
}

}  // namespace chayan::commands
