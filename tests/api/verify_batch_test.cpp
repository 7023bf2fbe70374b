// POST /v1/verifications/batch, in process: each row is what a single verification says, and what
// is wrong with one is that one's.
#include <gtest/gtest.h>

#include <functional>

#include "api/authorization.h"
#include "api/batch_rows.h"
#include "api/services.h"
#include "api/table_writer.h"
#include "api/verify_batch.h"
#include "base/csv_reader.h"
#include "base/limits.h"
#include "base/xlsx_reader.h"
#include "crypto/bearer_secret.h"
#include "tests/api/fixture.h"
#include "tests/support/gb18030.h"
#include "tests/support/workbook.h"

namespace chayan::api::testing {
namespace {

using test::to_encoding;
using test::to_gb18030;
using test::workbook_of;

// The fixture's registry asked by one employer.
class VerificationBatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Services services{*registry_.store, registry_.clock};
    services.find_employer = [this](const Hash& digest, const guard::Address&) {
      return digest == secret_.digest() ? std::optional(Employer{"id", "acme", 20'000})
                                        : std::nullopt;
    };
    services.spend_quota = [this](const Employer& employer, std::uint64_t rows) {
      QuotaStanding standing{spent_ + rows <= employer.rows_per_day, employer.rows_per_day, 0,
                             std::chrono::seconds(60)};
      if (standing.granted) spent_ += rows;
      standing.left = employer.rows_per_day - spent_;
      return Result<QuotaStanding>(standing);
    };
    services.report_fault = [this](const Error& error) { faults_.push_back(error); };
    api_ = std::make_unique<Api>(std::move(services));
    application_ = api_->public_application();
  }

  struct Reply {
    int status = 0;
    std::string type;
    std::string body;
    Answer answer;  // of a problem
  };

  // `between` is called once, when the first piece of the answer was read.
  Reply ask(std::string_view body, std::string_view type, std::string_view accept = {},
            const std::function<void()>& between = {}) {
    const std::string authorization = "Bearer " + secret_.text();
    const std::vector<http::Field> fields = {
        {"Content-Type", type}, {"Authorization", authorization}, {"Accept", accept}};
    http::Request request;
    request.method = http::Method::post;
    request.target = "/v1/verifications/batch";
    request.fields = fields;
    request.body = body;
    request.client = "192.0.2.1";
    http::Response response;
    application_.answer(request, response);
    Reply reply{response.status, std::string(response.content_type), response.body, {}};
    reply.answer.status = reply.status;
    reply.answer.body = reply.body;
    if (!response.source) return reply;
    EXPECT_EQ(response.source_bytes, http::kUnknownLength);
    std::array<char, 700> room{};
    for (std::size_t got = 0; (got = response.source->read(room)) > 0;) {
      if (between && reply.body.empty()) between();
      reply.body.append(room.data(), got);
    }
    EXPECT_FALSE(response.source->failed());
    return reply;
  }
  Reply ask_ndjson(std::string_view body) { return ask(body, "application/x-ndjson"); }
  Reply ask_csv(std::string_view body) { return ask(body, "text/csv"); }

  static std::vector<std::string> lines(const std::string& body) {
    std::vector<std::string> found;
    each_line(body, [&](std::string_view line) {
      found.emplace_back(line);
      return true;
    });
    return found;
  }

  Registry registry_;
  const crypto::BearerSecret secret_ = crypto::BearerSecret::make();
  std::uint64_t spent_ = 0;
  std::vector<Error> faults_;
  std::unique_ptr<Api> api_;
  http::Application application_;
};

std::string prefixed(std::size_t row, std::size_t line, const std::string& single) {
  return "{\"row\":" + std::to_string(row) + ",\"line\":" + std::to_string(line) + "," +
         single.substr(1);
}

TEST_F(VerificationBatchTest, EachRowSaysWhatASingleVerificationSays) {
  const std::vector<std::string> questions = {
      question(kNumber, kName, ""),
      question(kNumber, "", kDocument),
      question(kNumber, "错误", ""),
      question(kRevokedNumber, kName, kDocument),
      question(kErasedNumber, kName, ""),
      question(kUnauthorizedNumber, kOtherName, ""),
      question(kPaddedNumber, kOtherName, ""),
      question("S000031000001263999999", kName, ""),
      question("unknown-form", kName, kDocument),
      question(kNumber, kName, "")};  // once more: the same number twice in one chunk
  std::string body;
  for (const std::string& one : questions) body += one + "\n";
  const Reply reply = ask_ndjson(body);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.type, "application/x-ndjson");
  const auto found = lines(reply.body);
  ASSERT_EQ(found.size(), questions.size() + 1);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    EXPECT_EQ(found[i],
              prefixed(i + 1, i + 1, registry_.post("/v1/verifications", questions[i]).body));
  }
  EXPECT_EQ(found.back(), R"({"result":"summary","rows":10,"match":6,"no_match":4,"error":0,)"
                          R"("quota":{"rows_per_day":20000,"left":19990,"resets_in_seconds":60}})");
  EXPECT_TRUE(faults_.empty());
}

