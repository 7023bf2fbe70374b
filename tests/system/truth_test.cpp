// The demo's truth against the real binary: every certificate, and every list on days around the
// edges of filings. The truth files are written from the demo's plan, not by the rules under test.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "domain/date.h"
#include "http/query.h"
#include "tests/support/process.h"

namespace chayan::test {
namespace {

using simdjson::dom::element;

constexpr std::size_t kClients = 2;
constexpr std::size_t kPipelined = 40;               // requests sent before replies are read
constexpr std::size_t kRequestsAConnection = 4'000;  // a test connection lives 20 seconds at most
constexpr std::size_t kDaysAKind = 10;               // before a first day, first days, last, after
constexpr std::size_t kPageItems = 7;
constexpr std::size_t kFailuresShownMax = 10;

struct Truth {
  std::string number, holder, document, status, issuer, issued_on, occupation, level, reason;
  std::string wrong_holder, wrong_document, unknown_number;
  bool authorized = false;
};

struct TrueOffering {
  std::string filing, occupation, occupation_name, work_type, level, item;
  std::vector<std::pair<std::string, std::string>> effective;  // first and last day

  bool is_effective(std::string_view day) const {
    return std::any_of(effective.begin(), effective.end(),
                       [&](const auto& span) { return span.first <= day && day <= span.second; });
  }
};

struct TrueInstitution {
  std::string credit_code, region;
  std::vector<TrueOffering> offerings;
};

std::string text(const element& object, std::string_view name) {
  std::string_view value;
  return object[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

template <typename Visit>
void each_line(const std::string& path, Visit visit) {
  std::ifstream in(path);
  simdjson::dom::parser parser;
  for (std::string line; std::getline(in, line);) visit(element(parser.parse(line)));
}

std::vector<Truth> read_truth(const std::string& path) {
  std::vector<Truth> all;
  each_line(path, [&](const element& line) {
    all.push_back({text(line, "certificate_number"), text(line, "holder_name"),
                   text(line, "document_number"), text(line, "status"), text(line, "issuer"),
                   text(line, "issued_on"), text(line, "occupation"), text(line, "level"),
                   text(line, "authorization_reason"), text(line, "wrong_holder_name"),
                   text(line, "wrong_document_number"), text(line, "unknown_certificate_number"),
                   bool(line["issuer_authorized"])});
  });
  return all;
}

TrueOffering read_offering(const element& line) {
  TrueOffering offering{text(line, "filing"),
                        text(line, "occupation"),
                        text(line, "occupation_name"),
                        text(line, "work_type"),
                        text(line, "level"),
                        text(line, "item"),
                        {}};
  for (const element span : line["effective"].get_array()) {
    offering.effective.emplace_back(std::string_view(span.at(0)), std::string_view(span.at(1)));
  }
  return offering;
}

std::vector<TrueInstitution> read_institutions(const std::string& path) {
  std::vector<TrueInstitution> all;
  each_line(path, [&](const element& line) {
    TrueInstitution institution{text(line, "credit_code"), text(line, "region"), {}};
    for (const element offering : line["offerings"].get_array()) {
      institution.offerings.push_back(read_offering(offering));
    }
    all.push_back(std::move(institution));
  });
  return all;
}

std::string days_later(const std::string& day, int days) {
  return Date::parse(day).value().plus_days(days).text();
}

// What a list is asked for, and what of the truth belongs in it.
struct ListQuery {
  std::string parameters;  // without on, limit and cursor
  std::function<bool(const TrueInstitution&, const TrueOffering&)> wants;
  std::string from = {};  // days before it are not asked about
};

// From this day on all 13 items are in force (data/README.md).
constexpr const char* kItemsInForceFrom = "2026-01-01";

// One demo, made, imported and served for all tests of this file.
class TruthTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TempDirectory>();
    const std::string demo = *folder_ / "demo";
    const std::string data = *folder_ / "data";
    const Finished made = run(
        {CHAYAN_BINARY, "demo", "--institutions", std::to_string(scaled(300, 60)), "--certificates",
         std::to_string(scaled(100'000, 1'000)), "--seed", "11", "--out", demo});
    ASSERT_EQ(made.code, 0) << made.err;
    const Finished imported =
        run({CHAYAN_BINARY, "import", "--data", data, demo + "/registry.ndjson"});
    ASSERT_EQ(imported.code, 0) << imported.err;
    truth_ = read_truth(demo + "/truth.ndjson");
    institutions_ = read_institutions(demo + "/institutions.ndjson");
    server_ = std::make_unique<ServeProcess>(
        CHAYAN_BINARY, data, std::vector<std::string>{"--no-limits", "--threads", "2"});
  }

  static void TearDownTestSuite() {
    if (server_) {
      EXPECT_EQ(server_->stop().value_or(Exit()).code, 0) << server_->process().err();
    }
    server_.reset();
    folder_.reset();
    truth_.clear();
    institutions_.clear();
  }

  // Compares the list on its edge days and today. How many institutions the lists had in all.
  static std::size_t check(const ListQuery& query);

  static std::unique_ptr<TempDirectory> folder_;
  static std::unique_ptr<ServeProcess> server_;
  static std::vector<Truth> truth_;
  static std::vector<TrueInstitution> institutions_;
};

std::unique_ptr<TempDirectory> TruthTest::folder_;
std::unique_ptr<ServeProcess> TruthTest::server_;
std::vector<Truth> TruthTest::truth_;
std::vector<TrueInstitution> TruthTest::institutions_;

// ---- certificates

struct Question {
  const Truth* truth;
  bool matches;
  std::string number, holder, document;
};

std::string request_of(const Question& question) {
  std::string body;
  JsonWriter(body)
      .begin_object()
      .member("certificate_number", question.number)
      .optional_member("holder_name", question.holder)
      .optional_member("document_number", question.document)
      .end_object();
  return "POST /v1/verifications HTTP/1.1\r\nHost: test.example\r\nContent-Type: "
         "application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Everything that is asked about one certificate.
void add_questions(const Truth& truth, std::size_t index, std::vector<Question>& questions) {
  const bool matches = truth.status != "erased";
  questions.push_back({&truth, matches, truth.number, truth.holder, {}});
  questions.push_back({&truth, matches, truth.number, {}, truth.document});
  questions.push_back({&truth, false, truth.number, truth.wrong_holder, {}});
  questions.push_back({&truth, false, truth.number, {}, truth.wrong_document});
  questions.push_back({&truth, false, truth.unknown_number, truth.holder, {}});
  if (index % 10 != 0) return;
  const std::string last_six = truth.document.substr(truth.document.size() - 6);
  const std::string wrong_six = truth.wrong_document.substr(truth.wrong_document.size() - 6);
  questions.push_back({&truth, matches, truth.number, {}, last_six});
  questions.push_back({&truth, matches, truth.number, truth.holder, truth.document});
  questions.push_back({&truth, false, truth.number, {}, wrong_six});
  questions.push_back({&truth, false, truth.number, truth.holder, truth.wrong_document});
  questions.push_back({&truth, false, truth.number, truth.wrong_holder, truth.document});
  questions.push_back({&truth, false, truth.unknown_number, {}, truth.document});
}

// What is wrong with the answer; empty where nothing is.
std::string fault_of(const Question& question, const HttpReply& reply,
                     simdjson::dom::parser& parser) {
  element answer;
  if (reply.status != 200) return "status " + std::to_string(reply.status);
  if (parser.parse(reply.body).get(answer) != simdjson::SUCCESS) return "not JSON";
  const std::string result = text(answer, "result");
  if (!question.matches) return result == "no_match" ? "" : "result " + result;
  const Truth& truth = *question.truth;
  const element authorization = answer["issuer_authorization"];
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {result, "match"},
      {text(answer, "status"), truth.status},
      {text(answer["occupation"], "code"), truth.occupation},
      {text(answer, "level"), truth.level},
      {text(answer["issuer"], "credit_code"), truth.issuer},
      {text(answer, "issued_on"), truth.issued_on},
      {bool(answer["issuer_authorized"]) ? "yes" : "no", truth.authorized ? "yes" : "no"},
      {bool(authorization["authorized"]) ? "yes" : "no", truth.authorized ? "yes" : "no"},
      {text(authorization, "reason"), truth.reason},
      {text(authorization, "on"), truth.issued_on}};
  for (const auto& [given, wanted] : pairs) {
    if (given == wanted) continue;
    return std::string("given ").append(given).append(", true is ").append(wanted);
  }
  return {};
}

// Asks the questions from `first` to before `last` over keep-alive connections, pipelined.
std::vector<std::string> ask(const ServeProcess& server, const std::vector<Question>& questions,
                             std::size_t first, std::size_t last) {
  std::vector<std::string> faults;
  simdjson::dom::parser parser;
  HttpClient client;
  for (std::size_t begin = first, sent = 0; begin < last; begin += kPipelined) {
    if (sent % kRequestsAConnection == 0) client = server.connect();
    const std::size_t end = std::min(begin + kPipelined, last);
    std::string requests;
    for (std::size_t i = begin; i < end; ++i) requests += request_of(questions[i]);
    if (!client.send(requests)) return {"the connection broke"};
    for (std::size_t i = begin; i < end; ++i) {
      const auto reply = client.read_reply();
      if (!reply) return {"no whole reply"};
      std::string fault = fault_of(questions[i], *reply, parser);
      if (fault.empty()) continue;
      faults.push_back(questions[i].number + ", " + questions[i].holder + ", " +
                       questions[i].document + ": " + fault);
    }
    sent += kPipelined;
  }
  return faults;
}

TEST_F(TruthTest, EveryCertificateVerifiesAsTheTruthSays) {
  ASSERT_GE(truth_.size(), 1'000U);
  std::vector<Question> questions;
  for (std::size_t i = 0; i < truth_.size(); ++i) add_questions(truth_[i], i, questions);
  std::vector<std::vector<std::string>> faults(kClients);
  {
    std::vector<std::jthread> clients;
    for (std::size_t i = 0; i < kClients; ++i) {
      clients.emplace_back([&, i] {
        faults[i] = ask(*server_, questions, questions.size() * i / kClients,
                        questions.size() * (i + 1) / kClients);
      });
    }
  }
  RecordProperty("questions", std::to_string(questions.size()));
  for (const auto& of_one : faults) {
    EXPECT_TRUE(of_one.empty()) << of_one.size() << " faults";
    for (std::size_t i = 0; i < std::min(of_one.size(), kFailuresShownMax); ++i) {
      ADD_FAILURE() << of_one[i];
    }
  }
}

// A truth in which a status or a reason never occurs would test nothing about it.
TEST_F(TruthTest, TheDemoHasEveryStatusAndEveryReason) {
  std::set<std::string> statuses;
  std::set<std::string> reasons;
  for (const Truth& truth : truth_) {
    statuses.insert(truth.status);
    reasons.insert(truth.reason);
  }
  EXPECT_EQ(statuses, (std::set<std::string>{"valid", "corrected", "reissued", "revoked",
                                             "cancelled", "erased"}));
  EXPECT_EQ(reasons, (std::set<std::string>{"entitled", "filing_in_procedure", "filing_suspended",
                                            "filing_revoked", "filing_cancelled", "out_of_scope"}));
}

// ---- lists

std::string parameter(std::string_view name, std::string_view value) {
  return std::string(name) + "=" + http::percent_encode(value);
}

// The institutions of a list with their offerings, as sorted text.
using Listing = std::map<std::string, std::multiset<std::string>>;

std::string line_of(const std::string& filing, const std::string& occupation,
                    const std::string& work_type, const std::string& level,
                    const std::string& item) {
  return filing + " | " + occupation + " | " + work_type + " | " + level + " | " + item;
}

Listing expected(const std::vector<TrueInstitution>& institutions, const ListQuery& query,
                 std::string_view day) {
  Listing listing;
  for (const TrueInstitution& institution : institutions) {
    for (const TrueOffering& offering : institution.offerings) {
      if (!query.wants(institution, offering) || !offering.is_effective(day)) continue;
      listing[institution.credit_code].insert(line_of(
          offering.filing, offering.occupation, offering.work_type, offering.level, offering.item));
    }
  }
  return listing;
}

// Adds a page's institutions. False where one stood on an earlier page or on this one already.
bool add_page(const element& page, Listing& listing) {
  for (const element institution : page["items"].get_array()) {
    std::multiset<std::string> lines;
    for (const element offering : institution["offerings"].get_array()) {
      EXPECT_EQ(text(offering, "state"), "effective");
      lines.insert(line_of(text(offering, "filing"), text(offering, "occupation"),
                           text(offering, "work_type"), text(offering, "level"),
                           text(offering, "item")));
    }
    if (!listing.emplace(text(institution, "credit_code"), std::move(lines)).second) return false;
  }
  return true;
}

// Follows the cursors to the end. An empty `day` is left out of the query and then filled in.
Listing listed(HttpClient& client, const ListQuery& query, std::string& day, std::size_t limit) {
  Listing listing;
  simdjson::dom::parser parser;
  std::string cursor;
  const std::string on = day.empty() ? "" : "&on=" + day;
  do {
    const std::string target = "/v1/institutions?" + query.parameters + on +
                               "&limit=" + std::to_string(limit) +
                               (cursor.empty() ? "" : "&cursor=" + cursor);
    EXPECT_TRUE(client.send("GET " + target + " HTTP/1.1\r\nHost: test.example\r\n\r\n"));
    const auto reply = client.read_reply();
    if (!reply || reply->status != 200) {
      ADD_FAILURE() << target << ": " << (reply ? reply->head + reply->body : "no whole reply");
      return listing;
    }
    const element page = parser.parse(reply->body);
    EXPECT_LE(page["items"].get_array().size(), limit);
    EXPECT_TRUE(add_page(page, listing)) << target << " lists an institution twice";
    day = text(page, "on");
    cursor = text(page, "next_cursor");
  } while (!cursor.empty());
  return listing;
}

// Days around the edges of what the query wants: first days, the days before them, last days, the
// days after; of each kind at most kDaysAKind, spread evenly over all there are.
std::set<std::string> edge_days(const std::vector<TrueInstitution>& institutions,
                                const ListQuery& query) {
  std::array<std::set<std::string>, 4> kinds;
  for (const TrueInstitution& institution : institutions) {
    for (const TrueOffering& offering : institution.offerings) {
      if (!query.wants(institution, offering)) continue;
      for (const auto& [first, last] : offering.effective) {
        const std::array days = {days_later(first, -1), first, last, days_later(last, 1)};
        for (std::size_t i = 0; i < days.size(); ++i) kinds[i].insert(days[i]);
      }
    }
  }
  std::set<std::string> days;
  for (const std::set<std::string>& kind : kinds) {
    const std::vector<std::string> all(kind.begin(), kind.end());
    const std::size_t count = std::min(all.size(), kDaysAKind);
    for (std::size_t i = 0; i < count; ++i) days.insert(all[i * all.size() / count]);
  }
  return days;
}

std::size_t TruthTest::check(const ListQuery& query) {
  std::size_t institutions = 0;
  HttpClient client = server_->connect();
  std::set<std::string> days = edge_days(institutions_, query);
  days.emplace();  // today
  for (std::string day : days) {
    if (!day.empty() && day < query.from) continue;
    const Listing given = listed(client, query, day, kPageItems);
    EXPECT_EQ(given, expected(institutions_, query, day)) << query.parameters << " on " << day;
    institutions += given.size();
  }
  return institutions;
}

TEST_F(TruthTest, ListsTheNoticesOwnQuestionOnEdgeDays) {
  const auto wants = [](const TrueInstitution&, const TrueOffering& offering) {
    return offering.occupation_name == "养老护理员" && offering.level == "3";
  };
  EXPECT_GT(edge_days(institutions_, {"", wants}).size(), kDaysAKind);
  EXPECT_GT(check({"occupation=4-10-01-05&level=3", wants}), kDaysAKind);
  EXPECT_GT(check({parameter("occupation", "养老护理员") + "&level=3", wants}), kDaysAKind);
  EXPECT_GT(
      check({parameter("occupation", "养老护理员") + "&" + parameter("level", "高级工（三级）"),
             wants}),
      kDaysAKind);
}

TEST_F(TruthTest, ListsByEveryOccupationAndLevel) {
  std::set<std::pair<std::string, std::string>> subjects;
  for (const TrueInstitution& institution : institutions_) {
    for (const TrueOffering& offering : institution.offerings) {
      subjects.emplace(offering.occupation, offering.level);
    }
  }
  EXPECT_GT(subjects.size(), 9U);
  for (const auto& subject : subjects) {
    check({parameter("occupation", subject.first).append("&level=").append(subject.second),
           [&](const TrueInstitution&, const TrueOffering& offering) {
             return std::pair(offering.occupation, offering.level) == subject;
           }});
  }
}

TrueOffering any_offering_of(const std::vector<TrueInstitution>& institutions,
                             const std::string& item) {
  for (const TrueInstitution& institution : institutions) {
    for (const TrueOffering& offering : institution.offerings) {
      if (offering.item == item) return offering;
    }
  }
  ADD_FAILURE() << "nobody offers " << item;
  return {};
}

TEST_F(TruthTest, ListsByEveryItem) {
  std::size_t institutions = 0;
  for (const std::string list : {"foreign", "dual"}) {
    for (int row = 1; row <= (list == "foreign" ? 7 : 6); ++row) {
      const std::string item = list + "/1/" + std::to_string(row);
      // A line without an item covers every item that leads to what it states.
      const TrueOffering named = any_offering_of(institutions_, item);
      institutions +=
          check({"item=" + item,
                 [&](const TrueInstitution&, const TrueOffering& offering) {
                   return offering.item == item ||
                          (offering.item.empty() && offering.occupation == named.occupation &&
                           offering.level == named.level &&
                           (offering.work_type.empty() || offering.work_type == named.work_type));
                 },
                 kItemsInForceFrom});
    }
    check({"list=" + list, [&](const TrueInstitution&, const TrueOffering& offering) {
             return offering.item.starts_with(list);
           }});
  }
  EXPECT_GT(institutions, 13U);
}

TEST_F(TruthTest, ListsByRegionAndEverythingInIt) {
  for (const auto& [region, prefix] : {std::pair{"310000", "31"},
                                       {"310100", "3101"},
                                       {"310115", "310115"},
                                       {"310104", "310104"}}) {
    const std::string inside = prefix;
    check({std::string("region=") + region,
           [&](const TrueInstitution& institution, const TrueOffering&) {
             return institution.region.starts_with(inside);
           }});
    check({std::string("occupation=4-12-01-01&level=3&region=") + region,
           [&](const TrueInstitution& institution, const TrueOffering& offering) {
             return institution.region.starts_with(inside) && offering.occupation == "4-12-01-01" &&
                    offering.level == "3";
           }});
  }
  EXPECT_EQ(check({"region=110000", [](const auto&, const auto&) { return false; }}), 0U);
}

TEST_F(TruthTest, ListsByLevelAlone) {
  for (const std::string level : {"5", "4", "3", "2"}) {
    EXPECT_GT(check({"level=" + level,
                     [&](const TrueInstitution&, const TrueOffering& offering) {
                       return offering.level == level;
                     }}),
              0U)
        << level;
  }
}

// ---- the catalogs

struct CatalogRow {
  std::string item, certificate, occupation, work_type, level;
};

// As printed in the notice; not read from data/.
const std::vector<CatalogRow> kCatalogRows = {
    {"foreign/1/1", "TQUK Level 3 Certificate in Caregiving - Elderly Care", "养老护理员", "", "3"},
    {"foreign/1/2", "TQUK Level 3 Diploma in Caregiving", "家政服务员", "家庭照护员", "3"},
    {"foreign/1/3", "IMI International L2 Diploma in Light/Electric Vehicle Maintenance and Repair",
     "汽车维修工", "汽车机械维修工", "3"},
    {"foreign/1/4", "Level 3 Aircraft Maintenance Technician", "航空附件装配工", "航空附件修理",
     "3"},
    {"foreign/1/5", "Level 4 飞机适航认证技师", "航空附件装配工", "航空附件修理", "2"},
    {"foreign/1/6", "KNX 认证工程师初级证书", "智能楼宇管理员", "", "4"},
    {"foreign/1/7", "KNX Certificate Advanced", "智能楼宇管理员", "", "3"},
    {"dual/1/1", "HCIA-AI 华为认证 AI 工程师", "人工智能训练师", "", "3"},
    {"dual/1/2", "HCIA-Security 华为认证安全工程师", "网络与信息安全管理员", "网络安全管理员", "3"},
    {"dual/1/3", "HCIA-Datacom 华为认证数通工程师", "信息通信网络运行管理员", "", "3"},
    {"dual/1/4", "立邦魔术漆涂装师资格认证证书（三星资格）", "装饰装修工", "艺术涂装师", "5"},
    {"dual/1/5", "立邦魔术漆涂装师资格认证证书（四星资格）", "装饰装修工", "艺术涂装师", "4"},
    {"dual/1/6", "立邦魔术漆涂装师资格认证证书（五星资格）", "装饰装修工", "艺术涂装师", "3"},
};

// The items that a catalog query finds, each with what it leads to.
std::map<std::string, CatalogRow> catalog(const ServeProcess& server, const std::string& query) {
  std::map<std::string, CatalogRow> found;
  const HttpReply reply = server.get("/v1/catalog?on=2026-11-01&" + query);
  EXPECT_EQ(reply.status, 200) << query << reply.body;
  simdjson::dom::parser parser;
  const element page = parser.parse(reply.body);
  for (const element item : page["items"].get_array()) {
    found[text(item, "item")] = {text(item, "item"), text(item, "certificate"),
                                 text(item, "occupation_name"), text(item, "work_type"),
                                 text(item, "level")};
  }
  return found;
}

TEST_F(TruthTest, EveryCatalogRowIsFoundByItsCertificate) {
  for (const CatalogRow& row : kCatalogRows) {
    const auto found = catalog(*server_, parameter("q", row.certificate));
    ASSERT_TRUE(found.contains(row.item)) << row.certificate;
    const CatalogRow& given = found.at(row.item);
    EXPECT_EQ(given.occupation, row.occupation);
    EXPECT_EQ(given.work_type, row.work_type);
    EXPECT_EQ(given.level, row.level) << row.certificate;
  }
}

TEST_F(TruthTest, EveryCatalogRowIsFoundByItsOccupationAndLevelOnly) {
  const std::vector<std::string> levels = {"apprentice", "5", "4", "3", "2", "1"};
  for (const CatalogRow& row : kCatalogRows) {
    for (const std::string& level : levels) {
      std::set<std::string> wanted;
      for (const CatalogRow& other : kCatalogRows) {
        if (other.occupation == row.occupation && other.level == level) wanted.insert(other.item);
      }
      std::set<std::string> given;
      const std::string query = parameter("occupation", row.occupation) + "&level=" + level;
      for (const auto& [item, found] : catalog(*server_, query)) given.insert(item);
      EXPECT_EQ(given, wanted) << row.occupation << " level " << level;
    }
    if (row.work_type.empty()) continue;
    EXPECT_TRUE(catalog(*server_, parameter("work_type", row.work_type) + "&level=" + row.level)
                    .contains(row.item));
  }
}

TEST_F(TruthTest, TheCatalogLeadsToTheChineseLevelAndNotToTheForeignOne) {
  const auto imi = catalog(*server_, "q=IMI");
  ASSERT_EQ(imi.size(), 1U);
  EXPECT_EQ(imi.at("foreign/1/3").level, "3");  // International L2 leads to 高级工（三级）
  EXPECT_FALSE(catalog(*server_, parameter("occupation", "汽车维修工") + "&level=2")
                   .contains("foreign/1/3"));
  const auto aircraft = catalog(*server_, "awarding_body=RAeS");
  ASSERT_EQ(aircraft.size(), 2U);
  EXPECT_EQ(aircraft.at("foreign/1/4").level, "3");  // Level 3 leads to 高级工（三级）
  EXPECT_EQ(aircraft.at("foreign/1/5").level, "2");  // Level 4 leads to 技师（二级）
  EXPECT_TRUE(catalog(*server_, parameter("occupation", "航空附件装配工") + "&level=4").empty());
}

}  // namespace
}  // namespace chayan::test
