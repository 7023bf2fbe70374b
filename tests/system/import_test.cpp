// `chayan import` from outside: what it records, what it refuses, what it says and what it costs.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "base/json_reader.h"
#include "index/reader.h"
#include "tests/support/gb18030.h"
#include "tests/support/registry.h"
#include "tests/support/sanitized.h"
#include "tests/system/cli.h"

namespace chayan::test {
namespace {

// Institution 1 with a filing for one item of the foreign list, after the official data.
std::vector<Change> base_changes() {
  std::vector<Change> changes = official_changes();
  changes.push_back(put_institution(credit(1), "上海示例机构"));
  for (Change& change :
       filing_until_filed(credit(1), "F-1", day("2026-03-02"), {item_line("foreign/1/3")})) {
    changes.push_back(std::move(change));
  }
  return changes;
}

Change certificate(int n, std::string number = {}) {
  if (number.empty()) number = "N-" + std::to_string(n);
  return issue(credit(1), "foreign/1/3", day("2026-05-06"), std::move(number),
               "测试" + std::to_string(n), "T" + std::to_string(1'000'000 + n));
}

std::vector<Change> certificates(int first, int last) {
  std::vector<Change> changes;
  for (int n = first; n <= last; ++n) changes.push_back(certificate(n));
  return changes;
}

// What --json reports.
struct Report {
  std::int64_t rows = -1;
  std::int64_t appended = -1;
  std::int64_t unchanged = -1;
  std::int64_t rejected = -1;
  std::int64_t size = -1;
  bool dry_run = false;
  bool resumed = false;
  std::string root;
};

Report read_report(const Finished& finished) {
  JsonParser parser;
  auto json = parser.parse_object(finished.out);
  if (!json) {
    ADD_FAILURE() << "no report: " << finished.out << finished.err;
    return {};
  }
  Report report{json->integer("rows"),
                json->integer("appended"),
                json->integer("unchanged"),
                json->integer("rejected"),
                json->integer("size"),
                json->optional_boolean("dry_run").value(),
                json->optional_boolean("resumed").value(),
                std::string(json->string("root"))};
  EXPECT_TRUE(json->finish()) << "an undocumented member: " << finished.out;
  EXPECT_EQ(report.root.size(), 64U);
  return report;
}

class ImportTest : public testing::Test {
 protected:
  Finished import(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"import", "--data", data_});
    return run_chayan(std::move(arguments));
  }
  Report import_json(std::vector<std::string> arguments) {
    arguments.push_back("--json");
    const Finished finished = import(std::move(arguments));
    EXPECT_EQ(finished.code, 0) << finished.err;
    return read_report(finished);
  }
  std::string file(const std::string& name, const std::vector<Change>& changes) {
    return put_file(folder_ / name, import_lines(changes));
  }
  void import_base() { base_ = import_json({file("base.ndjson", base_changes())}); }

  std::optional<Certificate> recorded(const std::string& number) {
    const auto store = open_store(data_, clock_);
    return store->reader().certificate(CertificateNumber::parse(number).value()).value();
  }
  std::uint64_t size() { return open_store(data_, clock_)->reader().head().value().size; }
  void expect_check_is_clean() {
    const Finished check = run_chayan({"check", "--data", data_});
    EXPECT_EQ(check.code, 0) << check.out << check.err;
  }

  TempDirectory folder_;
  SystemClock clock_;
  std::string data_ = folder_ / "data";
  Report base_;
};

// ---- usage

TEST_F(ImportTest, WrongUsageEndsWithTwoAndTouchesNothing) {
  const std::string good = file("good.ndjson", base_changes());
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {},
           {"imprt"},
           {"import", good},
           {"import", "--data", data_},
           {"import", "--data", data_, good, "--no-such-option"},
           {"import", "--data", data_, good, "--dry-run", "--skip-bad", folder_ / "bad"},
           {"import", "--data", data_, good, "--skip-bad", folder_ / "bad.csv"},
           {"import", "--data", data_, good, "--skip-bad"}}) {
    const Finished finished = run_chayan(arguments);
    EXPECT_EQ(finished.code, 2) << finished.out << finished.err;
    EXPECT_FALSE(finished.err.empty());
  }
  EXPECT_FALSE(std::filesystem::exists(data_));
  EXPECT_EQ(run_chayan({"import", "--help"}).code, 0);
}

