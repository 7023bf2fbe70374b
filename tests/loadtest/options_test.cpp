#include "loadtest/generator/options.h"

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace chayan::loadtest {
namespace {

Options resolved(const std::string& url, bool allow_remote = false) {
  Options options;
  options.url = url;
  options.allow_remote = allow_remote;
  resolve_url(options);
  return options;
}

struct Parsed {
  std::optional<Options> options;
  int exit_code = 0;
  std::string said;
};

Parsed parsed(std::vector<std::string> words) {
  words.insert(words.begin(), "chayan-load");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  Parsed all;
  testing::internal::CaptureStderr();
  all.options = parse_options(static_cast<int>(arguments.size()), arguments.data(), all.exit_code);
  all.said = testing::internal::GetCapturedStderr();
  return all;
}

TEST(LoadOptions, ReadTheMix) {
  const std::vector<Share> mix = parse_mix("verification=90,institutions=0.5,catalog");
  ASSERT_EQ(mix.size(), 3u);
  EXPECT_EQ(mix[0].kind, Kind::verification);
  EXPECT_EQ(mix[0].weight, 90);
  EXPECT_EQ(mix[1].weight, 0.5);
  EXPECT_EQ(mix[2].kind, Kind::catalog);
  EXPECT_EQ(mix[2].weight, 1);
  for (const char* bad : {"", "verify", "catalog=", "catalog=0", "catalog=-1", "catalog=1x",
                          "catalog=nan", "catalog,", "=1"}) {
    EXPECT_THROW(parse_mix(bad), std::invalid_argument) << bad;
  }
}

TEST(LoadOptions, ResolveTheUrl) {
  EXPECT_EQ(resolved("http://127.0.0.1:8080").port, "8080");
  EXPECT_FALSE(resolved("http://127.0.0.1:8080/x").tls);
  EXPECT_EQ(resolved("http://localhost").port, "80");
  EXPECT_TRUE(resolved("https://[::1]:8443/").tls);
  EXPECT_EQ(resolved("https://[::1]:8443/").host, "::1");
  EXPECT_EQ(resolved("https://[::1]:8443/").port, "8443");
  EXPECT_EQ(resolved("redis://127.0.0.1").port, "6379");
  for (const char* bad : {"", "127.0.0.1:80", "ftp://127.0.0.1", "http://",
                          "http://127.0.0.1:", "http://127.0.0.1:x", "http://127.0.0.1:123456"}) {
    EXPECT_THROW(resolved(bad), std::invalid_argument) << bad;
  }
}

TEST(LoadOptions, StayOnThisMachineUnlessToldOtherwise) {
  for (const char* url : {"http://service.example", "http://127.evil.example", "http://10.0.0.1"}) {
    EXPECT_THROW(resolved(url), std::invalid_argument) << url;
    EXPECT_NO_THROW(resolved(url, true)) << url;
  }
}

TEST(LoadOptions, SayWhatIsMissingOrDoesNotFit) {
  const std::string url = "http://127.0.0.1:1";
  EXPECT_NE(parsed({url}).said.find("--truth"), std::string::npos);
  const std::vector<std::vector<std::string>> bad = {
      {url},
      {url, "--mix", "batch", "--truth", "t"},
      {url, "--mix", "redis,catalog", "--truth", "t"},
      {url, "--get", "/x", "--mix", "catalog"},
      {url, "--get", "/x", "--rate", "0"},
      {url, "--get", "/x", "--rate", "fast"},
      {url, "--get", "/x", "--connections", "10001"},
      {url, "--get", "/x", "--connections", "1", "--threads", "2"},
      {url, "--get", "/x", "--requests-per-connection", "1", "--pipeline", "2"},
      {url, "--get", "/x", "--check", "1.1"},
      {url, "--get", "/x", "--keys", "random"},
      {url, "--get", "/x", "--no-such-option"},
      {}};
  for (const auto& words : bad) {
    const Parsed result = parsed(words);
    EXPECT_FALSE(result.options);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_FALSE(result.said.empty());
  }
  const Parsed good = parsed({url, "--get", "/x", "--rate", "100", "--arrivals", "poisson"});
  ASSERT_TRUE(good.options) << good.said;
  EXPECT_EQ(good.options->arrivals, Arrivals::poisson);
  EXPECT_EQ(good.options->rate, 100);
}

}  // namespace
}  // namespace chayan::loadtest
