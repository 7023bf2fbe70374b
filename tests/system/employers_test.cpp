// Employers: a batch as a spreadsheet makes it comes back right, row by row; credentials count as
// long and as far as they should; `chayan verify` goes on where it was cut. The real binary.
#include <gtest/gtest.h>
#include <signal.h>

#include <array>
#include <filesystem>
#include <functional>
#include <map>

#include "base/csv_reader.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "base/text.h"
#include "commands/credential_file.h"
#include "tests/support/gb18030.h"
#include "tests/support/registry.h"
#include "tests/system/cli.h"

namespace chayan::test {
namespace {

// ---- the registry: people whose names and numbers are of every kind

std::string character(unsigned code) {
  std::string text;
  text.push_back(static_cast<char>(0xE0 | code >> 12));
  text.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
  text.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  return text;
}

std::string digits(std::size_t n, std::size_t width) {
  std::string text = std::to_string(n);
  return std::string(width - text.size(), '0') + text;
}

struct Person {
  explicit Person(std::size_t n) {
    constexpr std::array<std::string_view, 5> kBeginnings = {"𠮷田", "阿依古丽·买买提", "欧阳",
                                                             "㐂", "古丽·"};
    const auto code = static_cast<unsigned>(n);
    name = std::string(kBeginnings[n % kBeginnings.size()]) +
           character(0x4E00 + code * 13 % 20000) + character(0x4E00 + code * 7 % 19999);
    switch (n % 4) {
      case 0:
        typed_number = "3100" + digits(n, 9);  // 13 digits, recorded with 000 in front
        break;
      case 1:
        typed_number = "S000031000001263" + digits(n, 6);
        break;
      case 2:
        typed_number = "1231234" + digits(n, 9);
        break;
      default:
        typed_number = "YC-2020/" + digits(n, 5);
    }
    document = "31010119900101" + digits(n % 1000, 3);
    document.push_back(*id_check_digit(document));
    revoked = n % 97 == 5;
    erased = n % 97 == 6;
  }

