// Limits, trusted proxies and audit trail of a command that serves verifications to strangers:
// `serve`, and a mirror that listens.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "api/services.h"
#include "guard/audit_trail.h"
#include "guard/guard.h"
#include "guard/trusted_proxies.h"

namespace CLI {
class App;
}

namespace chayan::commands {

struct GuardOptions {
  std::vector<guard::Network> trusted_proxies;
  guard::Limits limits;
  int audit_days = limits::kAuditRetentionDaysMin;
};

// --trusted-proxy, --client-rate, --proof-rate, --number-rate, --failures-an-hour, --proof-bits and
// --audit-days. `options` must live until the command line is parsed.
void add_guard_options(CLI::App& command, GuardOptions& options);

// Built before the api, which it must outlive.
class Guarding {
 public:
  // `store` and `clock` must outlive it. `limited` false: nobody waits (--no-limits); the audit
  // trail is written all the same.
  static Result<std::unique_ptr<Guarding>> open(const GuardOptions& options,
                                                const index::Store& store, const Clock& clock,
                                                bool limited,
                                                std::function<void(const Error&)> report);
  void serve(api::Services& services) const;
  void add_samples(std::vector<api::Sample>& samples) const;

 private:
  explicit Guarding(const GuardOptions& options) : proxies_(options.trusted_proxies) {}

  const guard::TrustedProxies proxies_;
  std::unique_ptr<guard::Guard> guard_;  // null: not limited
  std::unique_ptr<guard::AuditTrail> trail_;
};

}  // namespace chayan::commands
