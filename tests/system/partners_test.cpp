// Partners: each sees exactly its profile's fields, for as long as its certificate counts, and the
// ledger says what they were shown. The real binary, over real TLS.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <thread>

#include "commands/disclosure_ledger.h"
#include "commands/partner_file.h"
#include "domain/change.h"
#include "log/commitment.h"
#include "log/entry.h"
#include "log/feed.h"
#include "tests/support/registry.h"
#include "tests/support/self_signed.h"
#include "tests/system/cli.h"
#include "tests/system/served_log.h"

namespace chayan::test {
namespace {

using namespace std::chrono_literals;
using log::FieldValues;
using Seqs = std::vector<std::uint64_t>;

// ---- the registry: every private field, each value found nowhere else

std::string numbered(std::string_view text, int n) {
  return std::string(text) + std::to_string(1000 + n);
}

Change institution_with_all_fields(int n) {
  Change change = put_institution(credit(n), numbered("示例机构", n));
  for (const std::string_view name : kInstitutionPrivateFields) {
    change.secrets.emplace(name, numbered("机构内部" + std::string(name), n));
  }
  return change;
}

Change certificate_with_all_fields(int n) {
  Change change = issue(credit(1), "foreign/1/3", day("2026-05-06"), numbered("DEMO", n),
                        numbered("持证人", n), numbered("T000", n));
  if (n % 2 == 0) change.secrets.emplace("original_certificate", numbered("ORIGINAL", n));
  return change;
}

constexpr int kErased = 3;     // issued, corrected, then erased
constexpr int kCorrected = 4;  // its holder is corrected: two payloads

std::vector<Change> registry_changes() {
  std::vector<Change> changes = official_changes();
  for (int n = 1; n <= 3; ++n) changes.push_back(institution_with_all_fields(n));
  for (Change& change :
       filing_until_filed(credit(1), "F-1", day("2026-03-02"), {item_line("foreign/1/3")})) {
    changes.push_back(std::move(change));
  }
  for (int n = 1; n <= 12; ++n) changes.push_back(certificate_with_all_fields(n));
  const Date on = day("2026-06-01");
  for (const int n : {kErased, kCorrected}) {
    changes.push_back(correct(numbered("DEMO", n), on, numbered("更正后", n), numbered("T900", n)));
  }
  changes.push_back(certificate_event(CertificateEventKind::reissued, numbered("DEMO", 5), on));
  changes.push_back(certificate_event(CertificateEventKind::erased, numbered("DEMO", kErased), on));
  return changes;
}

// What each entry holds in private, by seq: from the changes alone.
struct Truth {
  std::map<std::uint64_t, FieldValues> payloads;
  std::map<std::uint64_t, FieldValues> erased;
};

Truth truth_of(const std::vector<Change>& changes) {
  Truth truth;
  for (std::uint64_t seq = 0; seq < changes.size(); ++seq) {
    const PrivateFields& secrets = changes[seq].secrets;
    const auto* event = std::get_if<CertificateEvent>(&changes[seq].body);
    if (secrets.empty() || (event != nullptr && !secrets.contains("holder_name"))) continue;
    const auto number = secrets.find("certificate_number");
    const bool gone = number != secrets.end() && number->second == numbered("DEMO", kErased);
    (gone ? truth.erased : truth.payloads).emplace(seq, secrets);
  }
  return truth;
}

// ---- what a partner receives

std::string get_request(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: test.example\r\n\r\n";
}

HttpClient connect(std::uint16_t port, const SelfSigned* certificate) {
  HttpClient client("127.0.0.1", port);
  ClientTls tls;
  if (certificate != nullptr) {
    tls.certificate_file = certificate->certificate_file();
    tls.key_file = certificate->key_file();
  }
  client.start_tls(tls);
  return client;
}

std::optional<HttpReply> ask(HttpClient& client, std::string_view target) {
  if (!client.send(get_request(target))) return std::nullopt;
  return client.read_reply();
}

struct Answer {
  Seqs disclosed;
  std::uint64_t next = 0;
  std::map<std::uint64_t, FieldValues> fields;  // shown, by seq
  std::set<std::uint64_t> erased;
  std::set<std::uint64_t> committed;  // entries with private fields, shown or not
  std::string body;
};

// The fields that a line shows, held against the commitment in its entry.
FieldValues shown(const log::Beside& beside, const log::ParsedEntry& entry) {
  FieldValues values;
  if (const auto* whole = std::get_if<log::WholeRecord>(&beside)) {
    EXPECT_EQ(log::commitment(crypto::kSha256, *whole), entry.commitment)
        << "seq " << entry.head.seq;
    values = whole->fields;
  }
  if (const auto* opening = std::get_if<log::Opening>(&beside)) {
    EXPECT_EQ(log::commitment(crypto::kSha256, *opening), entry.commitment)
        << "seq " << entry.head.seq;
    EXPECT_FALSE(opening->opened.empty()) << "seq " << entry.head.seq;
    for (const auto& [name, field] : opening->opened) values.emplace(name, field.value);
  }
  return values;
}

Answer read_answer(std::string body) {
  Answer answer;
  answer.body = std::move(body);
  JsonParser lines;
  JsonParser entries;
  std::string_view rest = answer.body;
  for (std::size_t end = 0; (end = rest.find('\n')) != rest.npos; rest.remove_prefix(end + 1)) {
    const auto item = log::read_feed_line(rest.substr(0, end), lines).value();
    if (const auto* last = std::get_if<log::FeedEnd>(&item)) {
      answer.next = last->size;
      continue;
    }
    const auto& line = std::get<log::FeedLine>(item);
    const auto entry = log::parse_entry(line.entry, entries).value();
    const std::uint64_t seq = entry.head.seq;
    if (entry.commitment) answer.committed.insert(seq);
    if (std::holds_alternative<log::Erased>(line.beside)) answer.erased.insert(seq);
    FieldValues values = shown(line.beside, entry);
    if (values.empty()) continue;
    answer.disclosed.push_back(seq);
    answer.fields.emplace(seq, std::move(values));
  }
  return answer;
}

std::string changes_target(std::uint64_t first, std::size_t limit) {
  std::string target = "/v1/changes?limit=" + std::to_string(limit);
  if (first > 0) target += "&after=" + std::to_string(first - 1);
  return target;
}

// A line as it has to stand in the ledger.
struct Told {
  std::string partner;
  index::Visibility profile;
  Seqs seqs;

