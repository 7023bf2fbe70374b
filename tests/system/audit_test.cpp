// `audit-log` as the public runs it: over HTTP, against the real service and against a registry
// that recorded what ours refuses.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <atomic>
#include <charconv>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "http/query.h"
#include "log/feed.h"
#include "tests/server/test_server.h"
#include "tests/support/planted_log.h"
#include "tests/support/process.h"
#include "tests/system/cli.h"

namespace chayan::test {
namespace {

using simdjson::dom::element;
// Rule by seq of what `audit-log --json` printed.
using Found = std::vector<std::pair<std::uint64_t, std::string>>;

struct Audit {
  Finished finished;
  Found found;
  simdjson::dom::parser parser;
  element report;

  std::string text(std::string_view name) const {
    return std::string(std::string_view(report[name]));
  }
  std::uint64_t number(std::string_view name) const { return std::uint64_t(report[name]); }
};

std::string url(std::uint16_t port) {
  return "http://127.0.0.1:" + std::to_string(port);
}

std::unique_ptr<Audit> audit(std::uint16_t port, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"audit-log", url(port), "--json"});
  auto audit = std::make_unique<Audit>();
  audit->finished = run_chayan(more);
  if (audit->parser.parse(audit->finished.out).get(audit->report) != simdjson::SUCCESS) {
    throw std::runtime_error("no report: " + audit->finished.err);
  }
  for (const element finding : audit->report["findings"].get_array()) {
    audit->found.emplace_back(std::uint64_t(finding["seq"]), std::string_view(finding["rule"]));
  }
  return audit;
}

// A demo, imported and served.
class ServedDemo {
 public:
  ServedDemo(const std::string& seed, const std::vector<std::string>& more) {
    std::vector<std::string> demo = {"demo",
                                     "--institutions",
                                     std::to_string(scaled(200, 60)),
                                     "--certificates",
                                     std::to_string(scaled(10'000, 1'000)),
                                     "--seed",
                                     seed,
                                     "--out",
                                     folder_ / "demo"};
    demo.insert(demo.end(), more.begin(), more.end());
    for (const auto& command : {demo, std::vector<std::string>{"import", "--data", folder_ / "data",
                                                               folder_ / "demo/registry.ndjson"}}) {
      const Finished finished = run_chayan(command);
      if (finished.code != 0) throw std::runtime_error(finished.err);
    }
    server_ = std::make_unique<ServeProcess>(CHAYAN_BINARY, folder_ / "data");
  }

  const ServeProcess& server() const { return *server_; }

  // What an audit has to find: the certificates that the truth calls unauthorized. Certificates
  // are issued in the order of the truth.
  Found expected() const {
    static const std::map<std::string, std::string, std::less<>> kRules = {
        {"filing_in_procedure", "before-filing"}, {"filing_suspended", "while-suspended"},
        {"filing_revoked", "after-revocation"},   {"filing_cancelled", "after-cancellation"},
        {"out_of_scope", "out-of-scope"},
    };
    const std::vector<std::uint64_t> issued = issued_seqs();
    Found expected;
    std::ifstream truths(folder_ / "demo/truth.ndjson");
    simdjson::dom::parser parser;
    std::size_t index = 0;
    for (std::string line; std::getline(truths, line); ++index) {
      const element truth = parser.parse(line);
      if (bool(truth["issuer_authorized"])) continue;
      const std::string_view reason = truth["authorization_reason"];
      expected.emplace_back(issued.at(index), kRules.find(reason)->second);
    }
    EXPECT_EQ(issued.size(), index);
    return expected;
  }

 private:
  std::vector<std::uint64_t> issued_seqs() const {
    std::vector<std::uint64_t> seqs;
    JsonParser parser;
    simdjson::dom::parser entries;
    for (std::uint64_t next = 0;;) {
      const std::string after = next > 0 ? "&after=" + std::to_string(next - 1) : "";
      const std::string body = server_->get("/v1/changes?limit=10000" + after).body;
      const std::uint64_t before = next;
      for (std::string_view rest = body; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size() + 1);
        const auto item = log::read_feed_line(line, parser).value();
        const auto* feed_line = std::get_if<log::FeedLine>(&item);
        if (feed_line == nullptr) continue;
        const element entry = entries.parse(std::string(feed_line->entry));
        if (std::string_view(entry["kind"]) == "certificate.issued") seqs.push_back(next);
        ++next;
      }
      if (next == before) return seqs;
    }
  }

  TempDirectory folder_;
  std::unique_ptr<ServeProcess> server_;
};

