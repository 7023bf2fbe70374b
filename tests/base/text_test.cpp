#include "base/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <thread>

namespace chayan {
namespace {

using Strings = std::vector<std::string>;

constexpr std::string_view kInvalid[] = {
    "\xFF", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80",        "\xF4\x90\x80\x80",
    "\x80", "\xE5\x85", "张\xE5",       "\xF8\x88\x80\x80\x80"};

std::string utf8(char32_t character) {
  std::string out;
  if (character < 0x80) {
    out.push_back(static_cast<char>(character));
  } else if (character < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (character >> 6)));
    out.push_back(static_cast<char>(0x80 | (character & 0x3F)));
  } else if (character < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (character >> 12)));
    out.push_back(static_cast<char>(0x80 | ((character >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (character & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (character >> 18)));
    out.push_back(static_cast<char>(0x80 | ((character >> 12) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | ((character >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (character & 0x3F)));
  }
  return out;
}

TEST(Text, KnowsUtf8) {
  EXPECT_TRUE(is_valid_utf8(""));
  EXPECT_TRUE(is_valid_utf8("a张𠮷\U0010FFFF"));
  for (const std::string_view bytes : kInvalid) EXPECT_FALSE(is_valid_utf8(bytes)) << bytes;
}

TEST(Text, ReadsGb18030) {
  EXPECT_EQ(from_gb18030(""), "");
  EXPECT_EQ(from_gb18030("abc,\r\n"), "abc,\r\n");
  EXPECT_EQ(from_gb18030("\xD1\xF8\xC0\xCF\xBB\xA4\xC0\xED\xD4\xB1"), "养老护理员");
  EXPECT_EQ(from_gb18030("\xC9\xCF\xBA\xA3\xCA\xD0\xA1\xA3"), "上海市。");
  EXPECT_EQ(from_gb18030("\xB0\xD1\x95\x32\x82\x36"), "把𠀀");  // U+20000 in four bytes
  EXPECT_EQ(from_gb18030("\x96\x5A"), "朲");                    // GBK beyond GB2312
  EXPECT_EQ(from_gb18030("\xD1"), std::nullopt);                // cut in the middle
  EXPECT_EQ(from_gb18030("\xFF\xFF"), std::nullopt);
  EXPECT_EQ(from_gb18030("\x81\x20"), std::nullopt);
}

TEST(Text, TrimsWhiteSpaceOfAnyScript) {
  EXPECT_EQ(trim(" \t\r\n张 三\u3000\u00A0\u2003"), "张 三");
  EXPECT_EQ(trim("\u3000\u3000"), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("x"), "x");
  EXPECT_EQ(trim(" \xFF "), "\xFF");
}

TEST(Text, MakesCodesHalfWidth) {
  EXPECT_EQ(half_width("　Ｙ００３１－ａ～！　"), "Y0031-a~!");
  EXPECT_EQ(half_width("一 二"), "一 二");
  for (const std::string_view bytes : kInvalid) EXPECT_EQ(half_width(bytes), bytes);
}

TEST(Text, MakesCodesComparable) {
  EXPECT_EQ(code_form(" ｙ00 31\u3000\u00A0x\t\n"), "Y0031X");
  EXPECT_EQ(code_form("沪a字第1号"), "沪A字第1号");
  EXPECT_EQ(code_form(""), "");
}

TEST(Text, SeesControlCharacters) {
  EXPECT_FALSE(has_control_character("张三 Anna·李"));
  for (const std::string_view text : {"a\nb", "a\tb", "\x1F", "\x7F", "a\u0085"}) {
    EXPECT_TRUE(has_control_character(text));
  }
  EXPECT_TRUE(has_control_character(std::string_view("a\0b", 3)));
  for (const std::string_view bytes : kInvalid) EXPECT_TRUE(has_control_character(bytes));
}

TEST(Text, KnowsWhatACodeMayHold) {
  EXPECT_TRUE(is_code_text("沪Z-12/3"));
  for (const std::string_view text : {"", "a b", "a\tb", "a，b", "\u200B", "a\U0001F600"}) {
    EXPECT_FALSE(is_code_text(text)) << text;
  }
  for (const std::string_view bytes : kInvalid) EXPECT_FALSE(is_code_text(bytes));
}

TEST(Text, MatchFormMakesEqualWhatPeopleMeanAsEqual) {
  const auto same = [](std::string_view a, std::string_view b) {
    return match_form(a) == match_form(b);
  };
  EXPECT_TRUE(same("张三", " 张　三 "));
  EXPECT_TRUE(same("張國榮", "张国荣"));
  EXPECT_TRUE(same("ＡＮＮＡ  Schmidt", "anna schmidt"));
  EXPECT_TRUE(same("José", "JOSE\u0301"));
  EXPECT_TRUE(same("Straße", "STRASSE"));
  EXPECT_TRUE(same("高级工（三级）", "高級工(三級)"));
  for (const std::string_view dot : {"•", "・", "‧", "･"}) {
    EXPECT_TRUE(same("阿依古丽·买买提", "阿依古丽" + std::string(dot) + "买买提")) << dot;
  }
  EXPECT_TRUE(same("张\u200B三\uFE00\uFEFF", "张三"));
  EXPECT_TRUE(same("豈", "岂"));  // compatibility ideograph U+F900, then simplified
  EXPECT_FALSE(same("张三", "张三三"));
  EXPECT_FALSE(same("吉", "𠮷"));  // another name, not another spelling
  EXPECT_EQ(match_form("𠮷田"), "𠮷田");
  EXPECT_EQ(match_form("HCIA-AI 华为认证"), "hcia-ai华为认证");
  EXPECT_EQ(match_form(std::string_view("a\0\x1F\x7F\u0085b", 7)), "ab");
  EXPECT_EQ(match_form(""), "");
}

TEST(Text, MatchFormOfInvalidUtf8IsEmpty) {
  for (const std::string_view bytes : kInvalid) EXPECT_EQ(match_form(bytes), "") << bytes;
}

// 苎 and 苧 are traditional forms of each other in ICU's rules.
TEST(Text, SimplifyingEndsWhereRulesGoInACircle) {
  EXPECT_EQ(match_form("苎"), match_form("苧"));
  EXPECT_EQ(match_form("薴"), match_form("苧"));
}

TEST(Text, MatchFormIsIdempotentForEveryCharacter) {
  for (char32_t c = 0; c < 0x32400; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    const std::string once = match_form(utf8(c));
    ASSERT_EQ(match_form(once), once) << std::hex << static_cast<std::uint32_t>(c);
  }
}

TEST(Text, MatchFormIsIdempotentForRandomText) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  constexpr std::u32string_view kTricky =
      U" \u00A8\u0301\u0307\u3099\u309A\u30FB\u30AB\uFF76\uFF9E\u1100\u1161\u11A8\u00B7\u2022"
      U"\u0130\u03A3\u00DF\u200D\uFE0F\u3000AaEe張苧豈\u0344\u0F71\u0F72";
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (auto length = random() % 8; length > 0; --length) {
      text += utf8(random() % 4 == 0 ? static_cast<char32_t>(random() % 0xD800)
                                     : kTricky[random() % kTricky.size()]);
    }
    const std::string once = match_form(text);
    ASSERT_EQ(match_form(once), once) << text;
  }
}

// A character that needs normalising sends the whole text the long way: both ways must agree.
TEST(Text, TheShortWayAgreesWithTheLongWay) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto length = random() % 6; length > 0; --length) {
      const char32_t ranges[][2] = {{0, 0x7F},          {0x3400, 0x4DBF}, {0x4E00, 0x9FFF},
                                    {0x20000, 0x2A6DF}, {0xB7, 0xB7},     {0x2022, 0x2022}};
      const auto& range = ranges[random() % std::size(ranges)];
      text += utf8(range[0] + random() % (range[1] - range[0] + 1));
    }
    ASSERT_EQ(match_form(text) + "x", match_form(text + "ｘ")) << text;
  }
}