// A slow reader must not keep what was erased while it read.
TEST_F(VerificationBatchTest, WhatIsErasedWhileABatchIsReadIsGoneForTheRowsToCome) {
  std::string body;
  for (std::size_t i = 0; i <= limits::kVerificationBatchChunkRows; ++i) {
    body += question(kNumber, kName, "") + "\n";
  }
  const Reply reply = ask(body, "application/x-ndjson", {}, [&] { registry_.erase(kNumber); });
  const auto found = lines(reply.body);
  ASSERT_EQ(found.size(), limits::kVerificationBatchChunkRows + 2);
  EXPECT_NE(found.front().find(R"("result":"match")"), std::string::npos);
  const std::string& last = found[found.size() - 2];
  EXPECT_NE(last.find(R"("result":"no_match")"), std::string::npos) << last;
}

TEST_F(VerificationBatchTest, OnlyUnknownNumbersAreAnsweredToo) {
  std::string body;
  for (int i = 0; i < 300; ++i) body += question("NONE-" + std::to_string(i), kName, "") + "\n";
  const auto found = lines(ask_ndjson(body).body);
  ASSERT_EQ(found.size(), 301U);
  for (std::size_t i = 0; i < 300; ++i) {
    EXPECT_NE(found[i].find(R"("result":"no_match")"), std::string::npos);
  }
}

TEST_F(VerificationBatchTest, ABadRowAnywhereIsBadAlone) {
  const std::string good = question(kNumber, kName, "");
  for (const std::string bad :
       {"{", "[]", "\xFF", R"({"holder_name":"甲"})", R"({"x":1})", R"({"certificate_number":"1"})",
        R"({"certificate_number":"1.23E+12","holder_name":"甲"})"}) {
    for (std::size_t place = 0; place < 3; ++place) {
      std::vector<std::string> rows = {good, good, good};
      rows[place] = bad;
      const Reply reply = ask_ndjson(rows[0] + "\n" + rows[1] + "\r\n\n" + rows[2]);
      ASSERT_EQ(reply.status, 200) << bad;
      const auto found = lines(reply.body);
      ASSERT_EQ(found.size(), 4U);
      for (std::size_t i = 0; i < 3; ++i) {
        const std::string result = i == place ? "error" : "match";
        EXPECT_NE(found[i].find("\"result\":\"" + result + "\""), std::string::npos) << bad;
      }
      EXPECT_NE(found[place].find("\"detail\":\""), std::string::npos);
      EXPECT_EQ(found[2].find(R"({"row":3,"line":4,)"), 0U) << "the empty line is counted as one";
    }
  }
}