  bool operator==(const Told&) const = default;
};

Told told_of(const commands::DisclosureLine& line) {
  Told told{line.partner, line.profile, {}};
  for (const auto& [first, last] : line.seqs) {
    for (std::int64_t seq = first; seq <= last; ++seq) {
      told.seqs.push_back(static_cast<std::uint64_t>(seq));
    }
  }
  EXPECT_EQ(line.entries, told.seqs.size());
  return told;
}

std::string comma_separated(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ",") + name;
  return text;
}

class PartnersTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to connections that the server has closed
    master_ = std::make_unique<TempDirectory>();
    const std::vector<Change> changes = registry_changes();
    truth_ = truth_of(changes);
    size_ = changes.size();
    const std::string file = put_file(*master_ / "changes.ndjson", import_lines(changes));
    const Finished imported = run_chayan({"import", "--data", *master_ / "data", file});
    ASSERT_EQ(imported.code, 0) << imported.err;
  }
  static void TearDownTestSuite() { master_.reset(); }

  void SetUp() override {
    for (const std::string suffix : {"", ".keys"}) {
      std::filesystem::copy(*master_ / ("data" + suffix), data_ + suffix,
                            std::filesystem::copy_options::recursive);
    }
    const char* given = std::getenv("CHAYAN_TEST_SEED");
    const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
    RecordProperty("seed", std::to_string(seed));
    std::cout << "CHAYAN_TEST_SEED=" << seed << std::endl;
    random_.seed(seed);
  }

  void start(const std::string& binary = CHAYAN_BINARY) {
    server_ = std::make_unique<ServeProcess>(
        binary, data_,
        std::vector<std::string>{"--partner-listen", "127.0.0.1:0", "--partner-tls-cert",
                                 server_files_.certificate_file(), "--partner-tls-key",
                                 server_files_.key_file()});
    ASSERT_NE(server_->partner_port(), 0);
  }
  std::uint16_t port() const { return server_->partner_port(); }
  std::string ledger_file() const {
    return data_ + ".ledger/disclosures-" + rfc3339_utc(SystemClock().now()).substr(0, 4) +
           ".ndjson";
  }
  // The binary with every fsync of this file failing. It keeps its pid: strace runs beside it.
  std::string with_failing_sync(const std::string& file) {
    const std::string script =
        put_file(folder_ / "traced",
                 "#!/bin/sh\nexec " + std::string(kStrace) +
                     " -D -f -qqq -o /dev/null -E ASAN_OPTIONS=detect_leaks=0 -P " + file +
                     " -e trace=fsync -e inject=fsync:error=EIO " + CHAYAN_BINARY + " \"$@\"\n");
    std::filesystem::permissions(script, std::filesystem::perms::owner_all);
    return script;
  }
  static constexpr const char* kStrace = "/usr/bin/strace";

  // `chayan partners …`, which has to succeed.
  std::string partners(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "partners");
    arguments.insert(arguments.end(), {"--data", data_});
    const Finished finished = run_chayan(arguments);
    EXPECT_EQ(finished.code, 0) << finished.err;
    return finished.out;
  }
  void add(const std::string& name, const SelfSigned& files, const std::string& fields = {}) {
    std::vector<std::string> arguments = {"add", name, "--certificate", files.certificate_file()};
    if (fields.empty()) {
      arguments.push_back("--all-fields");
    } else {
      arguments.insert(arguments.end(), {"--fields", fields});
    }
    partners(std::move(arguments));
  }

  // The whole feed in pages of `limit`, as `name` with that profile; each page is noted.
  std::vector<Answer> read_feed(HttpClient& client, const std::string& name,
                                const index::Visibility& profile, std::size_t limit) {
    std::vector<Answer> answers;
    for (std::uint64_t next = 0; next < size_;) {
      const auto reply = ask(client, changes_target(next, limit));
      EXPECT_TRUE(reply && reply->status == 200) << (reply ? reply->body : "no reply");
      if (!reply || reply->status != 200) break;
      answers.push_back(read_answer(reply->body));
      if (!answers.back().disclosed.empty()) {
        received_.push_back({name, profile, answers.back().disclosed});
      }
      next = answers.back().next;
    }
    return answers;
  }

  int status(HttpClient& client, std::string_view target = "/v1/changes?limit=1") {
    const auto reply = ask(client, target);
    return reply ? reply->status : 0;
  }
  int status_with(const SelfSigned* files) {
    HttpClient client = connect(port(), files);
    return status(client);
  }

  std::vector<Told> ledger() {
    std::vector<Told> lines;
    const auto faults = commands::read_ledger(
        data_ + ".ledger", [&](const auto& line) { lines.push_back(told_of(line)); });
    EXPECT_TRUE(faults.value().damaged.empty());
    cut_ = faults->cut;
    return lines;
  }

  static std::unique_ptr<TempDirectory> master_;
  static Truth truth_;
  static std::uint64_t size_;

  TempDirectory folder_;
  std::string data_ = folder_ / "data";
  const SelfSigned server_files_;
  std::unique_ptr<ServeProcess> server_;
  std::mt19937_64 random_;
  std::vector<Told> received_;
  std::uint64_t cut_ = 0;
};