TEST_F(ImportTest, AFileThatCannotBeReadIsNamedAndNothingIsRecorded) {
  const Finished missing = import({file("base.ndjson", base_changes()), folder_ / "missing"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_NE(missing.err.find(folder_ / "missing"), std::string::npos) << missing.err;
  EXPECT_EQ(size(), 0U);
  EXPECT_EQ(import({folder_.path()}).code, 1) << "a directory is no file";
}

// ---- what is recorded

TEST_F(ImportTest, DryRunRecordsNothing) {
  const std::string base = file("base.ndjson", base_changes());
  const Report first = import_json({"--dry-run", base});
  EXPECT_TRUE(first.dry_run);
  EXPECT_EQ(first.appended, static_cast<std::int64_t>(base_changes().size()));
  EXPECT_EQ(first.size, 0);
  EXPECT_FALSE(std::filesystem::exists(data_)) << "nor makes anything";
  EXPECT_FALSE(std::filesystem::exists(data_ + ".keys"));

  import_base();
  EXPECT_EQ(base_.appended, first.appended) << "what it said it would append";
  const Report again = import_json({"--dry-run", file("c.ndjson", certificates(1, 3))});
  EXPECT_EQ(again.appended, 3);
  EXPECT_EQ(again.root, base_.root);
  EXPECT_FALSE(recorded("N-1"));
  EXPECT_FALSE(std::filesystem::exists(data_ + "/scratch"));
}

TEST_F(ImportTest, DryRunNamesBadRowsToo) {
  import_base();
  const std::string path = put_file(folder_ / "bad.ndjson", "{}\n");
  const Finished finished = import({"--dry-run", path});
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.err.find(path + ":1: kind: "), std::string::npos) << finished.err;
}

TEST_F(ImportTest, TheSameFileAgainAppendsNothing) {
  import_base();
  const std::string path = file("c.ndjson", certificates(1, 2500));  // more than one batch
  const Report first = import_json({path});
  EXPECT_EQ(first.appended, 2500);
  EXPECT_FALSE(first.resumed);
  const Report second = import_json({path});
  EXPECT_EQ(second.rows, 2500);
  EXPECT_EQ(second.appended, 0);
  EXPECT_EQ(second.unchanged, 2500);
  EXPECT_TRUE(second.resumed);
  EXPECT_EQ(second.size, first.size);
  EXPECT_EQ(second.root, first.root);

  // Under another name and with other line ends it is the same file still.
  std::string content = file_content(path);
  for (std::size_t at = 0; (at = content.find('\n', at)) != std::string::npos; at += 2) {
    content.insert(at, 1, '\r');
  }
  EXPECT_EQ(import_json({put_file(folder_ / "copy.ndjson", content)}).appended, 0);
  expect_check_is_clean();
}

TEST_F(ImportTest, WhatIsRecordedAlreadyIsUnchangedInAnotherFileToo) {
  import_base();
  const Report again = import_json({file("official.ndjson", official_changes())});
  EXPECT_EQ(again.appended, 0);
  EXPECT_EQ(again.unchanged, static_cast<std::int64_t>(official_changes().size()));
  EXPECT_EQ(again.root, base_.root);
}

TEST_F(ImportTest, SeveralFilesAreOneImportInTheirOrder) {
  const std::string base = file("base.ndjson", base_changes());
  const std::string first = file("first.ndjson", certificates(1, 3));
  const std::string second = file(
      "second.ndjson",
      {certificate(4), certificate_event(CertificateEventKind::revoked, "N-1", day("2026-06-01"))});
  const Finished wrong_order = import({second, first, base});
  EXPECT_EQ(wrong_order.code, 1);
  EXPECT_EQ(size(), 0U) << "the good rows of the last file are not recorded either";

  const Report report = import_json({base, first, second});
  EXPECT_EQ(report.rows, static_cast<std::int64_t>(base_changes().size()) + 5);
  EXPECT_EQ(report.appended, report.rows);
  EXPECT_EQ(recorded("N-1").value().status(), "revoked");
  EXPECT_TRUE(recorded("N-4"));
}

// ---- bad rows

struct BadRow {
  std::string line;
  std::string field;  // as the message names it
};

std::vector<BadRow> bad_rows() {
  const auto line = [](const Change& change) {
    std::string text = import_lines({change});
    text.pop_back();
    return text;
  };
  Change ahead = certificate(901);
  std::get<CertificateFacts>(ahead.body).issued_on = day("2199-01-01");
  Change stranger = certificate(902);
  std::get<CertificateFacts>(stranger.body).issuer = credit(999);
  Change unknown_item = certificate(903);
  std::get<CertificateFacts>(unknown_item.body).item = CatalogItemId::parse("foreign/9/9").value();
  return {
      {"not json", "body"},
      {R"({"kind":"certificate.issued","kind":"certificate.issued"})", "body"},
      {R"({"kind":"certificate.melted"})", "kind"},
      {R"({"kind":"certificate.revoked","certificate_number":"N-1","on":"2026-06-01",)"
       R"("reason":"x","colour":"red"})",
       "colour"},
      {R"({"kind":"certificate.revoked","certificate_number":"N-1","on":"2026-02-30",)"
       R"("reason":"x"})",
       "on"},
      {line(ahead), "issued_on"},
      {line(stranger), "issuer"},
      {line(unknown_item), "item"},
      {line(certificate(904, "N-2")), "certificate_number"},
      {line(certificate_event(CertificateEventKind::reissued, "N-905", day("2026-06-01"))),
       "certificate_number"},
  };
}

TEST_F(ImportTest, OneBadRowAnywhereMeansThatNothingIsRecorded) {
  import_base();
  for (const BadRow& bad : bad_rows()) {
    const std::string path =
        put_file(folder_ / "mixed.ndjson", import_lines(certificates(1, 3)) + bad.line + "\n" +
                                               import_lines({certificate(4)}));
    const Finished finished = import({file("good.ndjson", certificates(10, 12)), path, "--json"});
    EXPECT_EQ(finished.code, 1) << bad.line;
    EXPECT_NE(finished.err.find(path + ":4: " + bad.field + ": "), std::string::npos)
        << bad.line << '\n'
        << finished.err;
    EXPECT_NE(finished.err.find("Nothing was recorded: 1 of 8 rows are rejected."),
              std::string::npos)
        << finished.err;
    const Report report = read_report(finished);
    EXPECT_EQ(report.rejected, 1);
    EXPECT_EQ(report.appended, 0) << "nothing was";
    EXPECT_EQ(report.root, base_.root) << bad.line;
  }
  expect_check_is_clean();
}

TEST_F(ImportTest, EveryBadRowIsNamedInOneRun) {
  import_base();
  std::string content = import_lines(certificates(1, 3));
  for (const BadRow& bad : bad_rows()) content += "\n" + bad.line + "\n";
  const std::string path = put_file(folder_ / "mixed.ndjson", content);
  const Finished finished = import({path});
  EXPECT_EQ(finished.code, 1);
  std::size_t line = 5;
  for (const BadRow& bad : bad_rows()) {
    const std::string named = path + ":" + std::to_string(line) + ": " + bad.field + ": ";
    EXPECT_NE(finished.err.find(named), std::string::npos) << named << '\n' << finished.err;
    line += 2;
  }
  EXPECT_EQ(size(), static_cast<std::uint64_t>(base_.size));
}

TEST_F(ImportTest, ARowOfALongFileIsBadIfAnEarlierRowMadeItSo) {
  import_base();
  // The same number twice, in two batches: only a rehearsal of the whole file finds it beforehand.
  std::vector<Change> changes = certificates(1, 4500);
  changes.push_back(certificate(4501, "N-17"));
  const std::string path = file("long.ndjson", changes);
  const Finished finished = import({path});
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.err.find(path + ":4501: certificate_number: "), std::string::npos)
      << finished.err;
  EXPECT_EQ(size(), static_cast<std::uint64_t>(base_.size));
}