// null would say: ask again in a second.
TEST_F(VerificationBatchTest, ARowThatAsksForAReceiptIsToldThatThereIsNone) {
  std::string asks = question(kNumber, kName, "");
  asks.insert(asks.size() - 1, R"(,"receipt":true)");
  std::string does_not = question(kNumber, kName, "");
  does_not.insert(does_not.size() - 1, R"(,"receipt":false)");
  const auto found = lines(ask_ndjson(asks + "\n" + does_not).body);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_NE(found[0].find(R"("result":"error","field":"receipt")"), std::string::npos) << found[0];
  EXPECT_NE(found[1].find(R"("result":"match")"), std::string::npos) << found[1];
  EXPECT_EQ(found[1].find(R"(,"receipt":null)"), std::string::npos) << found[1];
}

TEST_F(VerificationBatchTest, CsvInThreeEncodingsSaysTheSame) {
  const std::string text =
      "备注,证书编号,姓名,身份证号,入职日期\r\n"
      ",s000031000001263000001,\"测试甲乙丙 \",11010519491231002x,2024/1/2\r\n"
      ",,,,\r\n"
      "x,1231234567890,阿依古丽・示例,,\r\n"
      "\xEF\xBC\x91,Ｓ000031000001263000001,𠮷,,,,\r\n"
      ",S000031000001263000001,,,\r\n"
      ",1.23457E+17,测试甲乙丙,,\r\n"
      ",\"=\"\"S000031000001263000001\"\"\",测试甲乙丙,,\r\n"
      ",S000031000001263000001,测试甲乙丙,,,多\r\n";
  const Reply plain = ask_csv(text);
  ASSERT_EQ(plain.status, 200) << plain.body;
  const auto results_of = [](const Reply& reply) {
    return reply.body.substr(0, reply.body.find(R"({"result":"summary")"));
  };
  EXPECT_EQ(results_of(ask_csv("\xEF\xBB\xBF" + text)), results_of(plain));
  EXPECT_EQ(results_of(ask_csv(to_gb18030(text))), results_of(plain));
  const auto found = lines(plain.body);
  ASSERT_EQ(found.size(), 8U);
  const std::vector<std::string> results = {"match", "match", "no_match", "error",
                                            "error", "match", "error"};
  const std::vector<std::string> rows = {"1,\"line\":2", "2,\"line\":4", "3,\"line\":5",
                                         "4,\"line\":6", "5,\"line\":7", "6,\"line\":8",
                                         "7,\"line\":9"};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(found[i].find("{\"row\":" + rows[i]), 0U) << found[i];
    EXPECT_NE(found[i].find("\"result\":\"" + results[i] + "\""), std::string::npos) << found[i];
  }
  EXPECT_NE(found[3].find(R"("field":"holder_name")"), std::string::npos);
  EXPECT_NE(found[4].find("科学记数法"), std::string::npos);
  EXPECT_NE(found[6].find("多于表头"), std::string::npos);
}

// As people make them: a title above, columns that nobody asked for, rows that are empty, a remark
// beside the list, a line of totals below it.
const std::vector<std::vector<std::string>> kPeoplesSheet = {
    {"2026 年度持证人员名单"},
    {},
    {"填表部门：示例部", "", "填表日期：2026-11-01"},
    {"序号", "*姓名", "证书编号（必填）", "备注"},
    {"1", "测试甲乙丙", "’S000031000001263000001", "x", "旁注"},
    {"", "", "", ""},
    {"2", "测试甲乙丙", "Ｓ０００031000001263000001", "", ""},
    {"3", "阿依古丽・示例", "1231234567890"},
    {"4", "测试甲乙丙", "1.23456789012345E+15"},
    {"", "", "", "", "旁注"},
    {"合计", "4 人"},
};
const std::vector<std::pair<std::string, std::string>> kPeoplesAnswers = {
    {"5", "match"}, {"7", "match"}, {"8", "match"}, {"9", "error"}, {"11", "error"}};

std::string csv_of(const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) text += (i ? "," : "") + row[i];
    text += "\r\n";
  }
  return text;
}