std::unique_ptr<TempDirectory> PartnersTest::master_;
Truth PartnersTest::truth_;
std::uint64_t PartnersTest::size_ = 0;

// Of every payload exactly the profile's fields, and of no other value a trace in the bytes.
void expect_exactly(const std::vector<Answer>& answers, const Truth& truth,
                    const index::Visibility& profile) {
  std::map<std::uint64_t, FieldValues> seen;
  std::set<std::uint64_t> erased;
  std::set<std::uint64_t> committed;
  std::string body;
  for (const Answer& answer : answers) {
    seen.insert(answer.fields.begin(), answer.fields.end());
    erased.insert(answer.erased.begin(), answer.erased.end());
    committed.insert(answer.committed.begin(), answer.committed.end());
    body += answer.body;
  }
  std::map<std::uint64_t, FieldValues> wanted;
  const auto expect_hidden = [&](const std::string& name, const std::string& value) {
    EXPECT_EQ(body.find('"' + name + '"'), body.npos) << name;
    EXPECT_EQ(body.find(value), body.npos) << name << " " << value;
  };
  for (const auto& [seq, fields] : truth.payloads) {
    EXPECT_TRUE(committed.contains(seq)) << seq;
    for (const auto& [name, value] : fields) {
      if (profile.shows(name)) {
        wanted[seq].emplace(name, value);
      } else {
        expect_hidden(name, value);
      }
    }
  }
  EXPECT_EQ(seen, wanted);
  std::set<std::uint64_t> gone;
  for (const auto& [seq, fields] : truth.erased) {
    gone.insert(seq);
    for (const auto& [name, value] : fields) {
      EXPECT_TRUE(name == "document_type" || body.find(value) == body.npos) << value;
    }
  }
  EXPECT_EQ(erased, gone);
  EXPECT_EQ(committed.size(), truth.payloads.size() + truth.erased.size());
  EXPECT_EQ(body.find("record_salt") != body.npos, profile.everything);
}

