#include "log/group_commit.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <future>
#include <latch>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/log/temp_directory.h"

namespace chayan::log {
namespace {

using Group = GroupCommit<int, std::string>;

// A carry function that stops in its first group until it is told to go on, so that a test can say
// what arrives meanwhile.
class Gate {
 public:
  void hold() {
    entered_.count_down();
    released_.wait();
  }
  void wait_until_held() { entered_.wait(); }
  void release() { released_.count_down(); }

 private:
  std::latch entered_{1}, released_{1};
};

TEST(GroupCommit, ASingleCallerIsItsOwnGroup) {
  Group group(
      [](std::span<int*> works, std::span<std::string> outcomes) {
        ASSERT_EQ(works.size(), 1U);
        outcomes[0] = "carried " + std::to_string(*works[0]);
      },
      10);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(group.submit(i), "carried " + std::to_string(i));
}

TEST(GroupCommit, WorkIsMovedInAndOutcomeOut) {
  GroupCommit<std::unique_ptr<int>, std::unique_ptr<int>> group(
      [](std::span<std::unique_ptr<int>*> works, std::span<std::unique_ptr<int>> outcomes) {
        for (std::size_t i = 0; i < works.size(); ++i) outcomes[i] = std::move(*works[i]);
      },
      10);
  EXPECT_EQ(*group.submit(std::make_unique<int>(5)), 5);
}

// While one group is under way the others gather; they are carried in the order of arrival, in
// groups no larger than allowed.
TEST(GroupCommit, WaitersAreGroupedInOrderOfArrival) {
  Gate gate;
  std::vector<std::vector<int>> groups;  // written by one leader at a time
  Group group(
      [&](std::span<int*> works, std::span<std::string> outcomes) {
        groups.emplace_back();
        for (std::size_t i = 0; i < works.size(); ++i) {
          groups.back().push_back(*works[i]);
          outcomes[i] = std::to_string(*works[i]);
        }
        if (groups.size() == 1) gate.hold();
      },
      3);
  std::vector<std::thread> threads;
  threads.emplace_back([&] { EXPECT_EQ(group.submit(0), "0"); });
  gate.wait_until_held();
  for (int i = 1; i <= 7; ++i) {
    threads.emplace_back([&, i] { EXPECT_EQ(group.submit(i), std::to_string(i)); });
    while (group.pending() <= static_cast<std::size_t>(i)) std::this_thread::yield();
  }
  gate.release();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(groups, (std::vector<std::vector<int>>{{0}, {1, 2, 3}, {4, 5, 6}, {7}}));
}

// A follower whose work is done must not wait for the group after it.
TEST(GroupCommit, AFinishedFollowerReturnsWhileTheNextGroupIsUnderWay) {
  Gate first;
  Gate third;
  int count = 0;
  Group group(
      [&](std::span<int*>, std::span<std::string>) {
        ++count;
        if (count == 1) first.hold();
        if (count == 3) third.hold();
      },
      2);
  std::vector<std::future<std::string>> callers;
  callers.push_back(std::async(std::launch::async, [&] { return group.submit(0); }));
  first.wait_until_held();
  for (std::size_t i = 1; i <= 4; ++i) {  // two groups of two
    callers.push_back(std::async(std::launch::async, [&] { return group.submit(1); }));
    while (group.pending() <= i) std::this_thread::yield();
  }
  first.release();
  third.wait_until_held();
  for (std::size_t i = 0; i <= 2; ++i) callers[i].get();  // returns, or the test hangs
  third.release();
  for (std::size_t i = 3; i <= 4; ++i) callers[i].get();
}

TEST(GroupCommit, AnExceptionReachesItsGroupAndNobodyElse) {
  Gate gate;
  int count = 0;
  Group group(
      [&](std::span<int*> works, std::span<std::string> outcomes) {
        if (++count == 1) gate.hold();
        for (std::size_t i = 0; i < works.size(); ++i) {
          if (*works[i] == 2) throw std::runtime_error("the disk failed");
          outcomes[i] = "done";
        }
      },
      2);
  const auto caller = [&](int work) -> std::string {
    try {
      return group.submit(work);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  };
  std::vector<std::future<std::string>> callers;
  callers.push_back(std::async(std::launch::async, caller, 0));
  gate.wait_until_held();
  for (int i = 1; i <= 4; ++i) {
    callers.push_back(std::async(std::launch::async, caller, i));
    while (group.pending() <= static_cast<std::size_t>(i)) std::this_thread::yield();
  }
  gate.release();
  std::vector<std::string> outcomes;
  outcomes.reserve(callers.size());
  for (auto& outcome : callers) outcomes.push_back(outcome.get());
  EXPECT_EQ(outcomes, (std::vector<std::string>{"done", "the disk failed", "the disk failed",
                                                "done", "done"}));
  EXPECT_EQ(group.submit(9), "done") << "the queue goes on";
}

TEST(GroupCommit, WhatIsNoExceptionOfTheStandardIsThrownAsOne) {
  bool fail = true;
  Group group(
      [&](std::span<int*>, std::span<std::string>) {
        if (fail) throw 5;
      },
      2);
  EXPECT_THROW(group.submit(1), std::runtime_error);
  fail = false;
  EXPECT_EQ(group.submit(1), "");
}

// Eight threads, a real file: each line is written once, is on disk when its caller is told, and
// one thread's lines stand in its order.
TEST(GroupCommit, EightThreadsOverASyncedFile) {
  constexpr int kThreads = 8;
  constexpr int kWorks = 100;
  const TempDirectory directory;
  const std::string path = directory.file("journal");
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  ASSERT_GE(file, 0);
  std::atomic<int> inside{0};
  std::size_t offset = 0;
  GroupCommit<std::string, std::size_t> group(
      [&](std::span<std::string*> works, std::span<std::size_t> ends) {
        EXPECT_EQ(++inside, 1) << "two leaders at once";
        std::string lines;
        for (std::size_t i = 0; i < works.size(); ++i) {
          lines += *works[i] + "\n";
          ends[i] = offset + lines.size();
        }
        EXPECT_EQ(::write(file, lines.data(), lines.size()), static_cast<ssize_t>(lines.size()));
        EXPECT_EQ(::fsync(file), 0);
        offset += lines.size();
        --inside;
      },
      5);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kWorks; ++i) {
        const std::size_t end = group.submit(std::to_string(t) + " " + std::to_string(i));
        EXPECT_GE(std::filesystem::file_size(path), end) << "told before it was written";
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ::close(file);

  std::vector<int> next(kThreads, 0);
  std::ifstream lines(path);
  for (int t = 0, i = 0; lines >> t >> i;) {
    ASSERT_LT(t, kThreads);
    EXPECT_EQ(i, next[static_cast<std::size_t>(t)]++);
  }
  EXPECT_EQ(next, std::vector<int>(kThreads, kWorks));
}

}  // namespace
}  // namespace chayan::log
