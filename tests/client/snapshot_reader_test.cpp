// Snapshot files cut anywhere, and files that are none.
#include "client/snapshot_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"
#include "client/backoff.h"
#include "http/content_coding.h"

namespace chayan::client {
namespace {

std::string frame(const std::string& text) {
  return http::encode(http::Coding::zstd, text).value();
}

std::string answer(int entries) {
  std::string text;
  for (int i = 0; i < entries; ++i) {
    text += R"({"entry":{"seq":)" + std::to_string(i) + R"(,"kind":"of no matter here"}})" + "\n";
  }
  return text + R"({"checkpoint":"note","consistency":[],"size":)" + std::to_string(entries) +
         "}\n";
}

struct Read {
  Result<void> outcome;
  std::vector<std::string> answers;
  bool is_complete = false;
};

Read read(const std::string& file, std::size_t piece) {
  Read made;
  SnapshotReader reader([&](std::string_view whole) -> Result<void> {
    made.answers.emplace_back(whole);
    return {};
  });
  for (std::size_t at = 0; at < file.size() && made.outcome; at += piece) {
    made.outcome = reader.take(std::string_view(file).substr(at, piece));
  }
  made.is_complete = reader.is_complete();
  return made;
}

TEST(SnapshotReader, GivesWholeAnswersHoweverTheFileIsCut) {
  const std::vector<std::string> answers = {answer(30), answer(1000), answer(20), answer(20'000)};
  std::string frames, text;
  for (const std::string& one : answers) {
    frames += frame(one);
    text += one;
  }
  for (const std::string& file : {frames, frame(text)}) {
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{7}, std::size_t{4096}, file.size()}) {
      const Read got = read(file, piece);
      ASSERT_TRUE(got.outcome) << got.outcome.error().message.en;
      EXPECT_TRUE(got.answers == answers) << piece;
      EXPECT_TRUE(got.is_complete);
    }
  }
}

TEST(SnapshotReader, AFileThatEndsEarlyIsNotComplete) {
  const std::string file = frame(answer(100)) + frame(answer(100));
  for (std::size_t size = 1; size < file.size(); ++size) {
    const Read got = read(file.substr(0, size), 64);
    ASSERT_TRUE(got.outcome) << got.outcome.error().message.en;
    EXPECT_LT(got.answers.size(), 2U);
    EXPECT_EQ(got.is_complete, size == frame(answer(100)).size()) << size;
  }
}

TEST(SnapshotReader, WhatIsNoSnapshotIsCorrupt) {
  EXPECT_FALSE(read(answer(100), 100).outcome) << "not zstd";
  const std::string endless(2 * limits::kClientBodyBytesMax, 'a');
  const Read got = read(frame(endless), 100);
  ASSERT_FALSE(got.outcome);
  EXPECT_EQ(got.outcome.error().code, ErrorCode::corrupt);
  EXPECT_TRUE(got.answers.empty());
}

TEST(SnapshotReader, AnErrorOfItsOwnerIsReturned) {
  SnapshotReader reader([](std::string_view) -> Result<void> { return corrupt("seq 3: no."); });
  const auto taken = reader.take(frame(answer(30)));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error(), corrupt("seq 3: no."));
}

TEST(Backoff, DoublesUpToItsCapWithJitterAndBeginsAnew) {
  using namespace std::chrono_literals;
  Backoff backoff(1, 4ms, 100ms);
  for (const auto step : {4ms, 8ms, 16ms, 32ms, 64ms, 100ms, 100ms}) {
    const auto next = backoff.next();
    EXPECT_GE(next, step / 2);
    EXPECT_LE(next, step);
  }
  backoff.reset();
  EXPECT_LE(backoff.next(), 4ms);
}

}  // namespace
}  // namespace chayan::client