  std::string name;
  std::string typed_number;
  std::string document;
  bool revoked = false;
  bool erased = false;
};

std::vector<Change> registry_changes(std::size_t people) {
  std::vector<Change> changes = official_changes();
  changes.push_back(put_institution(credit(1), "示例评价机构"));
  for (Change& change :
       filing_until_filed(credit(1), "F-1", day("2026-03-02"), {item_line("foreign/1/3")})) {
    changes.push_back(std::move(change));
  }
  std::vector<Change> later;
  for (std::size_t n = 0; n < people; ++n) {
    const Person person(n);
    changes.push_back(issue(credit(1), "foreign/1/3", day("2026-05-06"), person.typed_number,
                            person.name, person.document));
    changes.back().secrets["document_type"] = "resident_id";
    if (!person.revoked && !person.erased) continue;
    const auto kind = person.revoked ? CertificateEventKind::revoked : CertificateEventKind::erased;
    later.push_back(certificate_event(kind, person.typed_number, day("2026-06-01")));
  }
  for (Change& change : later) changes.push_back(std::move(change));
  return changes;
}

// ---- a spreadsheet of questions, and what is right

std::string full_width(std::string_view ascii) {
  std::string text;
  for (const char c : ascii) {
    text += c > ' ' && c < 0x7F ? character(0xFF00 + static_cast<unsigned>(c) - ' ')
                                : std::string(1, c);
  }
  return text;
}

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

// Behind its first character of several bytes, or behind three ASCII ones.
std::string with_spaces(const std::string& text) {
  std::size_t at = 3;
  while ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  return " " + text.substr(0, at) + " " + text.substr(at) + "\xE3\x80\x80";
}

struct Right {
  std::string result;
  std::string field;   // of an error
  std::string status;  // of a match
  std::string holder;  // of a match
};

struct SheetRow {
  std::string name, number, document;
  Right right;
};

std::string typed(std::size_t n, const std::string& number) {
  switch (n % 5) {
    case 0:
      return full_width(number);
    case 1:
      return lower_case(number);
    case 2:
      return with_spaces(number);
    case 3:
      return "'" + number;
    default:
      return number;
  }
}

SheetRow sheet_row(std::size_t n, std::size_t people) {
  constexpr std::array<std::string_view, 4> kDots = {"·", "•", "・", "‧"};
  const Person person(n * 7 % people);
  SheetRow row{replaced(person.name, "·", kDots[n % kDots.size()]),
               typed(n, person.typed_number),
               {},
               {"match", {}, person.revoked ? "revoked" : "valid", mask_name(person.name)}};
  if (n % 3 == 1) row.name = with_spaces(row.name);
  if (n % 4 == 1) row.document = lower_case(person.document);
  if (n % 4 == 2) row.document = full_width(person.document.substr(12));
  if (n % 4 == 3) {
    row.name.clear();
    row.document = person.document;
  }
  if (person.erased) row.right = {"no_match", {}, {}, {}};
  switch (n % 20) {
    case 4:
      row.name = "错误姓名";
      row.right = {"no_match", {}, {}, {}};
      break;
    case 8:
      row.number = "S999" + digits(n, 18);
      row.right = {"no_match", {}, {}, {}};
      break;
    case 12:
      row.number = n % 40 == 12 ? "1.23457E+12" : "";
      row.right = {"error", "certificate_number", {}, {}};
      break;
    case 16:
      row.name.clear();
      row.document = n % 40 == 16 ? "3.10101E+17" : "";
      row.right = {"error", row.document.empty() ? "holder_name" : "document_number", {}, {}};
      break;
    default:
      break;
  }
  return row;
}

// As Excel on Chinese Windows saves it: GB18030, CRLF, dates, quotes, rows of nothing but commas.
std::string spreadsheet(std::size_t rows, std::size_t people) {
  std::string text = "序号,姓名,入职日期,证书编号,身份证号码,备注\r\n";
  for (std::size_t n = 0; n < rows; ++n) {
    const SheetRow row = sheet_row(n, people);
    text += std::to_string(n + 1) + ",\"" + row.name + "\",2024/3/" + std::to_string(n % 28 + 1) +
            "," + row.number + "," + row.document + ",";
    text += n % 11 == 0 ? "\"他说\"\"好\"\",\r\n第二行\"\r\n" : n % 13 == 0 ? ",,\r\n" : "无\r\n";
    if (n % 17 == 0) text += ",,,,,\r\n";
  }
  return to_gb18030(text);
}

// ---- asking

struct Line {
  std::int64_t row = 0;
  Right got;
  std::string detail;
};

std::vector<Line> lines_of(const std::string& body) {
  std::vector<Line> lines;
  JsonParser parser;
  each_line(body, [&](std::string_view text) {
    auto object = parser.parse_object(text).value();
    Line line;
    line.row = object.optional_integer("row").value_or(0);
    line.got.result = object.string("result");
    line.got.field = object.optional_string("field").value_or("");
    line.got.status = object.optional_string("status").value_or("");
    line.got.holder = object.optional_string("holder").value_or("");
    line.detail = object.optional_string("detail").value_or("");
    lines.push_back(std::move(line));
    return true;
  });
  return lines;
}

std::string batch_request(std::string_view body, std::string_view type, std::string_view fields) {
  return "POST /v1/verifications/batch HTTP/1.1\r\nHost: test.example\r\nContent-Type: " +
         std::string(type) + "\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string bearer(std::string_view secret) {
  return "Authorization: Bearer " + std::string(secret) + "\r\n";
}

class EmployersTest : public testing::Test {
 protected:
  static constexpr std::size_t kPeopleMax = 3000;

  static void SetUpTestSuite() {
    // So many that no number is asked wrongly more often than its limit allows in an hour.
    people_ = scaled(kPeopleMax, 600);
    master_ = std::make_unique<TempDirectory>();
    const std::string file =
        put_file(*master_ / "changes.ndjson", import_lines(registry_changes(people_)));
    const Finished imported = run_chayan({"import", "--data", *master_ / "data", file});
    ASSERT_EQ(imported.code, 0) << imported.err;
  }
  static void TearDownTestSuite() { master_.reset(); }

