// Snapshots, backups and key rotations of a running service, made on a thread of their own one after
// another, when their time comes and when they are ordered (api/run_job.h).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "api/services.h"
#include "base/limits.h"
#include "base/result.h"
#include "index/rotation.h"
#include "index/store.h"

namespace CLI {
class App;
}

namespace chayan::commands {

struct MaintenanceOptions {
  std::chrono::hours snapshot_every{0};  // 0: only when ordered
  std::size_t snapshots_kept = limits::kSnapshotsKept;
  std::string backup_folder;  // empty: no backups
  std::size_t backups_kept = limits::kBackupsKept;
};

// --snapshot-every, --keep-snapshots, --backup-dir and --keep-backups.
void add_maintenance_options(CLI::App& command, MaintenanceOptions& options);

class Maintenance {
 public:
  using OnOver = std::function<void(const api::Job&)>;  // on the thread; must not throw

  // `store` must outlive it. Nothing is made before start().
  Maintenance(index::Store& store, MaintenanceOptions options);
  ~Maintenance();  // stops
  Maintenance(const Maintenance&) = delete;
  Maintenance& operator=(const Maintenance&) = delete;

  // Before start(): how resealed rows are recorded. Without it keys are counted and not rotated. A
  // rotation that an earlier process had begun goes on at the start.
  void rotate_keys_with(index::Amend amend);
  // Fills in start_job and find_job.
  void serve(api::Services& services);
  // `over` is told of each job that has ended, once it can be found to have.
  void start(OnOver over);
  // Ends the job under way as soon as it can be ended, then the thread. Idempotent.
  void stop();

  // Both from any thread; what Services says of them.
  Result<api::Job> start_job(api::JobKind kind);
  std::optional<api::Job> find_job(std::uint64_t number) const;

 private:
  void run(const std::stop_token& stop);
  // The next job, marked as running; nullopt: stopped.
  std::optional<api::Job> next(const std::stop_token& stop);
  api::Job& add(api::JobKind kind);
  Result<void> make(api::Job& job, const std::stop_token& stop) const;
  Result<void> rotate_keys(api::Job& job, const std::stop_token& stop) const;
  Result<void> count_keys(api::Job& job) const;
  Result<void> make_snapshot(api::Job& job, const std::stop_token& stop) const;
  Result<void> make_backup(api::Job& job, const std::stop_token& stop) const;
  std::chrono::steady_clock::time_point first_due() const;

  index::Store& store_;
  const MaintenanceOptions options_;
  index::Amend amend_;
  OnOver over_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<api::Job> jobs_;  // ascending by number
  std::uint64_t last_number_ = 0;
  std::optional<std::chrono::steady_clock::time_point> due_;  // the next snapshot; unset: never
  std::jthread thread_;                                       // last: ends before what it uses
};

}  // namespace chayan::commands
