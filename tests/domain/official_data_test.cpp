// The embedded official data against a table written from the notice's annexes independently of it:
// one line a row, fields in the order of the annex, with · for what the annex leaves empty.
#include <gtest/gtest.h>

#include <sstream>

#include "base/embedded.h"
#include "domain/change.h"

namespace chayan {
namespace {

constexpr std::string_view kAnnex1 = R"(
1|英国|英国资历培训|Training Qualifications UK|TQUK|TQUK 第三级照护员-老年护理证书|TQUK Level 3 Certificate in Caregiving - Elderly Care|RQF|养老护理员|·|高级工（三级）
2|英国|英国资历培训|Training Qualifications UK|TQUK|TQUK 第三级照护员文凭|TQUK Level 3 Diploma in Caregiving|RQF|家政服务员|家庭照护员|高级工（三级）
3|英国|英国汽车工业学会|The Institute of the Motor Industry|IMI|IMI 轻型/电动车辆维护与修理 国际二级证书|IMI International L2 Diploma in Light/Electric Vehicle Maintenance and Repair|INT-CHN-LEV2-D|汽车维修工|汽车机械维修工|高级工（三级）
4|英国|英国皇家航空学会|Royal Aeronautical Society|RAeS|Level 3 飞机维修技师|Level 3 Aircraft Maintenance Technician|ST1315|航空附件装配工|航空附件修理|高级工（三级）
5|英国|英国皇家航空学会|Royal Aeronautical Society|RAeS|Level 4 飞机适航认证技师|Level 4 Aircraft Certifying Technician|ST0019|航空附件装配工|航空附件修理|技师（二级）
6|比利时|比利时 KNX 协会|KNX Association|KNX|KNX 认证工程师初级证书|KNX Certificate Basic|·|智能楼宇管理员|·|中级工（四级）
7|比利时|比利时 KNX 协会|KNX Association|KNX|KNX 认证工程师高级证书|KNX Certificate Advanced|·|智能楼宇管理员|·|高级工（三级）
)";

constexpr std::string_view kAnnex2 = R"(
1|·|华为技术有限公司|·|·|HCIA-AI 华为认证 AI 工程师|·|·|人工智能训练师|·|高级工（三级）
2|·|华为技术有限公司|·|·|HCIA-Security 华为认证安全工程师|·|·|网络与信息安全管理员|网络安全管理员|高级工（三级）
3|·|华为技术有限公司|·|·|HCIA-Datacom 华为认证数通工程师|·|·|信息通信网络运行管理员|·|高级工（三级）
4|·|立邦投资有限公司|·|·|立邦魔术漆涂装师资格认证证书（三星资格）|·|·|装饰装修工|艺术涂装师|初级工（五级）
5|·|立邦投资有限公司|·|·|立邦魔术漆涂装师资格认证证书（四星资格）|·|·|装饰装修工|艺术涂装师|中级工（四级）
6|·|立邦投资有限公司|·|·|立邦魔术漆涂装师资格认证证书（五星资格）|·|·|装饰装修工|艺术涂装师|高级工（三级）
)";

constexpr std::string_view kOccupations = R"(
4-10-01-05|养老护理员|
4-10-01-06|家政服务员|家庭照护员
4-12-01-01|汽车维修工|汽车机械维修工
6-23-03-06|航空附件装配工|航空附件修理
4-06-01-04|智能楼宇管理员|
4-04-05-05|人工智能训练师|
4-04-04-02|网络与信息安全管理员|网络安全管理员
4-04-04-01|信息通信网络运行管理员|
6-29-04-01|装饰装修工|艺术涂装师
)";