TEST(AuditLog, FindsNothingInTheCleanDemo) {
  for (const std::string seed : {"1", "7", "42"}) {
    const ServedDemo demo(seed, {"--clean"});
    EXPECT_EQ(demo.expected(), Found());
    const auto trusting = audit(demo.server().port());
    EXPECT_EQ(trusting->finished.code, 0) << trusting->finished.out << trusting->finished.err;
    EXPECT_EQ(trusting->found, Found());
    EXPECT_EQ(trusting->number("found"), 0U);
    EXPECT_EQ(trusting->number("certificates"), scaled(10'000, 1'000));
    EXPECT_EQ(trusting->number("institutions"), scaled(200, 60));
    EXPECT_TRUE(bool(trusting->report["key_taken_on_trust"]));
    EXPECT_TRUE(bool(trusting->report["provable"]));

    simdjson::dom::parser parser;
    const element log = parser.parse(demo.server().get("/v1/log").body);
    EXPECT_EQ(trusting->number("size"), std::uint64_t(log["size"]));
    EXPECT_EQ(trusting->text("root"), std::string_view(log["root"]));
    EXPECT_EQ(trusting->text("origin"), std::string_view(log["origin"]));
    EXPECT_EQ(trusting->text("vkey"), std::string_view(log["keys"].at(0)["vkey"]));

    const auto knowing = audit(demo.server().port(), {"--vkey", trusting->text("vkey")});
    EXPECT_EQ(knowing->finished.code, 0);
    EXPECT_FALSE(bool(knowing->report["key_taken_on_trust"]));
    EXPECT_EQ(knowing->text("root"), trusting->text("root"));
  }
}

TEST(AuditLog, FindsExactlyTheCertificatesThatTheOrdinaryDemoIssuedWithoutEntitlement) {
  const ServedDemo demo("11", {});
  const Found expected = demo.expected();
  EXPECT_GT(expected.size(), scaled(10'000, 1'000) / 50);
  const auto report = audit(demo.server().port());
  EXPECT_EQ(report->finished.code, 1);
  EXPECT_EQ(report->found, expected);
  EXPECT_EQ(report->number("found"), expected.size());
  std::uint64_t by_rule = 0;
  for (const auto& [rule, count] : report->report["by_rule"].get_object()) {
    by_rule += std::uint64_t(count);
  }
  EXPECT_EQ(by_rule, expected.size());

  const Finished in_words = run_chayan({"audit-log", url(demo.server().port())});
  EXPECT_EQ(in_words.code, 1);
  for (const char* said :
       {"key taken on trust", "root  ", "  before-filing: ", "  out-of-scope: ", " findings.\n"}) {
    EXPECT_NE(in_words.out.find(said), std::string::npos) << said << "\n" << in_words.out;
  }
}

// ---- a registry that recorded what ours refuses

// Serves a log as api/list_changes and api/show_log do: the one that `log_now` says at each request.
using LogNow = std::function<const PlantedLog&()>;
server::Options serving(const LogNow& log_now, std::string_view role = "origin") {
  http::Application application = echo_application();
  application.answer = [log_now, role](const http::Request& request, http::Response& response) {
    const std::string_view target = request.target;
    const PlantedLog& log = log_now();
    if (target == "/v1/log") {
      JsonWriter json(response.body);
      json.begin_object().member("role", role).key("keys").begin_array().begin_object();
      json.member("vkey", log.vkey()).end_object().end_array().end_object();
      return;
    }
    const auto number = [&](std::string_view name) {
      const std::size_t at = target.find(name);
      std::uint64_t value = 0;
      if (at == std::string_view::npos) return std::optional<std::uint64_t>();
      const std::string_view digits = target.substr(at + name.size());
      std::from_chars(digits.data(), digits.data() + digits.size(), value);
      return std::optional(value);
    };
    const auto after = number("after=");
    response.body = log.page(after ? *after + 1 : 0,
                             std::min<std::uint64_t>(number("limit=").value_or(100), 100));
  };
  server::Options options;
  options.listeners.push_back({{"127.0.0.1", 0}, {}, {}, std::move(application)});
  return options;
}
server::Options serving(const PlantedLog& log, std::string_view role = "origin") {
  return serving([&log]() -> const PlantedLog& { return log; }, role);
}
// One log for so many requests, the first of which asks for the key; then another.
server::Options serving(const PlantedLog& first, const PlantedLog& then, int requests) {
  const auto asked = std::make_shared<std::atomic<int>>(0);
  return serving([&first, &then, requests, asked]() -> const PlantedLog& {
    return (*asked)++ < requests ? first : then;
  });
}