TEST_F(VerificationBatchTest, AWorkbookAsPeopleMakeIt) {
  const std::string book = workbook_of(kPeoplesSheet);
  for (const std::string_view type : {kXlsxType, std::string_view("text/csv")}) {
    const Reply reply = ask(book, type);
    ASSERT_EQ(reply.status, 200) << reply.body;
    const auto found = lines(reply.body);
    ASSERT_EQ(found.size(), kPeoplesAnswers.size() + 1) << reply.body;
    for (std::size_t i = 0; i < kPeoplesAnswers.size(); ++i) {
      const auto& [line, result] = kPeoplesAnswers[i];
      EXPECT_EQ(found[i].find("{\"row\":" + std::to_string(i + 1) + ",\"line\":" + line +
                              ",\"result\":\"" + result + '"'),
                0U)
          << found[i];
    }
    EXPECT_NE(found[3].find("科学记数法"), std::string::npos);
  }
}

TEST_F(VerificationBatchTest, ACsvWithATitleAndColumnsThatNobodyAskedFor) {
  std::vector<std::vector<std::string>> rows = kPeoplesSheet;
  for (auto& row : rows) row.resize(std::min<std::size_t>(row.size(), 4));  // no remarks beside
  const Reply reply = ask_csv(to_gb18030(csv_of(rows)));
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto found = lines(reply.body);
  ASSERT_EQ(found.size(), kPeoplesAnswers.size() + 1) << reply.body;
  for (std::size_t i = 0; i < kPeoplesAnswers.size(); ++i) {
    EXPECT_NE(found[i].find("\"line\":" + kPeoplesAnswers[i].first + ",\"result\":\"" +
                            kPeoplesAnswers[i].second + '"'),
              std::string::npos)
        << found[i];
  }
}

// Which row was read as the header, what is missing, and what it may be called.
TEST_F(VerificationBatchTest, AHeaderThatIsNotThereIsNamed) {
  struct Case {
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> told;
  };
  std::vector<std::vector<std::string>> titles(limits::kHeaderSearchRowsMax, {"标题"});
  titles.push_back({"证书编号", "姓名"});
  const std::vector<Case> cases = {
      {{{"标题"}, {"证书编号", "备注"}, {"1", "2"}},
       {"第 2 行", "缺少姓名列", "持证人", "身份证号"}},
      {{{"标题"}, {"姓名"}, {"甲"}},
       {"第 2 行", "缺少证书编号列", "证书号码", "certificate_number"}},
      {{{"证书编号", "姓名", "持证人"}, {"1", "2", "3"}}, {"第 1 行", "holder_name"}},
      {{{"甲", "乙"}, {}, {"丙"}}, {"第 1 行至第 3 行", "证书编号、证书号", "姓名、持证人"}},
      {titles, {"第 1 行至第 20 行"}},
      {{{"标题"}, {"姓名\t证书编号"}, {"甲\t1"}}, {"第 2 行", "制表符", "逗号分隔的 CSV"}},
      {{{"证书编号;姓名"}, {"1;甲"}}, {"第 1 行", "分号"}},
      {{{"证书编号，姓名"}, {"1，甲"}}, {"第 1 行", "全角逗号"}},
      // A row that names a column is the header, whatever follows: nothing is left out unsaid.
      {{{"姓名", "备注"}, {"甲", ""}, {"证书编号", "姓名"}}, {"第 1 行"}},
  };
  for (const Case& one : cases) {
    for (const bool is_book : {true, false}) {
      const Reply reply =
          is_book ? ask(workbook_of(one.rows), kXlsxType) : ask_csv(csv_of(one.rows));
      ASSERT_EQ(reply.status, 400) << reply.body;
      EXPECT_EQ(reply.answer.text("/field"), "header");
      for (const std::string& words : one.told) {
        EXPECT_NE(reply.answer.text("/detail").find(words), std::string::npos)
            << words << " in " << reply.answer.text("/detail");
      }
      EXPECT_EQ(reply.body.find("甲"), std::string::npos) << "a cell is repeated";
    }
  }
  EXPECT_EQ(spent_, 0U);
  // A remark above the header says what it likes.
  EXPECT_EQ(ask_csv(csv_of({{"证书编号；姓名必填"}, {"证书编号", "姓名"}, {"1", "甲"}})).status,
            200);
}