TEST_F(PartnersTest, EachSeesExactlyItsFieldsAndTheLedgerSaysSo) {
  // The truth has every private field there is, or this test would not enumerate them.
  std::set<std::string> names;
  for (const auto& [seq, fields] : truth_.payloads) {
    for (const auto& [name, value] : fields) names.insert(name);
  }
  ASSERT_EQ(names, std::set<std::string>(kPrivateFields.begin(), kPrivateFields.end()));

  std::vector<index::Visibility> profiles;
  for (const std::string& name : names) profiles.push_back({.fields = {name}});
  for (std::uint64_t round = scaled(12, 2); round > 0; --round) {
    std::vector<std::string> some;
    for (const std::string& name : names) {
      if (random_() % 2 == 0) some.push_back(name);
    }
    if (!some.empty()) profiles.push_back({.fields = some});
  }
  profiles.push_back({.fields = {names.begin(), names.end()}});
  profiles.push_back({.everything = true});

  const SelfSigned files;
  add("national", files, comma_separated(profiles.front().fields));
  start();
  for (const index::Visibility& profile : profiles) {
    SCOPED_TRACE(profile.everything ? "all" : comma_separated(profile.fields));
    if (profile.everything) {
      partners({"profile", "national", "--all-fields"});
    } else {
      partners({"profile", "national", "--fields", comma_separated(profile.fields)});
    }
    HttpClient client = connect(port(), &files);
    const std::size_t limit = random_() % 3 == 0 ? 10'000 : 40 + random_() % 200;
    expect_exactly(read_feed(client, "national", profile, limit), truth_, profile);
  }
  EXPECT_EQ(ledger(), received_);
  EXPECT_EQ(cut_, 0U);
  const std::string printed = partners({"disclosures", "--json", "--partner", "national"});
  EXPECT_EQ(static_cast<std::size_t>(std::count(printed.begin(), printed.end(), '\n')),
            received_.size());
  EXPECT_EQ(partners({"disclosures", "--partner", "nobody"}), "");
}