class PlantedOverHttp : public testing::Test {
 protected:
  PlantedOverHttp() { log_.add_reference(); }

  PlantedLog log_;
};

TEST_F(PlantedOverHttp, EachViolationIsNamed) {
  using Kind = CertificateEventKind;
  Found expected;
  const std::uint64_t sound = log_.sound_certificate();
  const CreditCode stranger = log_.unrecorded_institution();
  const auto facts = PlantedLog::facts(stranger, log_.item("foreign/1/1"), day("2026-06-01"));
  expected.emplace_back(log_.add(facts), "issuer-unknown");
  log_.add(PlantedLog::certificate(Kind::revoked, sound, day("2026-06-03")));
  expected.emplace_back(log_.add(PlantedLog::certificate(Kind::reissued, sound, day("2026-06-03"))),
                        "event-after-end");
  const std::uint64_t gone = log_.sound_certificate();
  log_.mark_erased(gone);
  expected.emplace_back(gone, "tombstone-missing");
  for (int i = 0; i < 100; ++i) log_.sound_certificate();  // several pages
  expected.emplace_back(log_.add_raw("rumour.put", "{}"), "unreadable");

  const TestServer server(serving(log_));
  const auto report = audit(server->endpoint(0).port, {"--vkey", log_.vkey()});
  EXPECT_EQ(report->finished.code, 1) << report->finished.err;
  EXPECT_EQ(report->found, expected);
  EXPECT_EQ(report->number("size"), log_.size());
  EXPECT_EQ(report->text("root"), to_hex(view(log_.root())));

  const TestServer mirror(serving(log_, "mirror"));
  const Finished unasked = run_chayan({"audit-log", url(mirror->endpoint(0).port)});
  EXPECT_EQ(unasked.code, 3) << "no registry switches rules off by its own word";
  EXPECT_NE(unasked.err.find("--mirror"), std::string::npos) << unasked.err;
  const auto mirrored = audit(mirror->endpoint(0).port, {"--mirror"});
  std::erase(expected, std::pair<std::uint64_t, std::string>(gone, "tombstone-missing"));
  EXPECT_EQ(mirrored->found, expected);
  EXPECT_EQ(mirrored->text("role"), "mirror");
}

// Two logs of one key that are alike up to their last entry.
class ForkedLog : public testing::Test {
 protected:
  ForkedLog() {
    for (PlantedLog* log : {&log_, &other_, &shorter_}) {
      log->add_reference();
      for (int i = 0; i < 100; ++i) log->sound_certificate();
    }
    common_ = shorter_.size();
    log_.institution();
    other_.add_raw("rumour.put", "{}");
  }
  static std::string checkpoint_of(const PlantedLog& log) {
    JsonParser parser;
    const std::string last = log.page(log.size(), 1);
    return std::get<log::FeedEnd>(
               log::read_feed_line(std::string_view(last).substr(0, last.size() - 1), parser)
                   .value())
        .checkpoint;
  }
  static std::string written(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
    return path;
  }

  PlantedLog log_;
  PlantedLog other_;
  PlantedLog shorter_;
  std::uint64_t common_ = 0;
};