TEST_F(VerificationBatchTest, AnswersAWorkbook) {
  const std::string body = question(kRevokedNumber, kName, "") + "\n" +
                           question(kUnauthorizedNumber, kOtherName, "") + "\n" +
                           question("unknown", kName, "") + "\n{}\n";
  const Reply csv = ask(body, "application/x-ndjson", "text/csv");
  const Reply reply = ask(body, "application/x-ndjson", kXlsxType);
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.type, kXlsxType);
  std::vector<CsvRow> sheet;
  const auto read = read_xlsx(reply.body, {1 << 16, 1 << 24}, [&](CsvRow& row) {
    sheet.push_back(row);
    return true;
  });
  ASSERT_TRUE(read) << read.error().message.en;
  std::vector<CsvRow> table;
  CsvReader reader(Encoding::utf8, 1 << 16, [&](CsvRow& row) {
    table.push_back(row);
    return true;
  });
  each_line(csv.body, [&](std::string_view line) { return reader.line(line).has_value(); });
  ASSERT_TRUE(reader.finish());
  ASSERT_EQ(sheet.size(), table.size());
  for (std::size_t i = 0; i < sheet.size(); ++i) {
    sheet[i].cells.resize(table[i].cells.size());
    if (i + 1 == sheet.size()) continue;  // the summary: the quota moved on
    EXPECT_EQ(sheet[i].cells, table[i].cells) << i;
  }
  EXPECT_EQ(sheet.back().cells[kBatchResultColumn], "summary");
}

TEST_F(VerificationBatchTest, AWorkbookThatCannotBeReadSaysHowToSaveIt) {
  for (const std::string& bad :
       {std::string("PK\x03\x04 and so on"), std::string("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
        std::string("证书编号,姓名\n1,甲\n")}) {
    const Reply reply = ask(bad, kXlsxType);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.answer.text("/field"), "body");
    EXPECT_NE(reply.answer.text("/detail").find("CSV"), std::string::npos);
  }
}

TEST_F(VerificationBatchTest, ACellInNoEncodingIsItsRowsFault) {
  const Reply reply =
      ask_csv(to_gb18030("证书编号,姓名\n") + "1,\x81\xFF\n" + to_gb18030("2,测试\n3,测试甲\n"));
  const auto found = lines(reply.body);
  ASSERT_EQ(found.size(), 4U) << reply.body;
  EXPECT_NE(found[0].find("\"error\""), std::string::npos);
  EXPECT_NE(found[1].find("\"no_match\""), std::string::npos);
}

// The head decides the same with and without its body, and before the body is there.
TEST_F(VerificationBatchTest, WhoMayNotAskIsRefusedByTheHead) {
  const std::string good = "Bearer " + secret_.text();
  const std::string unknown = "Bearer " + crypto::BearerSecret::make().text();
  struct Case {
    http::Method method;
    std::string_view target;
    std::string_view authorization;
    std::string_view type;
    std::string_view coding;
    int status;  // 0: the body decides
  };
  constexpr auto kPost = http::Method::post;
  constexpr std::string_view kBatch = "/v1/verifications/batch";
  const std::vector<Case> cases = {{kPost, kBatch, good, "application/x-ndjson", "", 0},
                                   {kPost, kBatch, good, "text/csv", "identity", 0},
                                   {kPost, kBatch, "", "text/csv", "", 401},
                                   {kPost, kBatch, unknown, "text/csv", "", 401},
                                   {kPost, kBatch, unknown, "image/png", "", 401},
                                   {kPost, kBatch, good, "application/json", "", 415},
                                   {kPost, kBatch, good, "text/csv", "gzip", 415},
                                   {kPost, "/v1/verifications", "", "application/json", "", 0},
                                   {kPost, "/v1/verifications", "", "text/plain", "", 415},
                                   {kPost, "/v1/catalog", "", "application/json", "", 405},
                                   {kPost, "/nothing", "", "application/json", "", 404},
                                   {http::Method::other, kBatch, good, "text/csv", "", 405},
                                   {http::Method::options, kBatch, "", "", "", 204}};
  for (const Case& one : cases) {
    SCOPED_TRACE(std::string(one.target) + ' ' + std::to_string(one.status));
    const std::vector<http::Field> fields = {{"Authorization", one.authorization},
                                             {"Content-Type", one.type},
                                             {"Content-Encoding", one.coding}};
    http::Request request;
    request.method = one.method;
    request.target = one.target;
    request.fields = fields;
    request.client = "192.0.2.1";
    http::Response by_head;
    EXPECT_EQ(application_.answer_by_head(request, by_head), one.status != 0);
    request.body = "{}";
    http::Response whole;
    application_.answer(request, whole);
    if (one.status == 0) continue;
    EXPECT_EQ(by_head.status, one.status);
    EXPECT_EQ(whole.status, one.status);
    EXPECT_EQ(by_head.body, whole.body);
    EXPECT_EQ(by_head.headers.size(), whole.headers.size());
  }
  EXPECT_TRUE(faults_.empty());
}