  void SetUp() override {
    for (const std::string suffix : {"", ".keys"}) {
      std::filesystem::copy(*master_ / ("data" + suffix), data_ + suffix,
                            std::filesystem::copy_options::recursive);
    }
  }

  void start() { server_ = std::make_unique<ServeProcess>(CHAYAN_BINARY, data_); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

  // The secret of a new credential.
  std::string add(const std::string& name, const std::vector<std::string>& more = {}) {
    std::vector<std::string> command = {"credentials", "add", name, "--data", data_};
    command.insert(command.end(), more.begin(), more.end());
    const Finished added = run_chayan(command);
    EXPECT_EQ(added.code, 0) << added.err;
    return added.out.substr(0, added.out.find('\n'));
  }

  HttpReply ask(std::string_view body, std::string_view type, std::string_view fields) {
    HttpClient client = server_->connect();
    client.send(batch_request(body, type, fields));
    return client.read_reply().value();
  }

  static std::size_t people_;
  static std::unique_ptr<TempDirectory> master_;
  const TempDirectory folder_;
  const std::string data_ = folder_ / "data";
  std::unique_ptr<ServeProcess> server_;
};

std::size_t EmployersTest::people_ = 0;
std::unique_ptr<TempDirectory> EmployersTest::master_;

TEST_F(EmployersTest, TheAuditTrailNamesTheCredentialOfEachRow) {
  const std::string secret = add("acme");
  const std::string listed = run_chayan({"credentials", "list", "--data", data_}).out;
  const std::string id = listed.substr(0, listed.find(' '));
  ASSERT_EQ(id.size(), 10U) << listed;
  start();
  ASSERT_EQ(ask(spreadsheet(20, people_), "text/csv", bearer(secret)).status, 200);
  ASSERT_EQ(server_->stop().value_or(Exit()).code, 0);
  const Finished trail = run_chayan({"audit", "--data", data_});
  ASSERT_EQ(trail.code, 0) << trail.err;
  std::size_t rows = 0;
  each_line(trail.out, [&](std::string_view line) {
    if (line.find(R"("kind":"batch_row")") == std::string_view::npos) return true;
    ++rows;
    EXPECT_NE(line.find(R"("credential":")" + id + '"'), std::string_view::npos) << line;
    return true;
  });
  EXPECT_GT(rows, 0U);
  EXPECT_EQ(trail.out.find(secret), std::string::npos);
}

TEST_F(EmployersTest, ABatchOfASpreadsheetComesBackInOrderAndRight) {
  const std::size_t rows = scaled(limits::kVerificationBatchRowsMax, 500);
  const std::string secret = add("acme");
  start();
  const HttpReply reply = ask(spreadsheet(rows, people_), "text/csv", bearer(secret));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.field("Transfer-Encoding"), "chunked");
  EXPECT_EQ(reply.field("Cache-Control"), "no-store");
  const std::vector<Line> lines = lines_of(reply.body);
  ASSERT_EQ(lines.size(), rows + 1);
  std::map<std::string, std::size_t> counted;
  for (std::size_t n = 0; n < rows; ++n) {
    const Right right = sheet_row(n, people_).right;
    ++counted[right.result];
    const Right& got = lines[n].got;
    ASSERT_EQ(lines[n].row, static_cast<std::int64_t>(n + 1));
    ASSERT_EQ(got.result, right.result) << "row " << n + 1 << ' ' << lines[n].detail;
    EXPECT_EQ(got.field, right.field) << "row " << n + 1;
    EXPECT_EQ(got.status, right.status) << "row " << n + 1;
    EXPECT_EQ(got.holder, right.holder) << "row " << n + 1;
    EXPECT_EQ(lines[n].detail.empty(), right.result != "error");
  }
  EXPECT_EQ(counted.size(), 3U) << "every result occurs";
  EXPECT_EQ(lines.back().got.result, "summary");
  for (const auto& [result, count] : counted) {
    EXPECT_NE(reply.body.find("\"" + result + "\":" + std::to_string(count)), std::string::npos);
  }
  EXPECT_EQ(reply.field("RateLimit").find("\"rows\";r=" + std::to_string(100'000 - rows)), 0U);
}

TEST_F(EmployersTest, BadBodiesGetAProblemThatSaysWhatToDo) {
  const std::string authorization = bearer(add("acme"));
  start();
  const std::string row = "{\"certificate_number\":\"1\",\"holder_name\":\"甲\"}\n";
  std::string too_many;
  for (std::size_t i = 0; i <= limits::kVerificationBatchRowsMax; ++i) too_many += row;
  EXPECT_EQ(ask(too_many, "application/x-ndjson", authorization).status, 413);
  const std::string too_long(limits::kVerificationBatchBodyBytesMax + 1, 'x');
  EXPECT_EQ(ask("", "text/csv", authorization).status, 400) << "no header, no rows";
  HttpClient big = server_->connect();
  big.send("POST /v1/verifications/batch HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\n" +
           authorization + "Content-Length: " + std::to_string(too_long.size()) + "\r\n\r\n");
  EXPECT_EQ(big.read_reply()->status, 413);
  EXPECT_EQ(ask(row, "application/json", authorization).status, 415);
}

TEST_F(EmployersTest, CredentialsThatDoNotCountAreRefusedAlike) {
  const std::string good = add("good");
  const std::string revoked = add("revoked");
  const std::string expired = add("expired", {"--expires", "2099-01-01"});
  put_file(data_ + ".credentials.json",
           replaced(file_content(data_ + ".credentials.json"), "2099-01-01", "2020-01-01"));
  const std::string elsewhere = add("elsewhere", {"--networks", "192.0.2.0/24,2001:db8::/32"});
  const std::string here = add("here", {"--networks", "127.0.0.0/8"});
  start();
  const std::string row = "{\"certificate_number\":\"1\",\"holder_name\":\"甲\"}\n";
  const auto status_of = [&](const std::string& fields) {
    return ask(row, "application/x-ndjson", fields).status;
  };
  EXPECT_EQ(status_of(bearer(good)), 200);
  EXPECT_EQ(status_of(bearer(here)), 200);
  EXPECT_EQ(status_of(bearer(revoked)), 200);
  EXPECT_EQ(run_chayan({"credentials", "revoke", "revoked", "--data", data_}).code, 0);
  EXPECT_EQ(run_chayan({"credentials", "revoke", "revoked", "--data", data_}).code, 1);
  // A secret whose check characters fit and that nobody has.
  const Finished made =
      run_chayan({"credentials", "add", "other", "--credentials", folder_ / "other.json"});
  const std::string unknown = made.out.substr(0, made.out.find('\n'));

  const auto everything = [&](const std::string& fields) {
    const HttpReply reply = ask(row, "application/x-ndjson", fields);
    std::string head = reply.head;
    head.erase(head.find("Date: "), head.find("\r\n", head.find("Date: ")) - head.find("Date: "));
    return head + reply.body;
  };
  const std::string missing = everything("");
  EXPECT_NE(missing.find("401 Unauthorized"), std::string::npos) << missing;
  EXPECT_NE(missing.find("WWW-Authenticate: Bearer\r\n"), std::string::npos);
  for (const std::string& secret : {unknown, revoked, expired, elsewhere}) {
    EXPECT_EQ(everything(bearer(secret)), missing);
  }
  std::string slip = good;
  slip.back() = slip.back() == 'A' ? 'B' : 'A';
  EXPECT_NE(everything(bearer(slip)).find("校验字符不符"), std::string::npos);
  EXPECT_EQ(status_of(bearer(slip)), 401);
  const std::string file = file_content(data_ + ".credentials.json");
  for (const std::string& secret : {good, revoked, expired, elsewhere, here}) {
    EXPECT_EQ(file.find(secret.substr(7)), std::string::npos) << "only digests are kept";
  }
  EXPECT_EQ(file_mode(data_ + ".credentials.json"), 0600U);
}

TEST_F(EmployersTest, ACredentialThatCouldNeverCountIsNotMade) {
  for (const std::vector<std::string>& bad : std::vector<std::vector<std::string>>{
           {"--data", folder_ / "typo"}, {"--data", data_, "--expires", "2020-01-01"}}) {
    std::vector<std::string> command = {"credentials", "add", "acme"};
    command.insert(command.end(), bad.begin(), bad.end());
    const Finished refused = run_chayan(command);
    EXPECT_EQ(refused.code, 1);
    EXPECT_EQ(refused.out, "") << "no secret";
    EXPECT_NE(refused.err.find(bad[bad.size() - 2]), std::string::npos) << refused.err;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "typo.credentials.json"));
  EXPECT_FALSE(std::filesystem::exists(data_ + ".credentials.json"));
}

// Nobody sends four megabytes to be told that he may not.
TEST_F(EmployersTest, WhoMayNotAskIsToldBeforeTheBodyIsRead) {
  const std::string good = bearer(add("acme"));
  start();
  const auto head = [](std::string_view type, const std::string& fields) {
    return "POST /v1/verifications/batch HTTP/1.1\r\nHost: a\r\nContent-Type: " +
           std::string(type) + "\r\nContent-Length: 4000000\r\n" + fields + "\r\n";
  };
  const std::vector<std::pair<std::string, int>> refused = {
      {head("text/csv", ""), 401},
      {head("text/csv", "Expect: 100-continue\r\n"), 401},
      {head("text/csv", bearer("chayan_nonsense")), 401},
      {head("image/png", good), 415}};
  for (const auto& [request, status] : refused) {
    HttpClient client = server_->connect();
    client.send(request);
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, status);
    EXPECT_EQ(reply->field("Connection"), "close");
    EXPECT_TRUE(client.is_closed());
  }
  HttpClient client = server_->connect();
  client.send(head("text/csv", good + "Expect: 100-continue\r\n"));
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 100);
  EXPECT_NE(
      server_->get_admin("/metrics")
          .body.find(R"(chayan_requests_total{route="/v1/verifications/batch",status="4xx"} )" +
                     std::to_string(refused.size())),
      std::string::npos);
}

TEST_F(EmployersTest, AQuotaIsRememberedOverRestartsAndKills) {
  const std::string authorization = bearer(add("acme", {"--quota", "2500/day"}));
  const std::string row = "{\"certificate_number\":\"1\",\"holder_name\":\"甲\"}\n";
  std::string thousand;
  for (int i = 0; i < 1000; ++i) thousand += row;
  start();
  HttpReply reply = ask(thousand, "application/x-ndjson", authorization);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.field("RateLimit").find("\"rows\";r=1500;t="), 0U) << reply.field("RateLimit");
  EXPECT_NE(reply.body.find("\"left\":1500"), std::string::npos);
  ASSERT_TRUE(server_->stop());
  start();
  reply = ask(row, "application/x-ndjson", authorization);
  EXPECT_EQ(reply.field("RateLimit").find("\"rows\";r=1499;t="), 0U) << "an orderly end is exact";
  server_->process().signal(SIGKILL);
  ASSERT_TRUE(server_->process().wait());
  start();
  reply = ask(thousand + thousand, "application/x-ndjson", authorization);
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.field("RateLimit-Policy"), "\"rows\";q=2500;w=86400");
  EXPECT_EQ(reply.field("RateLimit").find("\"rows\";r=499;t="), 0U)
      << "a kill overcounts by a block at most: " << reply.field("RateLimit");
  EXPECT_GE(std::stol(reply.field("Retry-After")), 1);
  EXPECT_EQ(ask(row, "application/x-ndjson", authorization).status, 200) << "nothing was taken off";
}

// ---- chayan verify

class VerifyCommandTest : public EmployersTest {
 protected:
  Finished verify(const std::string& file, const std::string& secret) {
    const std::string credential = put_file(folder_ / "credential", secret + "\n");
    return run_chayan({"verify", file, "--server", url(), "--credential-file", credential});
  }

