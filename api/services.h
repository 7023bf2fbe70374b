// What the api is given by whoever builds it (serve.cpp), and what it tells in return.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/job.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "guard/audit_trail.h"
#include "guard/guard.h"
#include "guard/trusted_proxies.h"
#include "index/feed.h"
#include "index/store.h"
#include "index/writer.h"

namespace chayan::api {

// One answered request, told without any value of the request: both views are literals of ours.
struct RequestRecord {
  std::string_view route;   // pattern; "(none)" where no route matched, "(refused)" by the server
  std::string_view method;  // GET, HEAD, POST, OPTIONS or "other"
  int status = 0;
  std::size_t response_bytes = 0;  // body, coded; of a HEAD what a GET would have had
  std::chrono::nanoseconds duration{};
};

// A number of somebody else's that /metrics shows.
struct Sample {
  std::string name;  // chayan_connections_open
  std::string help;
  double value = 0;
  bool counter = true;  // false: gauge
};

// Who asks with a credential (Authorization: Bearer), and how much they may.
struct Employer {
  std::string credential;  // its id
  std::string name;
  std::uint64_t rows_per_day = 0;
};

// Where a credential's quota stands.
struct QuotaStanding {
  bool granted = false;
  std::uint64_t limit = 0;  // rows a day
  std::uint64_t left = 0;   // with what was granted taken off
  std::chrono::seconds until_reset{0};
};

// Empty functions are allowed everywhere. All are called from any server thread and must not throw.
// Who a client certificate on the partner listener belongs to, and what they may see.
struct Partner {
  std::string name;
  index::Visibility visibility;
};

// Private fields that left this house: recorded before they do.
struct Disclosure {
  const Partner& partner;
  // Seqs of the entries whose private fields were shown, ascending.
  const std::vector<std::uint64_t>& seqs;
};

// Empty functions are allowed everywhere. All are called from any server thread and must not throw.
struct Services {
  const index::Store& store;
  const Clock& clock;
  // Null: no limits, no audit trail, no proxies. All outlive the api.
  guard::Guard* guard = nullptr;
  guard::AuditTrail* trail = nullptr;
  const guard::TrustedProxies* proxies = nullptr;
  // Called once per answered request.
  std::function<void(const RequestRecord&)> observe = {};
  // A fault of storage (corrupt, io) behind a 503; its message holds no personal data.
  std::function<void(const Error&)> report_fault = {};
  // False from the moment the process drains; /readyz says so.
  std::function<bool()> ready = {};
  // Records a batch; blocks until it is committed (index::Writer::submit). Empty: nothing is written
  // here.
  std::function<index::BatchOutcome(index::Batch)> record = {};
  // Changes rows that are the store's own (index::Writer::amend); blocks until they are durable.
  // Empty: nothing is written here, and so there are no share reports.
  std::function<Result<void>(index::Amendment)> amend = {};
  // Remembers that a share report was opened; does not wait for the disk. Error unavailable: too
  // many openings wait for it already, and the report must not be shown.
  std::function<Result<void>(index::ReportOpening)> record_opening = {};
  // Where the public finds this service, "https://verify.example.cn", without a final slash. Empty:
  // nobody has said, and no request's Host is believed.
  std::function<std::string()> public_url = {};
  // The partner with this certificate (SHA-256 of its DER, 32 bytes); nullopt: none, or no longer.
  std::function<std::optional<Partner>(std::string_view fingerprint)> find_partner = {};
  // Makes the record durable; on an error nothing may be shown.
  std::function<Result<void>(const Disclosure&)> record_disclosure = {};
  // The employer whose credential has this digest (crypto/bearer_secret.h), if it counts now and
  // for a client at this address. Takes the same work whatever comes out.
  std::function<std::optional<Employer>(const Hash& digest, const guard::Address& client)>
      find_employer = {};
  // Whether anybody has a credential that may count; empty: somebody may.
  std::function<bool()> has_employers = {};
  // Takes that many rows off the employer's quota, all or none.
  std::function<Result<QuotaStanding>(const Employer&, std::uint64_t rows)> spend_quota = {};
  // Starts a job, or gives the one of that kind that waits already. Error unavailable: this process
  // does not do such.
  std::function<Result<Job>(JobKind)> start_job = {};
  // How that job stands; nullopt: there is none of that number, or it is forgotten.
  std::function<std::optional<Job>(std::uint64_t number)> find_job = {};
  // News that waiting requests may have waited for: they are to be asked again (Server::ring).
  std::function<void()> ring = {};
  // Counters of the server, read when /metrics is asked.
  std::function<std::vector<Sample>()> samples = {};
};

}  // namespace chayan::api
