// /v1/exports: the files against what the other addresses say, their headers and conditions.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "api/download_export.h"
#include "api/environment.h"
#include "api/export_shelf.h"
#include "api/routes.h"
#include "base/limits.h"
#include "http/content_coding.h"
#include "tests/api/fixture.h"

namespace chayan::api::testing {
namespace {

using Members = std::map<std::string, std::string>;

const std::vector<std::string> kFiles = {"catalog.csv",       "catalog.xlsx",
                                         "catalog.ndjson",    "institutions.csv",
                                         "institutions.xlsx", "institutions.ndjson"};
const std::string kExports = "/v1/exports/";

// An object's members as text; null ones are left out.
Members members_of(simdjson::dom::element object) {
  Members members;
  const simdjson::dom::object all = object.get_object().value();
  for (const auto& [name, value] : all) {
    if (value.is_null() || value.is_array()) continue;
    std::string_view text;
    members[std::string(name)] =
        value.get_string().get(text) ? std::string(simdjson::minify(value)) : std::string(text);
  }
  return members;
}

std::vector<Members> rows_of(const Answer& ndjson) {
  std::vector<Members> rows;
  simdjson::dom::parser parser;
  std::istringstream lines(ndjson.body);
  for (std::string line; std::getline(lines, line);) rows.push_back(members_of(parser.parse(line)));
  return rows;
}

// What /v1/institutions lists, of every state: a line's members and its institution's.
std::multiset<Members> listed(const Registry& registry, const std::string& day) {
  std::multiset<Members> lines;
  const Answer answer = registry.get("/v1/institutions?status=any&limit=100&on=" + day);
  EXPECT_EQ(answer.text("/next_cursor"), "null");
  const simdjson::dom::array items = answer.json()["items"].get_array().value();
  for (const simdjson::dom::element item : items) {
    const simdjson::dom::array offerings = item["offerings"].get_array().value();
    for (const simdjson::dom::element offering : offerings) {
      Members members = members_of(item);
      members.merge(members_of(offering));
      // The list prints the receipt before it was granted; the institution's own page does not.
      if (!members.contains("valid_from")) members.erase("receipt");
      lines.insert(std::move(members));
    }
  }
  return lines;
}

TEST(Exports, InstitutionsAreWhatTheListSaysOnEveryDay) {
  const Registry& registry = shared_registry();
  std::size_t lines = 0;
  for (const std::string day :
       {"2026-06-24", "2026-06-26", "2026-07-07", "2026-07-08", "2026-09-30", "2026-10-01",
        "2026-11-24", "2029-07-08", "2029-07-09"}) {
    std::multiset<Members> exported;
    for (Members row : rows_of(registry.get(kExports + "institutions.ndjson?on=" + day))) {
      EXPECT_NE(row["institution_kind_name"], "") << day;
      row.erase("institution_kind_name");
      EXPECT_EQ(row.contains("filed_on"), row.contains("valid_from")) << day;
      const auto filed_on = row.extract("filed_on");
      EXPECT_EQ(filed_on ? filed_on.mapped() : "2026-07-08", "2026-07-08") << day;
      exported.insert(std::move(row));
    }
    EXPECT_EQ(exported, listed(registry, day)) << day;
    lines += exported.size();
  }
  EXPECT_GT(lines, 30U);
}

TEST(Exports, ALineWhoseItemIsNotInForceIsLeftOut) {
  Registry registry;
  auto versions = registry.store->reader().catalog_versions({CatalogList::foreign, 1, 3}).value();
  CatalogItem withdrawn = versions.back();
  withdrawn.effective_from = day("2026-11-20");
  withdrawn.withdrawn_on = day("2026-11-21");
  registry.record({Change{withdrawn, {}}});
  const auto lines = [&](const std::string& on) {
    std::size_t count = 0;
    for (Members row : rows_of(registry.get(kExports + "institutions.ndjson?on=" + on))) {
      count += row["item"] == "foreign/1/3";
    }
    return count;
  };
  const auto items = [&](const std::string& on) {
    return rows_of(registry.get(kExports + "catalog.ndjson?on=" + on)).size();
  };
  EXPECT_EQ(lines("2026-11-20"), 1U);
  EXPECT_EQ(lines("2026-11-21"), 0U);
  EXPECT_EQ(items("2026-11-20"), items("2026-11-21") + 1);
}

TEST(Exports, TheCatalogIsWhatTheListSays) {
  const Registry& registry = shared_registry();
  std::vector<Members> expected;
  const Answer list = registry.get("/v1/catalog");
  const simdjson::dom::array items = list.json()["items"].get_array().value();
  for (const simdjson::dom::element item : items) {
    expected.push_back(members_of(item));
    expected.back().erase("in_force");
  }
  EXPECT_GT(expected.size(), 10U);
  EXPECT_EQ(rows_of(registry.get(kExports + "catalog.ndjson")), expected);
  EXPECT_EQ(registry.get(kExports + "catalog.ndjson?on=1990-01-01").body, "");
}

TEST(Exports, CsvHasTheseLines) {
  const Registry& registry = shared_registry();
  const Answer catalog = registry.get(kExports + "catalog.csv");
  EXPECT_EQ(catalog.content_type, "text/csv; charset=utf-8; header=present");
  EXPECT_TRUE(catalog.body.starts_with(
      "\xEF\xBB\xBF\"目录项目 item\",\"目录 list\",\"批次 batch\",\"序号 row\",\"文号 document\","
      "\"国家（地区） country\",\"发证机构 awarding_body\",\"发证机构英文 awarding_body_en\","
      "\"发证机构简称 awarding_body_abbreviation\",\"证书名称 certificate\","
      "\"证书英文名称 certificate_en\",\"标准 standard\",\"职业编码 occupation\","
      "\"职业名称 occupation_name\",\"工种 work_type\",\"等级 level\",\"等级名称 level_name\","
      "\"生效日期 effective_from\",\"退出日期 "
      "withdrawn_on\"\r\n\"foreign/1/1\",\"foreign\",1,1,\""))
      << catalog.body;
  const Answer institutions = registry.get(kExports + "institutions.csv");
  EXPECT_TRUE(institutions.body.starts_with(
      "\xEF\xBB\xBF\"统一社会信用代码 credit_code\",\"机构名称 name\","
      "\"机构性质代码 institution_kind\",\"机构性质 institution_kind_name\",\"行政区划代码 "
      "region\","
      "\"地址 address\",\"注册登记机关 registration_authority\","
      "\"人社部备案号 national_filing_number\",\"业务受理电话 service_phone\","
      "\"业务监督电话 supervision_phone\",\"业务受理地址 service_address\","
      "\"业务受理邮箱 service_email\",\"公示网址或微信公众号 website\",\"申报编号 filing\","
      "\"备案回执编号 receipt\",\"备案状态 state\",\"备案日期 filed_on\",\"有效期起 valid_from\","
      "\"有效期至 valid_to\",\"职业编码 occupation\",\"职业名称 occupation_name\","
      "\"工种 work_type\",\"等级 level\",\"等级名称 level_name\",\"目录项目 item\"\r\n"))
      << institutions.body;
  EXPECT_NE(
      institutions.body.find(
          "\r\n\"91350100M000100Y43\",\"示例照护评价中心\",\"social_organisation\","
          "\"社会团体\",\"310115\",\"示例路 1 号\",,,\"021-00000000\",,,,"
          "\"https://example.org\",\"SL-1\",\"示例备案回执-SL-1\",\"effective\",\"2026-07-08\","
          "\"2026-07-08\",\"2029-07-08\",\"4-10-01-05\",\"养老护理员\",,\"3\","
          "\"高级工（三级）\",\r\n"),
      std::string::npos)
      << institutions.body;
}

TEST(Exports, NothingInternalIsInAnyFile) {
  Registry registry;
  const auto code = credit_code(77);
  Institution institution;
  institution.credit_code = code;
  institution.name = "示例有内部信息的机构";
  PrivateFields secrets;
  for (const std::string_view field : kInstitutionPrivateFields) {
    secrets[std::string(field)] = "CANARY-" + std::string(field);
  }
  registry.record({Change{institution, secrets}});
  ScopeLine line;
  line.item = CatalogItemId{CatalogList::dual, 1, 1};
  registry.record(effective_filing("SL-77", code, {line}));
  for (const std::string format : {"csv", "ndjson"}) {
    const std::string body = registry.get(kExports + "institutions." + format).body;
    EXPECT_NE(body.find(institution.name), std::string::npos);
    EXPECT_EQ(body.find("CANARY-"), std::string::npos) << format;
  }
  for (const ExportTable& table : export_tables()) {
    for (const Column& column : table.columns) {
      EXPECT_FALSE(std::find(kInstitutionPrivateFields.begin(), kInstitutionPrivateFields.end(),
                             column.name) != kInstitutionPrivateFields.end())
          << column.name;
    }
  }
}

TEST(Exports, HeadersSayWhereTheFileStands) {
  const Registry& registry = shared_registry();
  const std::string seq = std::to_string(registry.store->reader().head().value().size);
  for (const std::string& file : kFiles) {
    const Answer answer = registry.get(kExports + file);
    ASSERT_EQ(answer.status, 200) << file << answer.body;
    EXPECT_EQ(answer.header("Chayan-Size"), seq);
    const std::size_t dot = file.find('.');
    EXPECT_EQ(answer.header("Content-Disposition"), "attachment; filename=chayan-" +
                                                        file.substr(0, dot) + "-2026-11-24-seq" +
                                                        seq + file.substr(dot));
    EXPECT_EQ(answer.header("Last-Modified"), "Tue, 24 Nov 2026 04:00:00 GMT");
    EXPECT_EQ(answer.header("Cache-Control"), registry.get("/v1/catalog").header("Cache-Control"));
    const Answer head = registry.ask(http::Method::head, kExports + file);
    EXPECT_EQ(head.headers, answer.headers) << "the server leaves the body out";
  }
  EXPECT_EQ(registry.get(kExports + "catalog.xlsx").content_type,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  EXPECT_EQ(registry.get(kExports + "catalog.ndjson").content_type, "application/x-ndjson");
}

TEST(Exports, CompressesTextAndNotTheArchive) {
  const Registry& registry = shared_registry();
  for (const std::string& file : kFiles) {
    const bool is_archive = file.ends_with(".xlsx");
    const Answer plain = registry.get(kExports + file);
    const Answer coded = registry.get(kExports + file, {{"Accept-Encoding", "zstd"}});
    EXPECT_EQ(coded.header("Content-Encoding"), is_archive ? "" : "zstd") << file;
    EXPECT_EQ(coded.body, is_archive ? plain.body : *http::encode(http::Coding::zstd, plain.body));
    EXPECT_EQ(coded.header("ETag") == plain.header("ETag"), is_archive);
  }
}

TEST(Exports, ConditionsInTheOrderOfRfc9110) {
  const Registry& registry = shared_registry();
  for (const std::string& file : kFiles) {
    const std::string target = kExports + file;
    const Answer first = registry.get(target);
    const std::string etag = first.header("ETag");
    const std::string modified = first.header("Last-Modified");
    const std::string earlier = "Tue, 24 Nov 2026 03:59:59 GMT";
    const std::vector<std::pair<Headers, int>> cases = {
        {{{"If-None-Match", etag}}, 304},
        {{{"If-Modified-Since", modified}}, 304},
        {{{"If-Modified-Since", "Tuesday, 24-Nov-26 04:00:01 GMT"}}, 304},
        {{{"If-Modified-Since", earlier}}, 200},
        {{{"If-Modified-Since", "yesterday"}}, 200},
        {{{"If-None-Match", "\"other\""}, {"If-Modified-Since", modified}}, 200},
        {{{"If-None-Match", etag}, {"If-Modified-Since", earlier}}, 304}};
    for (const auto& [headers, status] : cases) {
      const Answer answer = registry.get(target, headers);
      EXPECT_EQ(answer.status, status) << file << headers[0].second;
      EXPECT_EQ(answer.body.empty(), status == 304);
      EXPECT_EQ(answer.header("ETag"), etag);
      EXPECT_EQ(answer.header("Last-Modified"), modified);
      EXPECT_EQ(registry.ask(http::Method::head, target, headers).status, status);
    }
  }
  EXPECT_EQ(
      registry.get("/v1/catalog", {{"If-Modified-Since", "Tue, 24 Nov 2099 03:59:59 GMT"}}).status,
      200)
      << "an answer without Last-Modified";
}

// At midnight a state may change without an entry: the date must not be the last entry's.
TEST(Exports, TodayIsModifiedWhenItBegins) {
  Registry registry;
  const std::string open = kExports + "institutions.csv";
  registry.clock.set("2029-07-08", 15);
  const Answer last_day = registry.get(open);
  registry.clock.set("2029-07-08", 16);  // 2029-07-09 00:00 in Shanghai
  const Answer day_after =
      registry.get(open, {{"If-Modified-Since", last_day.header("Last-Modified")}});
  ASSERT_EQ(day_after.status, 200);
  EXPECT_EQ(day_after.header("Last-Modified"), "Sun, 08 Jul 2029 16:00:00 GMT");
  EXPECT_EQ(last_day.body.find("\"expired\""), std::string::npos);
  EXPECT_NE(day_after.body.find("\"expired\""), std::string::npos);
  EXPECT_EQ(registry.get(open + "?on=2029-07-09").header("Last-Modified"),
            "Tue, 24 Nov 2026 04:00:00 GMT")
      << "a day that is named does not move";
  EXPECT_EQ(registry.get(open + "?on=2029-07-09").header("ETag"), day_after.header("ETag"));
  registry.clock.set("2026-11-24", 3);  // set back
  EXPECT_EQ(registry.get(open).header("Last-Modified"), "Tue, 24 Nov 2026 03:00:00 GMT");
}

TEST(Exports, NamesWhatThereIs) {
  const Registry& registry = shared_registry();
  for (const std::string file : {"catalog", "catalog.", "catalog.pdf", ".csv", "CATALOG.CSV",
                                 "certificates.csv", "catalog.csv.gz", "%2e%2e"}) {
    const Answer answer = registry.get(kExports + file);
    EXPECT_EQ(answer.status, 404) << file;
    EXPECT_EQ(answer.text("/field"), "file");
    for (const std::string& known : kFiles) {
      EXPECT_NE(answer.text("/detail").find(known), std::string::npos) << answer.body;
    }
  }
  EXPECT_EQ(registry.get(kExports + "catalog.csv?on=tomorrow").text("/field"), "on");
  EXPECT_EQ(registry.get(kExports + "catalog.csv?list=dual").status, 400);
  EXPECT_EQ(registry.get(kExports + "catalog.csv?on=").status, 400);
  EXPECT_EQ(registry.post(kExports + "catalog.csv", "{}").status, 405);
}

TEST(Exports, TheDocumentListsJustTheFilesAndTypesThereAre) {
  const Registry& registry = shared_registry();
  const Answer document = registry.get("/openapi.json");
  const std::string at = "/paths/~1v1~1exports~1{file}/get";
  ASSERT_EQ(document.count(at + "/parameters/0/schema/enum"), kFiles.size());
  std::set<std::string> types;
  for (std::size_t i = 0; i < kFiles.size(); ++i) {
    const std::string file = document.text(at + "/parameters/0/schema/enum/" + std::to_string(i));
    EXPECT_EQ(file, kFiles[i]);
    types.insert(registry.get(kExports + file).content_type);
  }
  std::set<std::string> documented;
  const simdjson::dom::object content =
      document.json().at_pointer(at + "/responses/200/content").get_object().value();
  for (const auto& [type, schema] : content) documented.insert(std::string(type));
  EXPECT_EQ(documented, types);
}

TEST(Exports, AnotherProcessMakesTheSameBytesAndGrowthMakesOthers) {
  Registry registry;
  std::map<std::string, std::string> etags;
  for (const std::string& file : kFiles) {
    const Answer first = registry.get(kExports + file);
    const auto name = ExportName::parse(file).value();
    const auto again = build_export(registry.store->reader(), name, day(kToday)).value();
    EXPECT_EQ(first.body, again.bytes()) << file;
    etags[file] = first.header("ETag");
  }
  const std::string before = registry.get(kExports + "catalog.csv").header("Chayan-Size");
  registry.clock.advance(limits::kExportFresh);
  registry.add_institution(5, "4-10-01-05", SkillLevel::senior);
  for (const std::string& file : kFiles) {
    const Answer grown = registry.get(kExports + file);
    EXPECT_GT(std::stoul(grown.header("Chayan-Size")), std::stoul(before));
    EXPECT_EQ(grown.header("Last-Modified"), "Tue, 24 Nov 2026 04:00:05 GMT");
    const bool is_same = file == "catalog.csv" || file == "catalog.ndjson";
    EXPECT_EQ(grown.header("ETag") == etags[file], is_same) << file;
  }
}

// A shelf of its own, whose ring can be waited for.
class ExportShelfTest : public ::testing::Test {
 protected:
  ExportShelfTest() {
    services_.ring = [this] {
      const std::lock_guard lock(mutex_);
      ++builds_;
      rang_.notify_all();
    };
    shelf_.emplace(services_);
  }
  std::shared_ptr<const ExportFile> get(const std::string& file, Date on = day(kToday)) {
    while (true) {
      std::unique_lock lock(mutex_);
      const int heard = builds_;
      lock.unlock();
      const auto found = shelf_->find(ExportName::parse(file).value(), on);
      if (!found) {
        ADD_FAILURE() << found.error().message.en;
        return nullptr;
      }
      if (*found) return *found;
      lock.lock();
      rang_.wait(lock, [&] { return builds_ != heard; });
    }
  }
  int builds() {
    const std::lock_guard lock(mutex_);
    return builds_;
  }

  Registry registry_;
  Services services_{*registry_.store, registry_.clock};
  std::mutex mutex_;
  std::condition_variable rang_;
  int builds_ = 0;
  std::optional<ExportShelf> shelf_;
};

TEST_F(ExportShelfTest, FirstAskersShareOneBuild) {
  std::vector<std::shared_ptr<const ExportFile>> files(4);
  std::vector<std::thread> threads;
  for (auto& file : files) threads.emplace_back([&] { file = get("institutions.xlsx"); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& file : files) EXPECT_EQ(file, files[0]) << "the same object";
  EXPECT_EQ(builds(), 1);
  EXPECT_NE(get("institutions.xlsx", day("2026-11-23")), files[0]);
  EXPECT_EQ(get("institutions.xlsx"), files[0]) << "each day has its own";
  EXPECT_EQ(builds(), 2);
}

TEST_F(ExportShelfTest, ALogThatGrowsEachSecondIsNotBuiltForEachAsker) {
  const auto first = get("catalog.csv");
  registry_.add_institution(6, "4-10-01-05", SkillLevel::senior);
  EXPECT_EQ(get("catalog.csv"), first) << "it is fresh still";
  registry_.clock.advance(limits::kExportFresh);
  const auto second = get("catalog.csv");
  EXPECT_GT(second->seq, first->seq);
  registry_.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(get("catalog.csv"), second) << "nothing was added since";
  EXPECT_EQ(builds(), 2);
}

TEST_F(ExportShelfTest, AskersOfManyDaysAreRefusedWhenTooManyWait) {
  std::size_t refused = 0;
  const auto name = ExportName::parse("institutions.xlsx").value();
  for (int n = 0; n < 2000 && refused == 0; ++n) {
    const auto found = shelf_->find(name, Date::from_days(day("2026-01-01").days() + n));
    if (found) continue;
    ++refused;
    EXPECT_EQ(found.error().code, ErrorCode::unavailable);
  }
  EXPECT_EQ(refused, 1U);
}

TEST_F(ExportShelfTest, OneSizeHasOneContentWhileTheLogGrows) {
  std::mutex mutex;
  std::map<std::pair<std::string, std::uint64_t>, std::string> seen;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        for (const std::string& file : kFiles) {
          const auto built = get(file);
          registry_.clock.advance(std::chrono::seconds(1));
          const std::lock_guard lock(mutex);
          const auto [known, is_new] = seen.try_emplace({file, built->seq}, built->bytes());
          if (!is_new && known->second != built->bytes()) ++wrong;
        }
      }
    });
  }
  for (int n = 10; n < 20; ++n) registry_.add_institution(n, "4-10-01-05", SkillLevel::senior);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GE(seen.size(), kFiles.size());
}

}  // namespace
}  // namespace chayan::api::testing