TEST(Text, SpellsPinyin) {
  EXPECT_EQ(pinyin_syllables("养老"), (Strings{"yang", "lao"}));
  EXPECT_EQ(pinyin_syllables("養老護理員"), (Strings{"yang", "lao", "hu", "li", "yuan"}));
  EXPECT_EQ(pinyin_syllables("A1级（女）·é"), (Strings{"a", "1", "ji", "nu", "é"}));
  EXPECT_EQ(pinyin_syllables("，。"), Strings{});
  EXPECT_EQ(pinyin_syllables("\xFF"), Strings{});
}

TEST(Text, SearchKeysAreAsTheContractSays) {
  EXPECT_EQ(search_keys("养老"), (Strings{"l", "lao", "yanglao", "yl", "养老", "老"}));
  EXPECT_EQ(search_keys(""), Strings{});
  EXPECT_EQ(search_keys("，"), Strings{","});
}

TEST(Text, SearchFindsByNamePinyinAndInitials) {
  const Strings keys = search_keys("养老护理员");
  const auto found_by = [&](std::string_view prefix) {
    return std::any_of(keys.begin(), keys.end(),
                       [&](const std::string& key) { return key.starts_with(prefix); });
  };
  for (const std::string_view query :
       {"养老", "老护", "员", "yanglao", "yanglaohuliyuan", "huli", "ylhly", "hly", "y"}) {
    EXPECT_TRUE(found_by(query)) << query;
  }
  for (const std::string_view query : {"anglao", "老员", "yly"}) {
    EXPECT_FALSE(found_by(query)) << query;
  }
}