// A page says it as a page: whoever sent the form reads it.
TEST_F(VerificationBatchTest, AnAnnouncedLengthIsRefusedByTheHead) {
  const auto ask = [&](std::string_view target, std::string_view type, std::string length) {
    const std::vector<http::Field> fields = {{"Content-Type", type}, {"Content-Length", length}};
    http::Request request;
    request.method = http::Method::post;
    request.target = target;
    request.fields = fields;
    request.client = "192.0.2.1";
    http::Response response;
    return std::pair(application_.answer_by_head(request, response), std::move(response));
  };
  constexpr std::string_view kForm = "multipart/form-data; boundary=x";
  EXPECT_FALSE(ask("/v1/verifications", "application/json", "4096").first);
  EXPECT_FALSE(ask("/verify-list", kForm, std::to_string(limits::kListFormBytesMax)).first);
  const auto [json_decided, json] = ask("/v1/verifications", "application/json", "4097");
  EXPECT_TRUE(json_decided);
  EXPECT_EQ(json.status, 413);
  EXPECT_EQ(json.content_type, "application/problem+json");
  const auto [page_decided, page] =
      ask("/verify-list", kForm, std::to_string(limits::kListFormBytesMax + 1));
  EXPECT_TRUE(page_decided);
  EXPECT_EQ(page.status, 413);
  EXPECT_TRUE(page.content_type.starts_with("text/html")) << page.content_type;
  EXPECT_NE(page.body.find("4 MiB"), std::string::npos);
}

TEST_F(VerificationBatchTest, WhatCannotBeReadAtAllIsAProblem) {
  const std::string row = question(kNumber, kName, "") + "\n";
  std::string too_many;
  for (std::size_t i = 0; i <= limits::kVerificationBatchRowsMax; ++i) too_many += row;
  struct Case {
    std::string body;
    std::string_view type;
    int status;
    std::string field;
  };
  const std::vector<Case> cases = {
      {too_many, "application/x-ndjson", 413, "body"},
      {"", "application/x-ndjson", 400, "body"},
      {"\n\n", "application/x-ndjson", 400, "body"},
      {to_gb18030(question(kNumber, kName, "")), "application/x-ndjson", 400, "body"},
      {"", "text/csv", 400, "body"},
      {"证书编号,姓名\n", "text/csv", 400, "body"},
      {"证书编号,备注\n1,2\n", "text/csv", 400, "header"},
      {"姓名\n甲\n", "text/csv", 400, "header"},
      {"证书编号,证书号,姓名\n1,1,甲\n", "text/csv", 400, "header"},
      {"S000031000001263000001,测试\n", "text/csv", 400, "header"},
      {to_gb18030("证书编号,姓名") + "\x81\xFF\n1,2\n", "text/csv", 400, "header"},
      {"证书编号,姓名\n1,\"甲\"x\n", "text/csv", 400, "line 2"},
      {"证书编号,姓名\n1,\"甲\n", "text/csv", 400, "line 2"},
      {to_encoding("UTF-16", "证书编号,姓名\n1,甲\n"), "text/csv", 400, "body"},
  };
  for (const Case& one : cases) {
    const Reply reply = ask(one.body, one.type);
    EXPECT_EQ(reply.status, one.status) << one.body.substr(0, 80);
    EXPECT_EQ(reply.answer.text("/field"), one.field) << one.body.substr(0, 80);
    EXPECT_EQ(reply.body.find("测试"), std::string::npos);
  }
  EXPECT_EQ(spent_, 0U) << "a problem costs nothing";
}