std::vector<std::string> lines_of(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

template <typename Body>
std::vector<Body> read_file(std::string_view name) {
  std::vector<Body> bodies;
  JsonParser parser;
  for (const EmbeddedFile& file : official_data()) {
    if (file.name != name) continue;
    for (const std::string& line : lines_of(file.content)) {
      JsonObject object = parser.parse_object(line).value();
      auto change = read_change(object);
      EXPECT_TRUE(change) << line << change.error().field << change.error().message.en;
      EXPECT_TRUE(change->secrets.empty());
      bodies.push_back(std::get<Body>(change->body));
    }
  }
  return bodies;
}

std::string row_of(const CatalogItem& item) {
  std::string row = std::to_string(item.id.row);
  for (const std::string_view field :
       {std::string_view(item.country), std::string_view(item.awarding_body),
        std::string_view(item.awarding_body_en), std::string_view(item.awarding_body_abbreviation),
        std::string_view(item.certificate), std::string_view(item.certificate_en),
        std::string_view(item.standard), std::string_view(item.occupation_name),
        std::string_view(item.work_type), name_zh(item.level)}) {
    row.append("|").append(field.empty() ? "·" : field);
  }
  return row;
}

void expect_catalog(std::string_view file, CatalogList list, std::string_view document,
                    std::string_view table) {
  const auto items = read_file<CatalogItem>(file);
  const auto rows = lines_of(table);
  ASSERT_EQ(items.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(row_of(items[i]), rows[i]);
    EXPECT_EQ(items[i].id, (CatalogItemId{list, 1, static_cast<std::uint16_t>(i + 1)}));
    EXPECT_EQ(items[i].document, document);
    EXPECT_EQ(items[i].withdrawn_on, std::nullopt);
  }
}

TEST(OfficialData, StandsInTheOrderOfItsNames) {
  std::vector<std::string_view> names;
  for (const EmbeddedFile& file : official_data()) names.push_back(file.name);
  EXPECT_EQ(names,
            (std::vector<std::string_view>{"1-occupations.ndjson", "2-catalog-foreign.ndjson",
                                           "3-catalog-dual.ndjson", "4-calendars.ndjson"}));
}

TEST(OfficialData, ForeignCatalogIsAnnex1) {
  expect_catalog("2-catalog-foreign.ndjson", CatalogList::foreign, "沪人社职〔2025〕338号",
                 kAnnex1);
}

TEST(OfficialData, DualCatalogIsAnnex2) {
  expect_catalog("3-catalog-dual.ndjson", CatalogList::dual, "沪人社职〔2026〕5号", kAnnex2);
}

TEST(OfficialData, OccupationsHaveTheirCodesAndWorkTypes) {
  const auto occupations = read_file<Occupation>("1-occupations.ndjson");
  std::vector<std::string> rows;
  for (const Occupation& occupation : occupations) {
    std::string row = std::string(occupation.code.text()) + "|" + occupation.name + "|";
    for (const std::string& work_type : occupation.work_types) row += work_type;
    rows.push_back(row);
    EXPECT_FALSE(occupation.name_en.empty());
    EXPECT_FALSE(occupation.source.empty());
  }
  EXPECT_EQ(rows, lines_of(kOccupations));
}

TEST(OfficialData, CatalogItemsReferToTheseOccupations) {
  const auto occupations = read_file<Occupation>("1-occupations.ndjson");
  for (const std::string_view file : {"2-catalog-foreign.ndjson", "3-catalog-dual.ndjson"}) {
    for (const CatalogItem& item : read_file<CatalogItem>(file)) {
      const auto found =
          std::find_if(occupations.begin(), occupations.end(),
                       [&](const Occupation& o) { return o.code == item.occupation; });
      ASSERT_NE(found, occupations.end()) << item.id.text();
      EXPECT_EQ(found->name, item.occupation_name);
      if (item.work_type.empty()) continue;
      EXPECT_EQ(found->work_types, std::vector<std::string>{item.work_type});
    }
  }
}

// As the arrangement states them: the day before the first and after the last of each holiday work
// as usual or are weekends, which these counts and ends fix.
TEST(OfficialData, CalendarsAreTheArrangements) {
  const auto calendars = read_file<CalendarYear>("4-calendars.ndjson");
  ASSERT_EQ(calendars.size(), 2u);
  const auto text = [](const std::vector<Date>& days) {
    std::string joined;
    for (const Date day : days) joined += day.text().substr(5) + " ";
    return joined;
  };
  EXPECT_EQ(calendars[0].year, 2025);
  EXPECT_EQ(text(calendars[0].days_off),
            "01-01 01-28 01-29 01-30 01-31 02-01 02-02 02-03 02-04 04-04 04-05 04-06 05-01 05-02 "
            "05-03 05-04 05-05 05-31 06-01 06-02 10-01 10-02 10-03 10-04 10-05 10-06 10-07 10-08 ");
  EXPECT_EQ(text(calendars[0].extra_working_days), "01-26 02-08 04-27 09-28 10-11 ");
  EXPECT_EQ(calendars[1].year, 2026);
  EXPECT_EQ(text(calendars[1].days_off),
            "01-01 01-02 01-03 02-15 02-16 02-17 02-18 02-19 02-20 02-21 02-22 02-23 04-04 04-05 "
            "04-06 05-01 05-02 05-03 05-04 05-05 06-19 06-20 06-21 09-25 09-26 09-27 10-01 10-02 "
            "10-03 10-04 10-05 10-06 10-07 ");
  EXPECT_EQ(text(calendars[1].extra_working_days), "01-04 02-14 02-28 05-09 09-20 10-10 ");
}

}  // namespace
}  // namespace chayan