TEST_F(PartnersTest, ThePublicListenerAndEntryBundlesShowNothingPrivate) {
  const SelfSigned files;
  add("national", files);
  start();
  const HttpReply reply = server_->get(changes_target(0, 10'000));
  ASSERT_EQ(reply.status, 200);
  expect_exactly({read_answer(reply.body)}, truth_, {});
  EXPECT_EQ(reply.body.find("\"private\""), std::string::npos);
  HttpClient client = connect(port(), &files);
  const auto bundle = ask(client, "/tile/entries/000.p/" + std::to_string(size_));
  const auto full = bundle && bundle->status == 200 ? bundle : ask(client, "/tile/entries/000");
  ASSERT_TRUE(full);
  ASSERT_EQ(full->status, 200);
  for (const auto& [seq, fields] : truth_.payloads) {
    for (const auto& [name, value] : fields) {
      EXPECT_EQ(full->body.find(value), std::string::npos) << name << " " << value;
    }
  }
  EXPECT_TRUE(ledger().empty()) << "nothing was disclosed";
}

TEST_F(PartnersTest, WithoutACertificateThatCountsNothingIsAnswered) {
  const SelfSigned known;
  const SelfSigned unknown;
  const SelfSigned expired(-48h, -1h);
  const SelfSigned early(1h, 48h);
  add("a", known, "holder_name");
  add("late", expired, "holder_name");
  add("early", early, "holder_name");
  start();
  EXPECT_EQ(status_with(&known), 200);
  EXPECT_EQ(status_with(nullptr), 0) << "the handshake fails";
  EXPECT_EQ(status_with(&expired), 0);
  EXPECT_EQ(status_with(&early), 0);
  HttpClient plain("127.0.0.1", port());
  ASSERT_TRUE(plain.send(get_request("/v1/changes")));
  const auto nothing = plain.read_reply();
  EXPECT_TRUE(!nothing || nothing->status == 0) << "TLS alone is spoken here";
  HttpClient stranger = connect(port(), &unknown);
  for (const char* target : {"/v1/changes", "/checkpoint", "/livez", "/v1/institutions", "/none"}) {
    const auto reply = ask(stranger, target);
    ASSERT_TRUE(reply) << target;
    EXPECT_EQ(reply->status, 403) << target;
    EXPECT_NE(reply->body.find("no-partner"), std::string::npos) << reply->body;
  }
  EXPECT_TRUE(ledger().empty());
}

TEST_F(PartnersTest, ACertificateBringsItsOwnPartnersProfile) {
  const SelfSigned a;
  const SelfSigned a_next;
  const SelfSigned b;
  add("a", a, "holder_name,head");
  add("a", a_next, "head,holder_name");
  add("b", b, "document_number,contact_phone");
  start();
  const index::Visibility of_a{.fields = {"head", "holder_name"}};
  const index::Visibility of_b{.fields = {"contact_phone", "document_number"}};
  for (int round = 0; round < 2; ++round) {
    HttpClient first = connect(port(), &a);
    HttpClient second = connect(port(), &b);
    HttpClient third = connect(port(), &a_next);
    expect_exactly(read_feed(second, "b", of_b, 10'000), truth_, of_b);
    expect_exactly(read_feed(first, "a", of_a, 10'000), truth_, of_a);
    expect_exactly(read_feed(third, "a", of_a, 50), truth_, of_a);
  }
  EXPECT_EQ(ledger(), received_);
}

// What the ledger has was sent: no condition turns it into an answer without a body.
TEST_F(PartnersTest, AConditionalRequestIsAnsweredWhole) {
  const SelfSigned files;
  add("a", files);
  start();
  HttpClient client = connect(port(), &files);
  const std::string target = changes_target(0, 1000);
  ASSERT_TRUE(
      client.send("GET " + target + " HTTP/1.1\r\nHost: test.example\r\nIf-None-Match: *\r\n\r\n"));
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_FALSE(read_answer(reply->body).disclosed.empty());
  EXPECT_EQ(ledger().size(), 1U);
}

TEST_F(PartnersTest, ARevocationHoldsFromTheNextRequestOfAnOpenConnection) {
  const SelfSigned a;
  const SelfSigned a_next;
  const SelfSigned b;
  add("a", a, "holder_name");
  add("a", a_next, "holder_name");
  add("b", b);
  start();
  HttpClient old_one = connect(port(), &a);
  HttpClient next_one = connect(port(), &a_next);
  HttpClient other = connect(port(), &b);
  for (HttpClient* client : {&old_one, &next_one, &other}) EXPECT_EQ(status(*client), 200);
  partners({"revoke", "a", "--certificate", a.certificate_file()});
  EXPECT_EQ(status(old_one), 403);
  EXPECT_EQ(status(next_one), 200);
  partners({"revoke", "a"});
  EXPECT_EQ(status(next_one), 403);
  EXPECT_EQ(status(old_one), 403);
  EXPECT_EQ(status(other), 200);
  EXPECT_EQ(status_with(&a_next), 403);
  EXPECT_NE(partners({"list"}).find("a (revoked)"), std::string::npos);
  // A revoked certificate does not come back, and not with another partner either.
  for (const char* name : {"a", "c"}) {
    const Finished again = run_chayan({"partners", "add", name, "--all-fields", "--certificate",
                                       a.certificate_file(), "--data", data_});
    EXPECT_EQ(again.code, 1);
  }
  // What cannot be read says nothing about who may read: nobody may.
  const std::string file = data_ + ".partners.json";
  const std::string good = file_content(file);
  put_file(file, good.substr(0, good.size() / 2));
  EXPECT_EQ(status(other), 403);
  EXPECT_NE(server_->process().err().find("does not parse"), std::string::npos);
  put_file(file, good);
  EXPECT_EQ(status(other), 200);
}

// Two wait for news, one is revoked meanwhile: the news wakes both and only the other sees it.
TEST_F(PartnersTest, ARevocationHoldsForThoseWhoWaitToo) {
  const SelfSigned a;
  const SelfSigned b;
  add("a", a, "holder_name,head");
  add("b", b, "holder_name,head");
  start();
  HttpClient revoked = connect(port(), &a);
  HttpClient waiting = connect(port(), &b);
  const std::string target = "/v1/changes?wait=60&after=" + std::to_string(size_ - 1);
  for (HttpClient* client : {&revoked, &waiting}) ASSERT_TRUE(client->send(get_request(target)));
  const auto deadline = std::chrono::steady_clock::now() + HttpClient::kPatience / 2;
  while (server_->get_admin("/metrics").body.find("\nchayan_requests_waiting 2") ==
             std::string::npos &&
         std::chrono::steady_clock::now() < deadline) {
  }
  partners({"revoke", "a"});
  const HttpReply recorded =
      record(*server_, "news",
             import_lines({institution_with_all_fields(4),
                           certificate_event(CertificateEventKind::erased, numbered("DEMO", 7),
                                             day("2026-06-01"))}));
  ASSERT_EQ(recorded.status, 200) << recorded.body;
  const auto refused = revoked.read_reply();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 403);
  const auto news = waiting.read_reply();
  ASSERT_TRUE(news);
  ASSERT_EQ(news->status, 200);
  const Answer answer = read_answer(news->body);
  EXPECT_EQ(
      answer.fields,
      (std::map<std::uint64_t, FieldValues>{{size_, {{"head", numbered("机构内部head", 4)}}}}));
  EXPECT_EQ(ledger(), (std::vector<Told>{{"b", {.fields = {"head", "holder_name"}}, {size_}}}));
  // What was erased while partners read is shown to nobody any more.
  const auto again = ask(waiting, changes_target(0, 10'000));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->body.find(numbered("持证人", 7)), std::string::npos);
  EXPECT_NE(again->body.find(numbered("持证人", 8)), std::string::npos);
}

TEST_F(PartnersTest, RoutesThatAreNotForPartnersAreNotThere) {
  const SelfSigned files;
  add("a", files);
  start();
  HttpClient client = connect(port(), &files);
  for (const char* target :
       {"/", "/v1/institutions", "/v1/catalog", "/v1/occupations", "/v1/limits", "/metrics",
        "/openapi.json", "/v1/verifications", "/nothing", "/v1/changes/"}) {
    EXPECT_EQ(status(client, target), 404) << target;
  }
  for (const char* target : {"/v1/changes", "/v1/log", "/checkpoint", "/livez", "/readyz"}) {
    EXPECT_EQ(status(client, target), 200) << target;
  }
}

TEST_F(PartnersTest, WhatCannotBeRecordedIsNotShown) {
  const SelfSigned files;
  add("a", files);
  start();
  HttpClient client = connect(port(), &files);
  std::filesystem::create_symlink("/dev/full", ledger_file());
  const auto refused = ask(client, changes_target(0, 10'000));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  for (const auto& [seq, fields] : truth_.payloads) {
    for (const auto& [name, value] : fields) {
      EXPECT_EQ(refused->body.find(value), std::string::npos) << value;
    }
  }
  EXPECT_NE(server_->process().err().find("ledger of disclosures"), std::string::npos);
  std::filesystem::remove(ledger_file());
  read_feed(client, "a", {.everything = true}, 10'000);
  EXPECT_EQ(ledger(), received_);
}

// kill -9 leaves what the kernel has; that the disk has it before an answer leaves shows here.
TEST_F(PartnersTest, WhatIsNotOnTheDiskIsNotShown) {
  if (run({kStrace, "-f", "-qqq", "-o", "/dev/null", "-E", "ASAN_OPTIONS=detect_leaks=0",
           "/bin/true"})
          .code != 0) {
    GTEST_SKIP() << "strace is not installed or may not trace here";
  }
  const SelfSigned files;
  add("a", files);
  start(with_failing_sync(ledger_file()));
  HttpClient client = connect(port(), &files);
  const auto refused = ask(client, changes_target(0, 10'000));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->body.find("DEMO"), std::string::npos);
  EXPECT_EQ(ledger().size(), 1U) << "recorded and not shown: the safe side";
  // An answer without private fields needs no ledger.
  EXPECT_EQ(status(client, "/v1/changes?limit=1"), 200);
  EXPECT_EQ(server_->stop().value_or(Exit()).code, 0);
}

// One partner that reads random pages until the server is gone; what it has whole.
void read_until_cut(std::uint16_t port, const SelfSigned& files, const index::Visibility& profile,
                    const std::string& name, std::uint64_t size, std::uint64_t seed,
                    std::vector<Told>& received, std::atomic<std::uint64_t>& answers) {
  std::mt19937_64 random(seed);
  HttpClient client = connect(port, &files);
  while (true) {
    const auto reply = ask(client, changes_target(random() % size, 1 + random() % 60));
    if (!reply) return;
    if (reply->status != 200) {
      ADD_FAILURE() << reply->status << " " << reply->body;
      return;
    }
    const Answer answer = read_answer(reply->body);
    if (!answer.disclosed.empty()) received.push_back({name, profile, answer.disclosed});
    ++answers;
  }
}

// kill -9 amid disclosures: each answer that arrived is in the ledger, in its order, and of each
// partner at most one more, which was recorded and did not arrive.
TEST_F(PartnersTest, TheLedgerSurvivesKillsWithEveryAnsweredDisclosure) {
  constexpr std::size_t kPartners = 3;
  const SelfSigned files[kPartners];
  const index::Visibility profiles[kPartners] = {
      {.everything = true}, {.fields = {"holder_name"}}, {.fields = {"contact", "head"}}};
  const std::string names[kPartners] = {"p0", "p1", "p2"};
  for (std::size_t i = 0; i < kPartners; ++i) {
    add(names[i], files[i], comma_separated(profiles[i].fields));
  }
  std::size_t before = 0;
  for (std::uint64_t round = scaled(15, 2); round > 0; --round) {
    start();
    std::vector<Told> received[kPartners];
    std::atomic<std::uint64_t> answers{0};
    std::vector<std::thread> readers;
    for (std::size_t i = 0; i < kPartners; ++i) {
      readers.emplace_back([&, i, seed = random_()] {
        read_until_cut(port(), files[i], profiles[i], names[i], size_, seed, received[i], answers);
      });
    }
    const std::uint64_t enough = 1 + random_() % 60;
    const auto deadline = std::chrono::steady_clock::now() + HttpClient::kPatience / 2;
    while (answers < enough && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    EXPECT_GE(answers, enough);
    server_->process().signal(SIGKILL);
    for (std::thread& reader : readers) reader.join();
    server_->process().wait();

    const std::vector<Told> lines = ledger();
    ASSERT_GE(lines.size(), before);
    for (std::size_t i = 0; i < kPartners; ++i) {
      std::vector<Told> recorded;
      std::copy_if(lines.begin() + static_cast<std::ptrdiff_t>(before), lines.end(),
                   std::back_inserter(recorded),
                   [&](const Told& line) { return line.partner == names[i]; });
      ASSERT_GE(recorded.size(), received[i].size()) << names[i];
      EXPECT_LE(recorded.size(), received[i].size() + 1) << names[i];
      recorded.resize(received[i].size());
      EXPECT_EQ(recorded, received[i]) << names[i];
    }
    before = lines.size();
  }
}

TEST_F(PartnersTest, TheCommandsRefuseWithASentence) {
  const SelfSigned files;
  add("a", files, "holder_name");
  const auto refused = [&](std::vector<std::string> arguments, int code, std::string_view part) {
    arguments.insert(arguments.begin(), "partners");
    const Finished finished = run_chayan(arguments);
    EXPECT_EQ(finished.code, code) << finished.err;
    EXPECT_NE((finished.err + finished.out).find(part), std::string::npos) << finished.err;
  };
  const std::string pem = files.certificate_file();
  refused({"add", "b", "--certificate", pem, "--all-fields", "--data", data_}, 1, "Partner a has");
  refused({"add", "b", "--certificate", files.key_file(), "--all-fields", "--data", data_}, 1,
          "no certificate");
  refused({"add", "b", "--certificate", "/nonexistent", "--all-fields", "--data", data_}, 1,
          "Cannot read");
  refused({"add", "b", "--certificate", pem, "--fields", "holder", "--data", data_}, 1,
          "holder_name");
  refused({"add", "b", "--certificate", pem, "--all-fields", "--data", data_ + "-typo"}, 1,
          "not a data directory");
  EXPECT_FALSE(std::filesystem::exists(data_ + "-typo.partners.json"));
  refused({"add", "b", "--certificate", pem, "--data", data_}, 2, "");
  refused({"add", "b", "--certificate", pem, "--all-fields"}, 2, "");
  refused({"add", "b", "--certificate", pem, "--all-fields", "--fields", "head", "--data", data_},
          2, "");
  refused({"revoke", "b", "--data", data_}, 1, "no partner");
  refused({"profile", "b", "--all-fields", "--data", data_}, 1, "no partner");
  const Finished half = run_chayan({"serve", "--data", data_, "--partner-listen", "127.0.0.1:0"});
  EXPECT_EQ(half.code, 2);
  const std::string listed = partners({"list", "--json"});
  EXPECT_EQ(listed, file_content(data_ + ".partners.json"));
  EXPECT_NE(listed.find(to_hex(files.fingerprint())), std::string::npos);
}

// It once named another file, in the data directory: who was revoked there went on reading.
TEST_F(PartnersTest, ASlashBehindTheDataNamesTheSameFiles) {
  const SelfSigned files;
  add("a", files);
  EXPECT_EQ(run_chayan({"credentials", "add", "b", "--data", data_}).code, 0);
  const std::string slashed = data_ + "/";
  EXPECT_EQ(run_chayan({"partners", "revoke", "a", "--data", slashed}).code, 0);
  EXPECT_EQ(run_chayan({"credentials", "revoke", "b", "--data", slashed}).code, 0);
  EXPECT_NE(partners({"list"}).find("a (revoked)"), std::string::npos);
  EXPECT_NE(run_chayan({"credentials", "list", "--data", data_}).out.find("revoked"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(slashed + ".partners.json"));
  EXPECT_FALSE(std::filesystem::exists(slashed + ".credentials.json"));
}

}  // namespace
}  // namespace chayan::test