TEST_F(VerificationBatchTest, AnswersCsvForSpreadsheets) {
  const Reply reply =
      ask(question(kRevokedNumber, kName, "") + "\n" + question("unknown", kName, "") + "\n{}\n",
          "application/x-ndjson", "text/csv, */*;q=0.1");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.type, "text/csv; charset=utf-8; header=present");
  const auto found = lines(reply.body);
  ASSERT_EQ(found.size(), 5U);
  EXPECT_EQ(found[0].find("\xEF\xBB\xBF\"行号 row\",\"文件行 line\",\"结果 result\""), 0U);
  EXPECT_EQ(found[1].find("1,1,\"match\",\"revoked\",\"2026-10-10\",\"测***丙\""), 0U) << found[1];
  EXPECT_EQ(found[2].find("2,2,\"no_match\",,,,"), 0U) << found[2];
  EXPECT_EQ(found[3].find("3,3,\"error\",,,,"), 0U) << found[3];
  EXPECT_EQ(found[4].find(",,\"summary\",,"), 0U) << found[4];
}

// As the single answer has it: what decides stands beside the yes or no.
TEST_F(VerificationBatchTest, CsvNamesTheFilingThatDecidesAndWhyNot) {
  const Reply reply =
      ask(question(kNumber, kName, "") + "\n" + question(kUnauthorizedNumber, kOtherName, ""),
          "application/x-ndjson", "text/csv");
  const auto found = lines(reply.body);
  ASSERT_EQ(found.size(), 4U) << reply.body;
  EXPECT_NE(found[0].find("\"备案编号 filing\""), std::string::npos) << found[0];
  EXPECT_TRUE(found[1].ends_with("\"foreign/1/1\",\"true\",\"SL-1\",,")) << found[1];
  const std::string why =
      registry_.post("/v1/verifications", question(kUnauthorizedNumber, kOtherName, ""))
          .text("/issuer_authorization/sentence");
  ASSERT_FALSE(why.empty());
  EXPECT_TRUE(found[2].ends_with("\"dual/1/1\",\"false\",\"SL-2\",,\"" + why + "\"")) << found[2];
}

TEST_F(VerificationBatchTest, MoreThanTheQuotaIsRefusedWhole) {
  spent_ = 19'999;
  const std::string row = question(kNumber, kName, "") + "\n";
  const Reply refused = ask_ndjson(row + row);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.answer.text("/type"), "urn:chayan:problem:quota-spent");
  EXPECT_EQ(ask_ndjson(row).status, 200);
  EXPECT_EQ(ask_ndjson(row).status, 429);
}

TEST(BearerToken, IsReadAsRfc6750Says) {
  EXPECT_EQ(bearer_token("Bearer abc"), "abc");
  EXPECT_EQ(bearer_token("bEARER   a.b-_~+/=="), "a.b-_~+/==");
  for (const std::string_view bad :
       {"", "Bearer", "Bearer ", "Basic abc", "Bearerabc", "Bearer a b", "Bearer =", "Bearer a=b",
        "Bearer \xC3\xA4", "abc"}) {
    EXPECT_FALSE(bearer_token(bad)) << bad;
  }
}

}  // namespace
}  // namespace chayan::api::testing