// ---- --skip-bad

TEST_F(ImportTest, SkipBadRecordsTheRestAndSetsBadRowsAside) {
  import_base();
  std::string content = import_lines(certificates(1, 3));
  for (const BadRow& bad : bad_rows()) content += bad.line + "\n";
  content += import_lines({certificate(4)});
  const std::string path = put_file(folder_ / "mixed.ndjson", content);
  const std::string aside = folder_ / "aside";
  const Finished finished = import({path, "--skip-bad", aside, "--json"});
  EXPECT_EQ(finished.code, 0) << finished.err;
  const Report report = read_report(finished);
  EXPECT_EQ(report.appended, 4);
  EXPECT_EQ(report.rejected, static_cast<std::int64_t>(bad_rows().size()));
  for (const char* number : {"N-1", "N-2", "N-3", "N-4"}) EXPECT_TRUE(recorded(number)) << number;
  EXPECT_FALSE(recorded("N-902"));

  // Rows that do not parse come before those that the registry refuses, so compare as sets.
  std::multiset<std::string> expected;
  for (const BadRow& bad : bad_rows()) expected.insert(bad.line);
  std::multiset<std::string> found;
  std::istringstream lines(file_content(aside));
  for (std::string line; std::getline(lines, line);) found.insert(line);
  EXPECT_EQ(found, expected);
  const std::string reasons = file_content(aside + ".reasons");
  std::size_t line = 4;
  for (const BadRow& bad : bad_rows()) {
    const std::string named = path + ":" + std::to_string(line++) + ": " + bad.field + ": ";
    EXPECT_NE(reasons.find(named), std::string::npos) << named << '\n' << reasons;
  }
  for (const std::string& name : {aside, aside + ".reasons"}) {
    struct stat status {};
    ASSERT_EQ(::stat(name.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << "it holds personal data";
  }
  expect_check_is_clean();
}

TEST_F(ImportTest, RowsSetAsideCanBeMendedAndImported) {
  import_base();
  Change stranger = certificate(2);
  std::get<CertificateFacts>(stranger.body).issuer = credit(999);
  const std::string aside = folder_ / "aside";
  const std::string path = file("c.ndjson", {certificate(1), stranger});
  EXPECT_EQ(import({path, "--skip-bad", aside}).code, 0);

  // Without --skip-bad the same file is not all recorded, and says so.
  const Finished again = import({path, "--json"});
  EXPECT_EQ(again.code, 1);
  EXPECT_EQ(read_report(again).rejected, 1);

  std::string mended = file_content(aside);
  const std::string wrong(credit(999).text());
  mended.replace(mended.find(wrong), wrong.size(), credit(1).text());
  EXPECT_EQ(import_json({put_file(aside, mended)}).appended, 1);
  EXPECT_EQ(recorded("N-2").value().secrets.holder_name, "测试2");
}

// What is left out has a place before anything is recorded, or nothing is.
TEST_F(ImportTest, SkipBadRecordsNothingWhereBadRowsCannotBeKept) {
  import_base();
  const std::string path =
      put_file(folder_ / "c.ndjson", import_lines(certificates(1, 3)) + "not json\n");
  const std::string full = folder_ / "full";
  std::filesystem::create_symlink("/dev/full", full);
  const std::string others = put_file(folder_ / "others", "another run's\n");
  for (const std::string& nowhere : {folder_ / "missing/aside", full, others}) {
    const Finished finished = import({path, "--skip-bad", nowhere});
    EXPECT_EQ(finished.code, 1) << nowhere;
    EXPECT_NE(finished.err.find(nowhere), std::string::npos) << finished.err;
    EXPECT_EQ(size(), static_cast<std::uint64_t>(base_.size)) << nowhere;
  }
  EXPECT_EQ(file_content(others), "another run's\n");

  const std::string aside = folder_ / "aside";
  EXPECT_EQ(import({path, "--skip-bad", aside}).code, 0);
  EXPECT_EQ(file_content(aside), "not json\n");
  EXPECT_TRUE(recorded("N-3"));
}

TEST_F(ImportTest, ALaterRunSaysWhereRejectedRowsAreAndAreNot) {
  import_base();
  const std::string path =
      put_file(folder_ / "c.ndjson", import_lines({certificate(1), certificate(2, "N-1")}) +
                                         "not json\n" + import_lines({certificate(3)}));
  const std::string aside = folder_ / "aside";
  EXPECT_EQ(import({path, "--skip-bad", aside}).code, 0);
  const std::string kept = file_content(aside);
  EXPECT_EQ(std::count(kept.begin(), kept.end(), '\n'), 2);

  const Finished again = import({path, "--skip-bad", folder_ / "elsewhere", "--json"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(read_report(again).rejected, 2);
  EXPECT_NE(again.err.find("not written again"), std::string::npos) << again.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "elsewhere"));
  EXPECT_EQ(import({path, "--skip-bad", aside}).code, 0) << "its own file";
  EXPECT_EQ(file_content(aside), kept);
  const Finished dry = import({path, "--dry-run", "--json"});
  EXPECT_EQ(dry.code, 1);
  EXPECT_EQ(read_report(dry).rejected, 2);
}

TEST_F(ImportTest, SkipBadLeavesNoEmptyFiles) {
  import_base();
  const std::string aside = folder_ / "aside";
  EXPECT_EQ(import({file("c.ndjson", certificates(1, 3)), "--skip-bad", aside}).code, 0);
  EXPECT_FALSE(std::filesystem::exists(aside));
  EXPECT_FALSE(std::filesystem::exists(aside + ".reasons"));
}

TEST_F(ImportTest, SkipBadSetsRowsOfCsvAsideAsChanges) {
  import_base();
  const std::string issuer(credit(1).text());
  const std::string path = put_file(
      folder_ / "c.csv", to_gb18030("证书编号,姓名,证件类型,证件号码,发证机构,发证日期,目录项目\n"
                                    "N-1,测甲,passport,T0000001," +
                                    issuer +
                                    ",2026-05-06,foreign/1/3\n"
                                    "N-2,测乙,passport,T0000002," +
                                    issuer + ",2026-05-60,foreign/1/3\n"));
  const std::string aside = folder_ / "aside";
  EXPECT_EQ(import({path, "--skip-bad", aside}).code, 0);
  EXPECT_NE(file_content(aside + ".reasons").find(path + ":3: issued_on: "), std::string::npos);
  std::string mended = file_content(aside);
  mended.replace(mended.find("2026-05-60"), 10, "2026-05-16");
  EXPECT_EQ(import_json({put_file(aside, mended)}).appended, 1);
  EXPECT_EQ(recorded("N-2").value().secrets.holder_name, "测乙");
}

// ---- CSV

TEST_F(ImportTest, CsvInGb18030WithChineseColumnsRecordsTheSameCertificates) {
  import_base();
  const std::string issuer(credit(1).text());
  const std::string path = put_file(
      folder_ / "证书.csv",
      to_gb18030("证书编号,姓名,证件类型,身份证号码,原证书编号,发证机构,发证日期,职业编码,工种,等级"
                 "\r\nS000031000001263000001,测𠮷·示例,resident_id,999999199001010016,," +
                 issuer +
                 ",2026-05-06,4-10-01-06,家庭照护员,三级\r\n"
                 "ｎ－２,\"Sample, Holder\",passport,t0000002,ORIG-1," +
                 issuer + ",20260507,4-10-01-05,,高级工（三级）\r\n"));
  const Report report = import_json({path});
  EXPECT_EQ(report.appended, 2);

  const Certificate first = recorded("S000031000001263000001").value();
  EXPECT_EQ(first.secrets.holder_name, "测𠮷·示例");
  EXPECT_EQ(first.secrets.document, (Document{DocumentType::resident_id, "999999199001010016"}));
  EXPECT_EQ(first.facts.occupation_name, "家政服务员");
  EXPECT_EQ(first.facts.work_type, "家庭照护员");
  EXPECT_EQ(first.facts.level, SkillLevel::senior);
  EXPECT_EQ(first.facts.issuer, credit(1));
  const Certificate second = recorded("N-2").value();
  EXPECT_EQ(second.secrets.holder_name, "Sample, Holder");
  EXPECT_EQ(second.secrets.document, (Document{DocumentType::passport, "T0000002"}));
  EXPECT_EQ(second.secrets.original_certificate, "ORIG-1");
  EXPECT_EQ(second.facts.issued_on, day("2026-05-07"));
}

TEST_F(ImportTest, MalformedCsvIsNamedByItsLineAndNothingIsRecorded) {
  import_base();
  const std::string path = put_file(folder_ / "c.csv", "证书编号,姓名\nN-1,\"测\"甲\n");
  const Finished finished = import({path});
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.err.find(path + ", line 2: "), std::string::npos) << finished.err;
  EXPECT_EQ(size(), static_cast<std::uint64_t>(base_.size));
}

// ---- what it costs

#if !defined(CHAYAN_SANITIZED)
std::int64_t peak_kib(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  const int quiet = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(quiet, STDOUT_FILENO);
    ::dup2(quiet, STDERR_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(quiet);
  int status = -1;
  rusage usage{};
  EXPECT_EQ(::wait4(pid, &status, 0, &usage), pid);
  EXPECT_EQ(status, 0);
  return usage.ru_maxrss;
}

TEST_F(ImportTest, MemoryDoesNotGrowWithTheFile) {
  std::vector<std::int64_t> peaks;
  for (const std::uint64_t count : {scaled(5'000), scaled(30'000)}) {
    const std::string name = std::to_string(count);
    ASSERT_EQ(run_chayan(
                  {"demo", "--institutions", "30", "--certificates", name, "--out", folder_ / name})
                  .code,
              0);
    peaks.push_back(peak_kib(
        {CHAYAN_BINARY, "import", "--data", data_ + name, folder_ / name + "/registry.ndjson"}));
  }
  // RocksDB fills its write buffers (64 MiB) as it goes: 1.2 KiB a certificate until they are full.
  // Rows, changes or batches kept beside them would come on top of that.
  EXPECT_LT(peaks[1], peaks[0] + 48 * 1024) << peaks[0] << " KiB before";
}
#endif

}  // namespace
}  // namespace chayan::test