  std::vector<std::vector<std::string>> rows_of(const std::string& path) {
    std::vector<std::vector<std::string>> rows;
    CsvReader reader(Encoding::utf8, 1 << 20, [&](CsvRow& row) {
      rows.push_back(row.cells);
      return true;
    });
    const std::string content = file_content(path);
    EXPECT_TRUE(content.starts_with(kByteOrderMark)) << "spreadsheets read UTF-8 by its mark";
    each_line(content, [&](std::string_view line) { return reader.line(line).has_value(); });
    EXPECT_TRUE(reader.finish());
    return rows;
  }

  void expect_right(const std::string& path, std::size_t rows) {
    const auto table = rows_of(path);
    ASSERT_EQ(table.size(), rows + 1);
    const std::vector<std::string> header = {"序号",       "姓名", "入职日期",   "证书编号",
                                             "身份证号码", "备注", "结果 result"};
    ASSERT_TRUE(std::equal(header.begin(), header.end(), table[0].begin()));
    for (std::size_t n = 0; n < rows; ++n) {
      const SheetRow row = sheet_row(n, people_);
      ASSERT_EQ(table[n + 1][0], std::to_string(n + 1));
      ASSERT_EQ(table[n + 1][6], row.right.result) << "row " << n + 1;
      EXPECT_EQ(table[n + 1][7], row.right.status) << "row " << n + 1;
      EXPECT_EQ(table[n + 1][9], row.right.holder) << "row " << n + 1;
    }
  }
};

TEST_F(VerifyCommandTest, WritesTheResultsBesideTheFile) {
  const std::size_t rows = scaled(5000, 300);
  const std::string secret = add("acme");
  start();
  const std::string file = put_file(folder_ / "员工.csv", spreadsheet(rows, people_));
  const Finished done = verify(file, secret);
  ASSERT_EQ(done.code, 0) << done.err;
  expect_right(file + ".result.csv", rows);
  EXPECT_EQ(file_mode(file + ".result.csv"), 0600U);
  EXPECT_FALSE(std::filesystem::exists(file + ".result.csv.part"));
  EXPECT_FALSE(std::filesystem::exists(file + ".result.csv.part.json"));
  EXPECT_NE(done.out.find(std::to_string(rows) + " rows: "), std::string::npos) << done.out;
  EXPECT_EQ(done.out.find(secret), std::string::npos);

  EXPECT_EQ(verify(file, secret + "x").code, 1) << "a slip is seen before anything is sent";
  EXPECT_EQ(verify(folder_ / "missing.csv", secret).code, 1);
  EXPECT_EQ(run_chayan({"verify", file}).code, 2);
  const Finished open = run_chayan({"verify", file, "--server", "http://registry.example",
                                    "--credential-file", folder_ / "credential"});
  EXPECT_EQ(open.code, 1) << "the credential does not travel in clear";
  EXPECT_NE(open.err.find("https"), std::string::npos);
  const Finished disguised =
      run_chayan({"verify", file, "--server", "http://127.0.0.1:x@127.0.0.2:" + url().substr(17),
                  "--credential-file", folder_ / "credential"});
  EXPECT_EQ(disguised.code, 1);
  EXPECT_TRUE(disguised.err.starts_with("chayan: --server: ")) << disguised.err;
  EXPECT_EQ(verify(put_file(folder_ / "headless.csv", "张三,1\r\n"), secret).code, 1);
}

// The sheet that a spreadsheet makes of the CSV, by openpyxl, with a title above and a remark beside.
TEST_F(VerifyCommandTest, ReadsAWorkbookToo) {
  constexpr std::string_view kMake = R"python(
import csv, sys
import openpyxl
book = openpyxl.Workbook()
sheet = book.active
sheet.append(['持证人员名单'])
sheet.merge_cells('A1:F1')
for row in csv.reader(open(sys.argv[1], encoding='gb18030', newline='')):
    sheet.append([int(cell) if i == 0 and cell.isdigit() else cell or None for i, cell in enumerate(row)])
sheet['J4'] = '旁注'
book.save(sys.argv[2])
)python";
  constexpr std::size_t kRows = 100;
  const std::string secret = add("acme");
  start();
  const std::string text = put_file(folder_ / "a.csv", spreadsheet(kRows, people_));
  const std::string file = folder_ / "员工.xlsx";
  const Finished made = run({"/usr/bin/python3", "-c", std::string(kMake), text, file});
  ASSERT_EQ(made.code, 0) << made.err;
  const Finished done = verify(file, secret);
  ASSERT_EQ(done.code, 0) << done.err;
  expect_right(file + ".result.csv", kRows);
  const Finished imported = run_chayan({"import", "--data", folder_ / "other", file});
  EXPECT_EQ(imported.code, 1);
  EXPECT_NE(imported.err.find("save the sheet as CSV"), std::string::npos) << imported.err;
  const std::string old = put_file(folder_ / "old.xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
  EXPECT_NE(verify(old, secret).err.find(".xls workbook"), std::string::npos);
}

TEST_F(VerifyCommandTest, GoesOnWhereItWasCut) {
  constexpr std::size_t kRows = 2100;  // two batches
  const std::string little = add("acme", {"--quota", "2050"});
  const std::string more = add("acme", {"--quota", "100"});
  start();
  const std::string file = put_file(folder_ / "a.csv", spreadsheet(kRows, people_));
  const Finished cut = verify(file, little);
  EXPECT_EQ(cut.code, 1) << "the quota is spent in the second batch";
  EXPECT_TRUE(std::filesystem::exists(file + ".result.csv.part"));
  EXPECT_FALSE(std::filesystem::exists(file + ".result.csv"));
  // What a crash may have written behind what was reached.
  std::ofstream(file + ".result.csv.part", std::ios::app) << "1,half a row";
  const Finished done = verify(file, more);
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_NE(done.err.find("Going on behind row 2000"), std::string::npos) << done.err;
  expect_right(file + ".result.csv", kRows);
}

TEST_F(VerifyCommandTest, ReadsNdjsonToo) {
  const std::string secret = add("acme");
  start();
  const Person person(1);
  const std::string file =
      put_file(folder_ / "a.ndjson", "{\"certificate_number\":\"" + person.typed_number +
                                         "\",\"holder_name\":\"" + person.name + "\"}\n{broken\n");
  const Finished done = verify(file, secret);
  ASSERT_EQ(done.code, 0) << done.err;
  const auto table = rows_of(file + ".result.csv");
  ASSERT_EQ(table.size(), 3U);
  EXPECT_EQ(table[1][0], person.typed_number);
  EXPECT_EQ(table[1][3], "match");
  EXPECT_EQ(table[2][3], "error");
}

// The service refuses a member that it does not know, so a match says that none was sent.
TEST_F(VerifyCommandTest, OfNdjsonItSendsTheQuestionAndNothingElse) {
  const std::string secret = add("acme");
  start();
  const Person person(1);
  const std::string question = "{\"certificate_number\":\"" + person.typed_number +
                               "\",\"holder_name\":\"" + person.name + "\"";
  const std::string file = put_file(folder_ / "a.ndjson",
                                    question +
                                        R"(,"salary":12345,"note":{"private":true},"receipt":true})"
                                        "\n" +
                                        question +
                                        R"(,"document_number":12345678})"
                                        "\n");
  const Finished done = verify(file, secret);
  ASSERT_EQ(done.code, 0) << done.err;
  const auto table = rows_of(file + ".result.csv");
  ASSERT_EQ(table.size(), 3U);
  EXPECT_EQ(table[1][3], "match");
  EXPECT_EQ(table[2][3], "error") << "a number is no text";
}

TEST_F(VerifyCommandTest, AFileOfWhichNoRowCouldBeAskedIsAFailure) {
  const std::string secret = add("acme");
  start();
  const std::string file = put_file(folder_ / "a.ndjson", "{broken\n{\"name\":\"somebody\"}\n");
  const Finished done = verify(file, secret);
  EXPECT_EQ(done.code, 1);
  EXPECT_NE(done.err.find("No row could be asked"), std::string::npos) << done.err;
  EXPECT_EQ(rows_of(file + ".result.csv").size(), 3U);
}

}  // namespace
}  // namespace chayan::test
