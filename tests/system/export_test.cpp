// export → import into a new directory: the same registry, told again.
//
// What differs by nature: an erased certificate is not exported (its payload is gone), so entries
// that concern it are missing and later ones have smaller numbers; entries carry the time they were
// recorded at, and payloads salts of their own, so the root differs. A second export, of the copy,
// equals the first byte for byte.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <sstream>

#include "base/json_reader.h"
#include "index/reader.h"
#include "tests/support/registry.h"
#include "tests/system/cli.h"

namespace chayan::test {
namespace {

struct Truth {
  std::string number;
  std::string holder;
  std::string status;
};

std::vector<Truth> read_truth(const std::string& path) {
  std::vector<Truth> truth;
  JsonParser parser;
  std::istringstream lines(file_content(path));
  for (std::string line; std::getline(lines, line);) {
    auto object = parser.parse_object(line).value();
    truth.push_back({std::string(object.string("certificate_number")),
                     std::string(object.string("holder_name")),
                     std::string(object.string("status"))});
  }
  return truth;
}

// Entry numbers are the log's own, not the registry's.
std::string without_numbers(std::string body) {
  for (const std::string_view member : {"\"seq\":", "\"put_seq\":"}) {
    for (std::size_t at = 0; (at = body.find(member, at)) != std::string::npos;) {
      at += member.size();
      body.erase(at, body.find_first_not_of("0123456789", at) - at);
    }
  }
  return body;
}

class ExportTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string certificates = std::to_string(scaled(3000, 300));
    ASSERT_EQ(run_chayan({"demo", "--institutions", "40", "--certificates", certificates, "--seed",
                          "5", "--out", folder_ / "demo"})
                  .code,
              0);
    import(data_, folder_ / "demo/registry.ndjson");
  }

  void import(const std::string& data, const std::string& file) {
    const Finished finished = run_chayan({"import", "--data", data, file});
    ASSERT_EQ(finished.code, 0) << finished.err;
  }
  std::string export_to(const std::string& data, const std::string& name) {
    const std::string path = folder_ / name;
    const Finished finished = run_chayan({"export", "--data", data, "--out", path});
    EXPECT_EQ(finished.code, 0) << finished.err;
    EXPECT_NE(finished.err.find("personal data"), std::string::npos) << finished.err;
    return path;
  }

  TempDirectory folder_;
  SystemClock clock_;
  std::string data_ = folder_ / "data";
  std::string copy_ = folder_ / "copy";
};

TEST_F(ExportTest, ImportedAgainItIsTheSameRegistry) {
  const std::string first = export_to(data_, "first.ndjson");
  import(copy_, first);
  const Finished check = run_chayan({"check", "--data", copy_});
  EXPECT_EQ(check.code, 0) << check.out;
  EXPECT_EQ(file_content(export_to(copy_, "second.ndjson")), file_content(first));

  const auto store = open_store(data_, clock_);
  const auto copy = open_store(copy_, clock_);
  const index::Reader there = store->reader();
  const index::Reader here = copy->reader();
  std::size_t erased = 0;
  for (const Truth& truth : read_truth(folder_ / "demo/truth.ndjson")) {
    const auto number = CertificateNumber::parse(truth.number).value();
    const auto expected = there.certificate(number).value();
    const auto found = here.certificate(number).value();
    if (truth.status == "erased") {
      EXPECT_FALSE(found) << truth.number;
      ++erased;
      continue;
    }
    ASSERT_TRUE(expected && found) << truth.number;
    EXPECT_EQ(found->facts, expected->facts) << truth.number;
    EXPECT_EQ(found->secrets, expected->secrets) << truth.number;
    EXPECT_EQ(found->first_issued_on, expected->first_issued_on) << truth.number;
    EXPECT_EQ(found->status(), truth.status);
    ASSERT_EQ(found->history.size(), expected->history.size());
    for (std::size_t i = 0; i < found->history.size(); ++i) {
      EXPECT_EQ(found->history[i].kind, expected->history[i].kind) << truth.number;
      EXPECT_EQ(found->history[i].on, expected->history[i].on) << truth.number;
    }
  }
  EXPECT_GT(erased, 0U) << "the demo has some";
}

TEST_F(ExportTest, TheCopyAnswersAsTheOriginalDoes) {
  import(copy_, export_to(data_, "export.ndjson"));
  const ServeProcess original(CHAYAN_BINARY, data_, {"--no-limits"});
  const ServeProcess copy(CHAYAN_BINARY, copy_, {"--no-limits"});
  const auto truth = read_truth(folder_ / "demo/truth.ndjson");
  std::size_t matches = 0;
  for (std::size_t i = 0; i < truth.size(); i += std::max<std::size_t>(1, truth.size() / 100)) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().member("certificate_number", truth[i].number);
    json.member("holder_name", truth[i].holder).end_object();
    const HttpReply expected = original.post("/v1/verifications", body);
    const HttpReply found = copy.post("/v1/verifications", body);
    EXPECT_EQ(found.status, expected.status);
    EXPECT_EQ(without_numbers(found.body), without_numbers(expected.body)) << truth[i].number;
    matches += found.body.find("\"match\"") != std::string::npos;
  }
  EXPECT_GT(matches, 50U);

  for (const char* target :
       {"/v1/catalog", "/v1/catalog/foreign/1/3", "/v1/occupations", "/v1/occupations/4-10-01-05",
        "/v1/institutions?limit=100&status=any", "/v1/institutions?limit=100&occupation=4-10-01-05",
        "/v1/institutions?limit=100&level=3&region=310115",
        "/v1/institutions?limit=100&q=zhiyejineng"}) {
    const HttpReply expected = original.get(target);
    const HttpReply found = copy.get(target);
    EXPECT_EQ(expected.status, 200) << target << expected.body;
    EXPECT_TRUE(without_numbers(found.body) == without_numbers(expected.body)) << target;
  }
}

TEST_F(ExportTest, WhatItWritesIsForTheOwnerAlone) {
  const std::string path = export_to(data_, "export.ndjson");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const Finished to_stdout = run_chayan({"export", "--data", data_, "--out", "-"});
  EXPECT_EQ(to_stdout.code, 0);
  EXPECT_EQ(to_stdout.out, file_content(path));
}

TEST_F(ExportTest, AnExportThatCannotBeDoneSaysSo) {
  const auto expect_failure = [](std::vector<std::string> arguments, int code) {
    const Finished finished = run_chayan(std::move(arguments));
    EXPECT_EQ(finished.code, code) << finished.err;
    EXPECT_FALSE(finished.err.empty());
  };
  expect_failure({"export", "--data", data_, "--out", folder_ / "no/such/folder"}, 1);
  expect_failure({"export", "--data", data_, "--out", "/dev/full"}, 1);
  expect_failure({"export", "--data", folder_ / "nothing", "--out", folder_ / "out"}, 1);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "nothing"));
  expect_failure({"export", "--data", data_}, 2);
}

}  // namespace
}  // namespace chayan::test
