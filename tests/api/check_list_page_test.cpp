// The page of lists, in process: the same answers as the batch endpoint gives, at the same price,
// and every refusal beside its field.
#include <gtest/gtest.h>

#include "api/services.h"
#include "api/table_writer.h"
#include "base/limits.h"
#include "base/xlsx_reader.h"
#include "crypto/bearer_secret.h"
#include "tests/api/fixture.h"
#include "tests/support/workbook.h"

namespace chayan::api::testing {
namespace {

class CheckListPageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Services services{*registry_.store, registry_.clock};
    services.find_employer = [this](const Hash& digest, const guard::Address& client) {
      asked_from_ = client;
      return digest == secret_.digest() ? std::optional(Employer{"id", "acme", rows_per_day_})
                                        : std::nullopt;
    };
    services.has_employers = [this] { return has_employers_; };
    services.spend_quota = [this](const Employer& employer, std::uint64_t rows) {
      QuotaStanding standing{spent_ + rows <= employer.rows_per_day, employer.rows_per_day, 0,
                             std::chrono::seconds(60)};
      if (standing.granted) spent_ += rows;
      standing.left = employer.rows_per_day - spent_;
      return Result<QuotaStanding>(standing);
    };
    api_ = std::make_unique<Api>(std::move(services));
    application_ = api_->public_application();
  }

  struct Reply {
    int status = 0;
    std::string type;
    std::string head;
    std::string body;
    std::vector<std::string> pieces;  // where it is made while it is sent
  };

  Reply send(http::Method method, std::string_view target, std::string_view body,
             std::string_view type) {
    const std::vector<http::Field> fields = {
        {"Content-Type", type}, {"Accept-Language", "en"}, {"Accept", "text/html"}};
    http::Request request;
    request.method = method;
    request.target = target;
    request.fields = fields;
    request.body = body;
    request.client = "192.0.2.1";
    http::Response response;
    application_.answer(request, response);
    Reply reply{response.status, std::string(response.content_type), {}, response.body, {}};
    for (const http::Header& header : response.headers) {
      reply.head += std::string(header.name) + ": " + header.value + "\n";
    }
    std::array<char, 700> room{};
    for (std::size_t got = 0; response.source && (got = response.source->read(room)) > 0;) {
      reply.pieces.emplace_back(room.data(), got);
      reply.body += reply.pieces.back();
    }
    return reply;
  }

  static std::string part(const std::string& name, const std::string& content) {
    return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content +
           "\r\n";
  }
  Reply post(const std::string& parts) {
    return send(http::Method::post, "/verify-list", parts + "--x--\r\n",
                "multipart/form-data; boundary=x");
  }
  Reply check(const std::string& file, const std::string& answer = "page") {
    return post(part("credential", secret_.text()) + part("file", file) + part("answer", answer));
  }

  Registry registry_;
  const crypto::BearerSecret secret_ = crypto::BearerSecret::make();
  bool has_employers_ = true;
  std::uint64_t rows_per_day_ = 20;
  std::uint64_t spent_ = 0;
  guard::Address asked_from_;
  std::unique_ptr<Api> api_;
  http::Application application_;
};

std::string list() {
  const auto row = [](std::string_view number, std::string_view name) {
    return std::string(number) + "," + std::string(name) + "\n";
  };
  return "名单\n证书编号,姓名\n" + row(kNumber, kName) + row(kRevokedNumber, kName) +
         row(kUnauthorizedNumber, kOtherName) + row("S000031000001263999999", kName) +
         row("", kName);
}

