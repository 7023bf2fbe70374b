// Catalog items change over time: lists and entitlement answer by the version in force on the day,
// and agree.
#include <gtest/gtest.h>

#include "tests/support/registry.h"

namespace chayan::index {
namespace {

using test::credit;
using test::day;
using test::Registry;

class ItemVersionsTest : public testing::Test {
 protected:
  ItemVersionsTest() {
    registry_.write(test::official_changes());
    registry_.write(test::put_institution(credit(1), "上海示例按项目"));
    registry_.write(test::put_institution(credit(2), "上海示例按职业"));
    registry_.write(test::filing_until_filed(credit(1), "F-1", day("2026-07-08"),
                                             {test::item_line("foreign/1/1")}));
    registry_.write(test::filing_until_filed(credit(2), "F-2", day("2026-07-08"),
                                             {test::plain_line("4-10-01-05", SkillLevel::senior)}));
  }

  // A later version of foreign/1/1 (养老护理员, level 3 as printed).
  void put_version(std::string_view from, SkillLevel level, bool withdrawn) {
    CatalogItem item = registry_.reader().catalog_versions(kItem).value().back();
    item.effective_from = day(from);
    item.level = level;
    if (withdrawn) item.withdrawn_on = item.effective_from;
    registry_.write(Change{item, {}});
  }

  std::vector<std::string> listed(std::string_view on, std::optional<SkillLevel> level,
                                  std::optional<CatalogItemId> item, std::size_t limit = 10) {
    OfferingQuery query;
    query.on = day(on);
    if (!item) query.occupation = OccupationCode::parse("4-10-01-05").value();
    query.level = level;
    query.item = item;
    std::vector<std::string> names;
    std::string position;
    do {
      const OfferingPage page = registry_.reader().offerings(query, limit, position).value();
      for (const auto& institution : page.institutions) {
        const bool by_item =
            institution.record.institution_json.find("按项目") != std::string::npos;
        names.emplace_back(by_item ? "by item" : "by occupation");
        EXPECT_EQ(institution.offerings.size(), 1U);
      }
      position = page.next_position;
    } while (!position.empty());
    return names;
  }

  bool entitled(const CreditCode& code, std::string_view on, std::optional<SkillLevel> level,
                std::optional<CatalogItemId> item) {
    Subject subject;
    subject.item = item;
    if (level) {
      subject.occupation = OccupationCode::parse("4-10-01-05").value();
      subject.level = *level;
    }
    return registry_.reader().decide(code, subject, day(on)).value().entitlement.holds();
  }

  static constexpr CatalogItemId kItem{CatalogList::foreign, 1, 1};
  Registry registry_;
};

using Names = std::vector<std::string>;

TEST_F(ItemVersionsTest, AnItemIsCoveredByThoseWhoNameItAndByPlainLines) {
  EXPECT_EQ(listed("2026-10-01", std::nullopt, kItem), (Names{"by item", "by occupation"}));
  EXPECT_EQ(listed("2026-10-01", std::nullopt, kItem, 1), (Names{"by item", "by occupation"}));
  EXPECT_TRUE(entitled(credit(1), "2026-10-01", std::nullopt, kItem));
  EXPECT_TRUE(entitled(credit(2), "2026-10-01", std::nullopt, kItem));
}

TEST_F(ItemVersionsTest, AWithdrawnItemIsNoScope) {
  put_version("2026-10-01", SkillLevel::senior, true);
  EXPECT_EQ(listed("2026-09-30", SkillLevel::senior, std::nullopt),
            (Names{"by item", "by occupation"}));
  EXPECT_EQ(listed("2026-10-01", SkillLevel::senior, std::nullopt), Names{"by occupation"});
  EXPECT_EQ(listed("2026-10-01", std::nullopt, kItem), Names{});
  EXPECT_TRUE(entitled(credit(1), "2026-09-30", SkillLevel::senior, std::nullopt));
  EXPECT_FALSE(entitled(credit(1), "2026-10-01", SkillLevel::senior, std::nullopt));
  EXPECT_FALSE(entitled(credit(1), "2026-10-01", std::nullopt, kItem));
  EXPECT_TRUE(entitled(credit(2), "2026-10-01", SkillLevel::senior, std::nullopt));
}

TEST_F(ItemVersionsTest, AMovedItemTakesItsInstitutionsAlong) {
  put_version("2026-10-01", SkillLevel::technician, false);
  EXPECT_EQ(listed("2026-09-30", SkillLevel::senior, std::nullopt),
            (Names{"by item", "by occupation"}));
  EXPECT_EQ(listed("2026-09-30", SkillLevel::technician, std::nullopt), Names{});
  EXPECT_EQ(listed("2026-10-01", SkillLevel::senior, std::nullopt), Names{"by occupation"});
  EXPECT_EQ(listed("2026-10-01", SkillLevel::technician, std::nullopt), Names{"by item"});
  EXPECT_EQ(listed("2026-10-01", std::nullopt, kItem), Names{"by item"});
  EXPECT_TRUE(entitled(credit(1), "2026-10-01", SkillLevel::technician, std::nullopt));
  EXPECT_FALSE(entitled(credit(1), "2026-10-01", SkillLevel::senior, std::nullopt));
  EXPECT_FALSE(entitled(credit(2), "2026-10-01", std::nullopt, kItem));
}

// A certificate that names an item but states something else was once called authorised.
TEST_F(ItemVersionsTest, ACertificateMustStateWhatItsItemGives) {
  const auto reason = [&](SkillLevel level) {
    Subject subject;
    subject.item = kItem;
    subject.occupation = OccupationCode::parse("4-10-01-05").value();
    subject.level = level;
    return registry_.reader()
        .decide(credit(1), subject, day("2026-10-01"))
        .value()
        .entitlement.reason;
  };
  EXPECT_EQ(reason(SkillLevel::senior), EntitlementReason::entitled);
  EXPECT_EQ(reason(SkillLevel::technician), EntitlementReason::differs_from_item);
}

}  // namespace
}  // namespace chayan::index
