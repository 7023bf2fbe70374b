#include "commands/maintenance.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "index/backup.h"
#include "index/snapshot_file.h"

namespace chayan::commands {

using Steady = std::chrono::steady_clock;

namespace {

// How long a snapshot that is due waits for something to be published: a mirror that has not
// caught up yet has nothing to make one of.
constexpr std::chrono::seconds kNothingPublishedYet{5};

}  // namespace

void add_maintenance_options(CLI::App& command, MaintenanceOptions& options) {
  command
      .add_option_function<unsigned>(
          "--snapshot-every",
          [&options](unsigned hours) { options.snapshot_every = std::chrono::hours(hours); },
          "Make a snapshot of the log every so many hours; 0: only when ordered")
      ->check(CLI::Range(0, 24 * 365));
  command.add_option("--keep-snapshots", options.snapshots_kept, "Newest snapshots to keep")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command.add_option("--backup-dir", options.backup_folder,
                     "Folder for the backups that `chayan backup --server` orders");
  command.add_option("--keep-backups", options.backups_kept, "Newest backups to keep")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
}

Maintenance::Maintenance(index::Store& store, MaintenanceOptions options)
    : store_(store), options_(std::move(options)) {}

Maintenance::~Maintenance() {
  stop();
}

void Maintenance::rotate_keys_with(index::Amend amend) {
  amend_ = std::move(amend);
}

void Maintenance::serve(api::Services& services) {
  services.start_job = [this](api::JobKind kind) { return start_job(kind); };
  services.find_job = [this](std::uint64_t number) { return find_job(number); };
}

void Maintenance::start(OnOver over) {
  over_ = std::move(over);
  if (options_.snapshot_every.count() > 0) due_ = first_due();
  if (amend_) {
    const auto rotation = index::is_rotation_under_way(store_);
    const std::lock_guard lock(mutex_);
    if (rotation && *rotation) add(api::JobKind::key_rotation);
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Maintenance::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

// A service that is restarted every day still makes its snapshots on time.
Steady::time_point Maintenance::first_due() const {
  const auto snapshots = index::list_snapshots(store_);
  if (!snapshots || snapshots->empty()) return Steady::now();
  std::error_code failed;
  const auto made = std::filesystem::last_write_time(
      index::snapshot_folder(store_) + '/' + snapshots->front().file(), failed);
  if (failed) return Steady::now();
  const auto age = std::filesystem::file_time_type::clock::now() - made;
  return Steady::now() +
         std::chrono::duration_cast<Steady::duration>(options_.snapshot_every - age);
}

Result<api::Job> Maintenance::start_job(api::JobKind kind) {
  if (kind == api::JobKind::backup && options_.backup_folder.empty()) {
    return Error{
        ErrorCode::unavailable,
        {},
        {"The service was started without --backup-dir, so it has nowhere to put a backup.",
         "服务启动时未指定 --backup-dir，无处存放备份。"}};
  }
  if (kind == api::JobKind::key_rotation && !amend_) {
    return Error{ErrorCode::unavailable,
                 {},
                 {"This service records nothing; stop it and rotate with --data.",
                  "本服务只读，请停止后用 --data 轮换密钥。"}};
  }
  const std::lock_guard lock(mutex_);
  const api::Job job = add(kind);
  changed_.notify_all();
  return job;
}

std::optional<api::Job> Maintenance::find_job(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  for (const api::Job& job : jobs_) {
    if (job.number == number) return job;
  }
  return std::nullopt;
}

// One that waits will see all that is there now; one that runs may not.
api::Job& Maintenance::add(api::JobKind kind) {
  for (api::Job& job : jobs_) {
    if (job.kind == kind && job.state == api::JobState::waiting) return job;
  }
  api::Job job;
  job.number = ++last_number_;
  job.kind = kind;
  jobs_.push_back(std::move(job));
  // Waiting and running ones are the newest, and at most one of each kind twice.
  if (jobs_.size() > limits::kJobsKept) jobs_.pop_front();
  return jobs_.back();
}

std::optional<api::Job> Maintenance::next(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (due_ && Steady::now() >= *due_) {
      const bool is_published = store_.published() != nullptr;
      due_ = Steady::now() + (is_published ? options_.snapshot_every : kNothingPublishedYet);
      if (is_published) add(api::JobKind::snapshot);
    }
    const auto waiting = std::find_if(jobs_.begin(), jobs_.end(), [](const api::Job& job) {
      return job.state == api::JobState::waiting;
    });
    if (waiting != jobs_.end()) {
      waiting->state = api::JobState::running;
      return *waiting;
    }
    const auto is_ordered = [&] {
      return std::any_of(jobs_.begin(), jobs_.end(),
                         [](const api::Job& job) { return job.state == api::JobState::waiting; });
    };
    if (due_) {
      changed_.wait_until(lock, stop, *due_, is_ordered);
    } else {
      changed_.wait(lock, stop, is_ordered);
    }
  }
  return std::nullopt;
}

void Maintenance::run(const std::stop_token& stop) {
  while (auto job = next(stop)) {
    const auto made = make(*job, stop);
    job->state = made ? api::JobState::done : api::JobState::failed;
    if (!made) job->error = made.error().message.en;
    {
      const std::lock_guard lock(mutex_);
      for (api::Job& kept : jobs_) {
        if (kept.number == job->number) kept = *job;
      }
    }
    if (over_) over_(*job);
  }
}

Result<void> Maintenance::make(api::Job& job, const std::stop_token& stop) const {
  switch (job.kind) {
    case api::JobKind::snapshot:
      return make_snapshot(job, stop);
    case api::JobKind::backup:
      return make_backup(job, stop);
    case api::JobKind::key_rotation:
      return rotate_keys(job, stop);
    case api::JobKind::key_count:
      break;
  }
  return count_keys(job);
}

Result<void> Maintenance::rotate_keys(api::Job& job, const std::stop_token& stop) const {
  const auto rotated = index::rotate_keys(store_, {.amend = amend_, .stop = stop});
  if (!rotated) return rotated.error();
  if (auto counted = count_keys(job); !counted) return counted;
  job.result = std::to_string(rotated->active_key);
  job.size = rotated->resealed;
  return {};
}

Result<void> Maintenance::count_keys(api::Job& job) const {
  auto uses = index::count_key_uses(store_);
  if (!uses) return uses.error();
  job.keys = std::move(*uses);
  for (const index::KeyUse& use : job.keys) {
    if (use.state == crypto::DataKeyState::active) job.result = std::to_string(use.id);
  }
  return {};
}

Result<void> Maintenance::make_snapshot(api::Job& job, const std::stop_token& stop) const {
  const auto made = index::make_snapshot(store_, stop, [](auto, auto) {});
  if (!made) return made.error();
  job.result = made->file();
  job.size = made->size;
  return index::remove_old_snapshots(store_, options_.snapshots_kept);
}

Result<void> Maintenance::make_backup(api::Job& job, const std::stop_token& stop) const {
  const auto made = index::make_backup(store_, options_.backup_folder, options_.backups_kept, stop);
  if (!made) return made.error();
  job.result = std::to_string(made->id);
  job.size = made->head.size;
  return {};
}

}  // namespace chayan::commands