TEST_F(CheckListPageTest, SaysFirstWhatWantsAttention) {
  const Reply reply = check(list());
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_NE(reply.head.find("Cache-Control: no-store"), std::string::npos);
  EXPECT_NE(reply.body.find("<strong>4 rows want attention</strong>, of 5."), std::string::npos)
      << reply.body;
  const std::string problems =
      reply.body.substr(reply.body.find("id=\"problems\""),
                        reply.body.find("<details>") - reply.body.find("id=\"problems\""));
  for (const std::string_view words :
       {"Revoked", "Issuer not entitled", "No match", "Could not be asked", "</span>4</th>",
        "</span>7</th>", "S000031000001263999999"}) {
    EXPECT_NE(problems.find(words), std::string::npos) << words;
  }
  EXPECT_EQ(problems.find("</span>3</th>"), std::string::npos) << "a good row";
  EXPECT_NE(reply.body.find("</span>3</th>"), std::string::npos) << "among all rows";
  EXPECT_EQ(reply.body.find(kName), std::string::npos) << "names are not repeated";
  EXPECT_EQ(reply.body.find(secret_.text()), std::string::npos);
  EXPECT_EQ(spent_, 5U);
}

// It once was made whole, and kept its thread for all rows.
TEST_F(CheckListPageTest, TheThreadHasOtherTurnsBetweenTheChunksOfALongList) {
  std::string rows = "证书编号,姓名\n";
  const std::size_t count = 3 * limits::kVerificationBatchChunkRows - 1;
  for (std::size_t i = 0; i < count; ++i) rows.append(kNumber).append(",").append(kName) += '\n';
  rows_per_day_ = count;
  const Reply reply = check(rows);
  ASSERT_EQ(reply.status, 200) << reply.body;
  ASSERT_GT(reply.pieces.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(reply.pieces[i], "\n");
  EXPECT_TRUE(reply.pieces[3].starts_with("<!DOCTYPE html>")) << reply.pieces[3];
  EXPECT_TRUE(reply.pieces.back().find("</html>") != std::string::npos);
  EXPECT_NE(reply.body.find("All " + std::to_string(count) + " rows match"), std::string::npos);
}

TEST_F(CheckListPageTest, AFileIsWhatTheBatchEndpointGives) {
  const Reply csv = check(list(), "csv");
  ASSERT_EQ(csv.status, 200);
  EXPECT_EQ(csv.type, media_type(TableFormat::csv));
  EXPECT_NE(csv.head.find("attachment; filename=chayan-check-list-2026-11-24.csv"),
            std::string::npos)
      << csv.head;
  EXPECT_NE(csv.body.find("1,3,\"match\",\"valid\""), std::string::npos) << csv.body;
  EXPECT_NE(csv.body.find("rows 5, match 3, no_match 1, error 1, quota left 15"),
            std::string::npos);
  const Reply xlsx = check(list(), "xlsx");
  ASSERT_EQ(xlsx.status, 200);
  EXPECT_EQ(xlsx.type, kXlsxType);
  std::size_t rows = 0;
  EXPECT_TRUE(read_xlsx(xlsx.body, {1 << 16, 1 << 24}, [&](CsvRow&) { return ++rows > 0; }));
  EXPECT_EQ(rows, 7U);
}

TEST_F(CheckListPageTest, AWorkbookIsKnownByItsBytes) {
  const Reply reply =
      check(test::workbook_of({{"证书编号", "姓名"}, {std::string(kNumber), std::string(kName)}}));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_NE(reply.body.find("All 1 rows match"), std::string::npos);
  EXPECT_EQ(reply.body.find("id=\"problems\""), std::string::npos);
}

TEST_F(CheckListPageTest, WhatIsWrongIsSaidBesideItsField) {
  struct Case {
    std::string parts;
    int status;
    std::string fault;  // id of what says it; empty: the summary alone
    std::string words;
  };
  const std::string credential = part("credential", secret_.text());
  const std::string file = part("file", list());
  std::string slip = secret_.text();
  slip.back() = slip.back() == 'A' ? 'B' : 'A';
  const std::vector<Case> cases = {
      {part("credential", "") + file, 400, "credential-fault", "Give the credential"},
      {part("credential", slip) + file, 400, "credential-fault", "check characters"},
      {part("credential", crypto::BearerSecret::make().text()) + file, 400, "credential-fault",
       "does not count here and now"},
      {credential + part("file", ""), 400, "file-fault", "Choose the file"},
      {credential, 400, "file-fault", "Choose the file"},
      {credential + part("file", "证书编号,备注\n1,2\n"), 400, "file-fault",
       "Row 1 is read as the header"},
      {credential + part("file", "PK\x03\x04"), 400, "file-fault", "save it as .xlsx"},
      {credential + part("file", "证书编号,姓名\n1,\"甲\n"), 400, "file-fault", "stray quote"},
      {credential + file + part("other", ""), 400, "", "does not know"},
      {credential + file + part("answer", "pdf"), 400, "", "does not know"},
      {credential + file + file, 400, "", "could not be read"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.words);
    const Reply reply = post(one.parts);
    EXPECT_EQ(reply.status, one.status);
    EXPECT_EQ(reply.type, "text/html; charset=utf-8");
    EXPECT_NE(reply.body.find("role=\"alert\""), std::string::npos);
    EXPECT_NE(reply.body.find(one.words), std::string::npos) << reply.body;
    for (const std::string id : {"credential-fault", "file-fault"}) {
      EXPECT_EQ(reply.body.find("id=\"" + id + '"') != std::string::npos, id == one.fault) << id;
    }
    EXPECT_EQ(reply.body.find(secret_.text()), std::string::npos);
  }
  EXPECT_EQ(spent_, 0U);
  EXPECT_EQ(asked_from_, guard::Address::parse("192.0.2.1"));
}

TEST_F(CheckListPageTest, MoreThanTheQuotaIsRefusedWhole) {
  spent_ = 17;
  const Reply reply = check(list());
  EXPECT_EQ(reply.status, 429);
  EXPECT_NE(reply.head.find("Retry-After: 60"), std::string::npos);
  EXPECT_NE(reply.body.find("has 5 rows, and 3 are left"), std::string::npos) << reply.body;
  EXPECT_EQ(check(list(), "csv").status, 429);
  EXPECT_EQ(spent_, 17U);
}

TEST_F(CheckListPageTest, TheFormAndItsTemplates) {
  const Reply form = send(http::Method::get, "/check-list", {}, {});
  ASSERT_EQ(form.status, 200);
  EXPECT_NE(form.body.find("enctype=\"multipart/form-data\""), std::string::npos);
  EXPECT_EQ(form.body.find("id=\"obstacle\""), std::string::npos);
  const Reply csv = send(http::Method::get, "/check-list/template.csv", {}, {});
  EXPECT_EQ(csv.body,
            "\xEF\xBB\xBF\"证书编号 certificate_number\",\"姓名 holder_name\",\"证件号码 "
            "document_number\"\r\n");
  const Reply xlsx = send(http::Method::get, "/check-list/template.xlsx", {}, {});
  EXPECT_EQ(xlsx.type, kXlsxType);
  EXPECT_TRUE(looks_like_workbook(xlsx.body));
  EXPECT_EQ(send(http::Method::get, "/check-list/template.xls", {}, {}).status, 404);
}

TEST_F(CheckListPageTest, AServiceWithoutCredentialsSaysSo) {
  has_employers_ = false;
  const Reply form = send(http::Method::get, "/check-list", {}, {});
  ASSERT_EQ(form.status, 200);
  EXPECT_NE(form.body.find("no employer has been given a credential"), std::string::npos);
  EXPECT_EQ(form.body.find("<form"), std::string::npos);
}

TEST_F(CheckListPageTest, AServiceWithoutBatchesSaysSo) {
  const Api api(Services{*registry_.store, registry_.clock});
  application_ = api.public_application();
  const Reply form = send(http::Method::get, "/check-list", {}, {});
  ASSERT_EQ(form.status, 200);
  EXPECT_NE(form.body.find("id=\"obstacle\""), std::string::npos);
  EXPECT_EQ(form.body.find("<form"), std::string::npos);
  EXPECT_EQ(check(list()).status, 503);
}

}  // namespace
}  // namespace chayan::api::testing
