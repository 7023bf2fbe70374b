// The thread that makes snapshots and backups beside a running service.
#include "commands/maintenance.h"

#include <gtest/gtest.h>

#include <future>

#include "index/backup.h"
#include "index/snapshot_file.h"
#include "tests/support/registry.h"

namespace chayan::commands {
namespace {

using namespace std::chrono_literals;
using api::Job;
using api::JobKind;
using api::JobState;

constexpr auto kPatience = 60s;  // a hang fails

class MaintenanceTest : public testing::Test {
 protected:
  MaintenanceTest() {
    registry_.write(test::official_changes());
    EXPECT_TRUE(registry_.store().publish());
  }

  // Waits for the n-th job to end.
  Job over(std::size_t n) {
    std::unique_lock lock(mutex_);
    const bool ended = changed_.wait_for(lock, kPatience, [&] { return over_.size() >= n; });
    EXPECT_TRUE(ended);
    return ended ? over_[n - 1] : Job();
  }
  Maintenance::OnOver note() {
    return [this](const Job& job) {
      const std::lock_guard lock(mutex_);
      over_.push_back(job);
      changed_.notify_all();
    };
  }

  test::Registry registry_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Job> over_;
};

TEST_F(MaintenanceTest, MakesWhatIsOrdered) {
  MaintenanceOptions options;
  options.backup_folder = registry_.folder() / "backups";
  Maintenance maintenance(registry_.store(), options);
  maintenance.start(note());
  const Job snapshot = maintenance.start_job(JobKind::snapshot).value();
  EXPECT_EQ(snapshot.state, JobState::waiting);
  EXPECT_EQ(over(1).number, snapshot.number);
  const Job done = *maintenance.find_job(snapshot.number);
  EXPECT_EQ(done.state, JobState::done);
  EXPECT_EQ(done.size, registry_.reader().head().value().size);
  EXPECT_EQ(done.result, index::list_snapshots(registry_.store()).value().front().file());

  const Job backup = maintenance.start_job(JobKind::backup).value();
  EXPECT_GT(backup.number, snapshot.number);
  EXPECT_EQ(over(2).state, JobState::done) << over(2).error;
  EXPECT_EQ(index::list_backups(options.backup_folder).value().size(), 1U);
  EXPECT_FALSE(maintenance.find_job(backup.number + 1));
}

TEST_F(MaintenanceTest, OneThatWaitsIsJoined) {
  Maintenance maintenance(registry_.store(), {});
  const auto first = maintenance.start_job(JobKind::snapshot).value();
  EXPECT_EQ(maintenance.start_job(JobKind::snapshot).value().number, first.number);
  maintenance.start(note());
  EXPECT_EQ(over(1).state, JobState::done);
  EXPECT_NE(maintenance.start_job(JobKind::snapshot).value().number, first.number);
  EXPECT_EQ(over(2).state, JobState::done);
}

TEST_F(MaintenanceTest, WithoutAFolderThereAreNoBackups) {
  Maintenance maintenance(registry_.store(), {});
  EXPECT_EQ(maintenance.start_job(JobKind::backup).error().code, ErrorCode::unavailable);
}

TEST_F(MaintenanceTest, AFailureIsTold) {
  MaintenanceOptions options;
  options.backup_folder = registry_.folder() / "data.keys/anchor";  // a file
  Maintenance maintenance(registry_.store(), options);
  maintenance.start(note());
  ASSERT_TRUE(maintenance.start_job(JobKind::backup));
  EXPECT_EQ(over(1).state, JobState::failed);
  EXPECT_NE(over(1).error, "");
}

TEST_F(MaintenanceTest, TheScheduleBeginsWithTheFirstAndMindsTheLast) {
  MaintenanceOptions options;
  options.snapshot_every = 1h;
  {
    Maintenance maintenance(registry_.store(), options);
    maintenance.start(note());
    EXPECT_EQ(over(1).kind, JobKind::snapshot);
    EXPECT_EQ(index::list_snapshots(registry_.store()).value().size(), 1U);
  }
  const auto made = index::list_snapshots(registry_.store()).value().front();
  const std::string path = index::snapshot_folder(registry_.store()) + '/' + made.file();
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - 2h);
  registry_.write(test::put_institution(test::credit(1), "上海示例一"));
  ASSERT_TRUE(registry_.store().publish());
  {
    Maintenance maintenance(registry_.store(), options);
    maintenance.start(note());
    EXPECT_EQ(over(2).kind, JobKind::snapshot) << "the last is older than an hour";
  }
  Maintenance maintenance(registry_.store(), options);
  maintenance.start(note());
  EXPECT_EQ(maintenance.start_job(JobKind::snapshot).value().number, 1U)
      << "the last is new, so nothing is due";
  EXPECT_EQ(over(3).number, 1U);
}

TEST_F(MaintenanceTest, EndsWithWorkUnderWay) {
  for (int round = 0; round < 20; ++round) {
    MaintenanceOptions options;
    options.backup_folder = registry_.folder() / "backups";
    Maintenance maintenance(registry_.store(), options);
    maintenance.start(note());
    ASSERT_TRUE(maintenance.start_job(JobKind::backup));
    ASSERT_TRUE(maintenance.start_job(JobKind::snapshot));
    maintenance.stop();
    maintenance.stop();
    for (const std::uint64_t number : {1U, 2U}) {
      EXPECT_NE(maintenance.find_job(number)->state, JobState::running);
    }
  }
}

}  // namespace
}  // namespace chayan::commands