TEST_F(ForkedLog, TwoHistoriesOfOneKeyAreNamedAndProven) {
  for (const int requests : {2, 3, 4}) {
    const TestServer server(serving(log_, other_, requests));
    const auto report = audit(server->endpoint(0).port, {"--vkey", log_.vkey()});
    EXPECT_EQ(report->finished.code, 1) << report->finished.err;
    ASSERT_EQ(report->found.size(), 1U);
    EXPECT_EQ(report->found[0].second, "not-provable");
    const auto notes = report->report["fork"].get_array();
    ASSERT_EQ(notes.size(), 2U);
    EXPECT_EQ(std::string_view(notes.at(0)), checkpoint_of(log_));
    EXPECT_EQ(std::string_view(notes.at(1)), checkpoint_of(other_));
  }
  const TestServer server(serving(log_, other_, 2));
  const Finished in_words = run_chayan({"audit-log", url(server->endpoint(0).port)});
  EXPECT_EQ(in_words.code, 1);
  EXPECT_NE(in_words.out.find(checkpoint_of(log_)), std::string::npos) << in_words.out;
  EXPECT_NE(in_words.out.find(checkpoint_of(other_)), std::string::npos);
}

TEST_F(ForkedLog, ALogThatForgetsWhatItSignedIsNotReadToItsEnd) {
  const TestServer server(serving(log_, shorter_, 2));
  const auto report = audit(server->endpoint(0).port, {"--vkey", log_.vkey()});
  EXPECT_EQ(report->finished.code, 1) << report->finished.err;
  EXPECT_EQ(report->found, (Found{{common_, "not-provable"}}));
  EXPECT_EQ(report->number("size"), common_);
}

TEST_F(ForkedLog, ItIsHeldToACheckpointFromBefore) {
  TempDirectory folder;
  const std::string file = written(folder / "checkpoint", checkpoint_of(log_));
  const std::vector<std::string> more = {"--vkey", log_.vkey(), "--last-checkpoint", file};
  const TestServer sound(serving(log_));
  const auto held = audit(sound->endpoint(0).port, more);
  EXPECT_EQ(held->finished.code, 0) << held->finished.out;
  EXPECT_EQ(held->text("checkpoint"), checkpoint_of(log_));
  const TestServer forked(serving(other_));
  EXPECT_EQ(audit(forked->endpoint(0).port, more)->finished.code, 1);
  const TestServer shrunk(serving(shorter_));
  EXPECT_EQ(audit(shrunk->endpoint(0).port, more)->found, (Found{{common_, "not-provable"}}));
  written(file, "no note");
  EXPECT_EQ(run_chayan({"audit-log", url(sound->endpoint(0).port), "--last-checkpoint", file}).code,
            2);
}

TEST_F(PlantedOverHttp, AKeyThatDidNotSignProvesNothing) {
  log_.sound_certificate();
  const TestServer server(serving(log_));
  const log::NoteSigner other(log_.key().name,
                              crypto::SigningKey(crypto::SignatureScheme::ed25519, Hash{}));
  const auto report = audit(server->endpoint(0).port, {"--vkey", log::verifier_line(other.key())});
  EXPECT_EQ(report->finished.code, 1);
  EXPECT_EQ(report->found, (Found{{0, "not-provable"}}));
  EXPECT_FALSE(bool(report->report["provable"]));
  EXPECT_EQ(report->number("size"), 0U);
}

TEST(AuditLog, WrongUsageAndNoServerHaveCodesOfTheirOwn) {
  EXPECT_EQ(run_chayan({"audit-log"}).code, 2);
  EXPECT_EQ(run_chayan({"audit-log", "http://127.0.0.1:1", "--nonsense"}).code, 2);
  const Finished bad_key = run_chayan({"audit-log", "http://127.0.0.1:1", "--vkey", "x"});
  EXPECT_EQ(bad_key.code, 2);
  EXPECT_NE(bad_key.err.find("--vkey"), std::string::npos) << bad_key.err;
  // Nobody listens on a port that was free a moment ago.
  std::uint16_t port = 0;
  {
    const TestServer closed;
    port = closed->endpoint(0).port;
  }
  const Finished nobody = run_chayan({"audit-log", url(port)});
  EXPECT_EQ(nobody.code, 3);
  EXPECT_FALSE(nobody.err.empty());
}

}  // namespace
}  // namespace chayan::test
