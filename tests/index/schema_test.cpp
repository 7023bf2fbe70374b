// Keys are stored: their bytes are fixed here, and so is the order that scans rely on.
#include "index/schema.h"

#include <gtest/gtest.h>

#include "tests/support/registry.h"

namespace chayan::index {
namespace {

using test::credit;

TEST(Schema, KeysHaveTheseBytes) {
  const OccupationCode occupation = OccupationCode::parse("4-10-01-05").value();
  const CatalogItemId item{CatalogList::dual, 1, 4};
  const CreditCode code = credit("91350100M000100Y43");
  const RegionCode region = RegionCode::parse("310115").value();
  crypto::RowKey mac{};
  mac.fill('\xAB');

  EXPECT_EQ(meta_key("format"), "mformat");
  EXPECT_EQ(head_key(), "h");
  EXPECT_EQ(to_hex(tile_key({1, 258})), "6c010000000000000102");
  EXPECT_EQ(to_hex(entry_key(1)), "650000000000000001");
  EXPECT_EQ(to_hex(payload_key(1)), "700000000000000001");
  EXPECT_EQ(batch_key(mac), "b" + std::string(16, '\xAB'));
  EXPECT_EQ(occupation_key(occupation), "o4-10-01-05");
  EXPECT_EQ(to_hex(catalog_key(item)), "6b0200010004");
  EXPECT_EQ(to_hex(calendar_key(2026)), "7907ea");
  EXPECT_EQ(institution_key(code), "i91350100M000100Y43");
  EXPECT_EQ(filing_key("F-1"), "gF-1");
  EXPECT_EQ(receipt_key("R-1"), "qR-1");
  EXPECT_EQ(concerns_key(code, 7), "n91350100M000100Y43" + std::string("\0\0\0\0\0\0\0\7", 8));
  EXPECT_EQ(offering_key({occupation, SkillLevel::senior, std::nullopt}, region, code),
            "f4-10-01-05" + std::string("\0\4\0\0\0\0\0", 7) + "31011591350100M000100Y43");
  EXPECT_EQ(offering_key({{}, std::nullopt, item}, {}, code),
            "f" + std::string("\0\0\2\0\1\0\4", 7) + "00000091350100M000100Y43");
  EXPECT_EQ(conversion_key(occupation, SkillLevel::senior, item),
            "x4-10-01-05" + std::string("\0\4\2\0\1\0\4", 7));
  EXPECT_EQ(text_key(Searched::institution, "yanglao", "id"), "tiyanglao" + std::string("\0id", 3));
  EXPECT_EQ(certificate_key(mac), "c" + std::string(16, '\xAB'));
  EXPECT_EQ(to_hex(issued_key(3)), "730000000000000003");
  EXPECT_EQ(to_hex(reports_key(3)), "720000000000000003");
  EXPECT_EQ(report_code_key(mac), "v" + std::string(16, '\xAB'));
}

TEST(Schema, NumbersInKeysOrderAsValuesDo) {
  std::string before = entry_key(0);
  for (const std::uint64_t seq : {1ULL, 255ULL, 256ULL, 65'535ULL, 65'536ULL, 1ULL << 32, ~0ULL}) {
    EXPECT_LT(before, entry_key(seq));
    before = entry_key(seq);
  }
}

TEST(Schema, EndOfAPrefixBoundsExactlyItsKeys) {
  EXPECT_EQ(end_of("e"), "f");
  EXPECT_EQ(end_of("a\xFF"), "b");
  EXPECT_EQ(end_of("\xFF\xFF"), "");
  EXPECT_LT(entry_key(~0ULL), end_of("e"));
}

TEST(Schema, ARegionPrefixNarrowsTheScanOfAFacet) {
  const Facet all;
  const std::string scan = offering_prefix(all) + "31";
  EXPECT_TRUE(offering_key(all, RegionCode::parse("310115").value(), credit(1)).starts_with(scan));
  EXPECT_FALSE(offering_key(all, RegionCode::parse("320100").value(), credit(1)).starts_with(scan));
}

TEST(Schema, TextKeysSplitAgain) {
  const std::string id("\2\0\1\0\4", 5);  // an item's id holds zero bytes
  const std::string key = text_key(Searched::catalog_item, "knx", id);
  const auto parts = split_text_key(key);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->search_key, "knx");
  EXPECT_EQ(parts->id, id);
  EXPECT_FALSE(split_text_key("tknothing"));
  EXPECT_FALSE(split_text_key("e"));
}

TEST(Schema, EveryFamilyIsEitherGivenOrDerived) {
  for (const char family : std::string_view("mhepbrv")) EXPECT_TRUE(is_primary({&family, 1}));
  for (const char family : std::string_view("lokyigqnfxtcs"))
    EXPECT_FALSE(is_primary({&family, 1}));
}

TEST(Schema, SealedFamiliesAreThoseThatHoldPersonalData) {
  EXPECT_TRUE(is_sealed(payload_key(1)));
  EXPECT_TRUE(is_sealed(certificate_key({})));
  EXPECT_FALSE(is_sealed(issued_key(1)));
  EXPECT_FALSE(is_sealed(entry_key(1)));
  EXPECT_FALSE(is_sealed(meta_key("suite")));
  EXPECT_FALSE(is_sealed(""));
}

}  // namespace
}  // namespace chayan::index