TEST(Text, SearchKeysAreSortedDistinctAndCut) {
  std::string name;
  for (int i = 0; i < 40; ++i) name += "上海市";
  const Strings keys = search_keys(name);
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), keys.size());
  for (const std::string& key : keys) {
    EXPECT_LE(key.size(), 48u);
    EXPECT_TRUE(is_valid_utf8(key)) << key;
  }
}

TEST(Text, CutsSearchKeysBetweenCharacters) {
  EXPECT_EQ(cut_search_key(std::string(48, 'a')), std::string(48, 'a'));
  EXPECT_EQ(cut_search_key(std::string(49, 'a')), std::string(48, 'a'));
  EXPECT_EQ(cut_search_key(std::string(46, 'a') + "张"), std::string(46, 'a'));
  EXPECT_EQ(cut_search_key(std::string(45, 'a') + "张x"), std::string(45, 'a') + "张");
}

TEST(Text, CountsCharacters) {
  EXPECT_EQ(length_in_characters(""), 0u);
  EXPECT_EQ(length_in_characters("a张𠮷"), 3u);
  EXPECT_EQ(length_in_characters("\xFF"), 0u);
}

TEST(Text, MasksNames) {
  EXPECT_EQ(mask_name(""), "");
  EXPECT_EQ(mask_name("张"), "*");
  EXPECT_EQ(mask_name("张三"), "张*");
  EXPECT_EQ(mask_name("𠮷三丰"), "𠮷*丰");
  EXPECT_EQ(mask_name("欧阳娜娜"), "欧**娜");
}

TEST(Text, CountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("level", "level"), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("养老护理员", "养老护理"), 1u);
  EXPECT_EQ(edit_distance("养老护理员", "养生护理工"), 2u);
}

TEST(Text, ThreadsShareWhatIsBuiltOnce) {
  std::vector<std::thread> threads;
  std::vector<Strings> answers(4);
  for (Strings& answer : answers) {
    threads.emplace_back([&answer] {
      prepare_text();
      for (int i = 0; i < 200; ++i) answer = search_keys("養老護理員（家庭照護員）");
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Strings& answer : answers) EXPECT_EQ(answer, search_keys("养老护理员(家庭照护员)"));
}

}  // namespace
}  // namespace chayan
