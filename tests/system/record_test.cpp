// Changes recorded while the service runs, and those who wait for them.
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "log/feed_reader.h"
#include "tests/support/registry.h"
#include "tests/system/cli.h"
#include "tests/system/served_log.h"

namespace chayan::test {
namespace {

class RecordTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string file =
        put_file(folder_ / "official.ndjson", import_lines(official_changes()));
    ASSERT_EQ(run_chayan({"import", "--data", data_, file}).code, 0);
  }

  TempDirectory folder_;
  std::string data_ = folder_ / "data";
};

TEST_F(RecordTest, AWaitingReaderGetsTheChangeWhenItIsRecorded) {
  ServeProcess server(CHAYAN_BINARY, data_);
  const log::NoteKey key = log_key(server);
  log::FeedReader reader(key, {});
  ASSERT_TRUE(reader.read(server.get("/v1/changes").body));
  const std::string after = std::to_string(reader.frontier().size() - 1);

  HttpReply woken;
  std::thread waiting([&] { woken = server.get("/v1/changes?wait=60&after=" + after); });
  // It waits when the gauge says so.
  while (server.get_admin("/metrics").body.find("\nchayan_requests_waiting 1") ==
         std::string::npos) {
  }
  const HttpReply recorded =
      record(server, "wake", import_lines({put_institution(credit(1), "上海示例一")}));
  ASSERT_EQ(recorded.status, 200) << recorded.body;
  waiting.join();
  const auto page = reader.read(woken.body);
  ASSERT_TRUE(page) << page.error().message.en;
  ASSERT_EQ(page->lines.size(), 1U);
  EXPECT_NE(page->lines[0].entry.find("上海示例一"), std::string_view::npos);
  EXPECT_EQ(server.get("/v1/institutions/" + std::string(credit(1).text())).status, 200);
  EXPECT_EQ(server.stop().value_or(Exit()).code, 0);
}

TEST_F(RecordTest, AReasonThatNamesTheHolderIsRefusedAndNotRepeated) {
  ServeProcess server(CHAYAN_BINARY, data_);
  Change correction = correct("DEMO-1", day("2026-08-02"), "合成乙", "T0000002");
  std::get<CertificateEvent>(correction.body).reason = "holder now 合成乙, ends in 000002";
  const std::vector<Change> sound = {
      put_institution(credit(1), "上海示例一"),
      issue(credit(1), "foreign/1/1", day("2026-08-01"), "DEMO-1", "测试甲", "T0000001")};
  ASSERT_EQ(record(server, "sound", import_lines(sound)).status, 200);
  const HttpReply refused = record(server, "personal", import_lines({correction}));
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(refused.body.find(R"("field":"reason")"), std::string::npos) << refused.body;
  EXPECT_EQ(refused.body.find("合成乙"), std::string::npos) << refused.body;
  EXPECT_EQ(server.get("/v1/changes").body.find("合成乙"), std::string::npos);
}

TEST_F(RecordTest, ADrainAnswersThoseWhoWait) {
  ServeProcess server(CHAYAN_BINARY, data_);
  log::FeedReader reader(log_key(server), {});
  ASSERT_TRUE(reader.read(server.get("/v1/changes").body));
  const std::string after = std::to_string(reader.frontier().size() - 1);
  HttpReply drained;
  std::thread waiting([&] { drained = server.get("/v1/changes?wait=60&after=" + after); });
  while (server.get_admin("/metrics").body.find("\nchayan_requests_waiting 1") ==
         std::string::npos) {
  }
  EXPECT_EQ(server.stop().value_or(Exit()).code, 0);
  waiting.join();
  EXPECT_EQ(drained.status, 200);
  EXPECT_TRUE(reader.read(drained.body).value().lines.empty());
}

TEST_F(RecordTest, WhatWasRecordedIsThereAfterARestartAndItsKeyIsRemembered) {
  const std::string lines = import_lines({put_institution(credit(1), "上海示例一")});
  std::string checkpoint;
  {
    ServeProcess server(CHAYAN_BINARY, data_);
    ASSERT_EQ(record(server, "once", lines).status, 200);
    EXPECT_EQ(server.stop().value_or(Exit()).code, 0);
  }
  ServeProcess server(CHAYAN_BINARY, data_);
  EXPECT_NE(record(server, "once", lines).body.find(R"("replayed":true)"), std::string::npos);
  EXPECT_EQ(record(server, "once", lines + lines).status, 409);
  EXPECT_EQ(server.get("/v1/institutions/" + std::string(credit(1).text())).status, 200);
}

}  // namespace
}  // namespace chayan::test
