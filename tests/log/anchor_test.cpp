#include "log/anchor.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

#include "log/merkle.h"
#include "tests/log/temp_directory.h"

namespace chayan::log {
namespace {

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write(const std::string& path, std::string_view content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

const Anchor kAnchor{70'000, leaf_hash(""), {}};
constexpr std::string_view kGolden =
    R"({"root":"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d","size":70000})"
    "\n";

TEST(Anchor, GoldenBytesAndBack) {
  const TempDirectory directory;
  const std::string path = directory.file("head");
  ASSERT_TRUE(write_anchor(path, kAnchor));
  EXPECT_EQ(read(path), kGolden);
  EXPECT_EQ(read_anchor(path).value(), kAnchor);
}

TEST(Anchor, IsReplacedAndLeavesNothingBeside) {
  const TempDirectory directory;
  const std::string path = directory.file("head");
  for (std::uint64_t size = 0; size < 20; ++size) {
    const Anchor anchor{size, leaf_hash(std::to_string(size)), "note\n\n\u2014 a b\n"};
    ASSERT_TRUE(write_anchor(path, anchor));
    EXPECT_EQ(read_anchor(path).value(), anchor);
  }
  const auto files = std::filesystem::directory_iterator(directory.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST(Anchor, AHalfWrittenTemporaryOfACrashIsNoHindrance) {
  const TempDirectory directory;
  const std::string path = directory.file("head");
  ASSERT_TRUE(write_anchor(path, kAnchor));
  write(path + ".tmp", std::string(5000, 'x'));
  EXPECT_EQ(read_anchor(path).value(), kAnchor);
  const Anchor next{70'001, leaf_hash("next"), {}};
  ASSERT_TRUE(write_anchor(path, next));
  EXPECT_EQ(read_anchor(path).value(), next);
}

TEST(Anchor, AbsenceIsNotAnError) {
  const TempDirectory directory;
  EXPECT_EQ(read_anchor(directory.file("none")).value(), std::nullopt);
}

TEST(Anchor, WhereItCannotBeWrittenTheErrorNamesThePath) {
  const TempDirectory directory;
  const std::string path = directory.file("missing/head");
  const Result<void> written = write_anchor(path, kAnchor);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::io);
  EXPECT_NE(written.error().message.en.find(path), std::string::npos);
  EXPECT_EQ(read_anchor(directory.path()).error().code, ErrorCode::io) << "a directory";
}

TEST(Anchor, AnythingElseIsCorrupt) {
  const TempDirectory directory;
  const std::string path = directory.file("head");
  const std::string good(kGolden);
  const auto with_size = [&](std::string_view size) {
    std::string text = good;
    return text.replace(text.find("70000"), 5, size);
  };
  for (const std::string& text :
       {std::string(), std::string("{}\n"), good + good, good + " ", " " + good,
        good.substr(0, good.size() - 1), with_size("-1"), with_size("070000"), with_size("7e4"),
        with_size("70000.0"), with_size("99999999999999999999"), with_size("\"70000\""),
        with_size("70000,\"v\":1"), std::string(100'000, ' ') + good}) {
    write(path, text);
    const Result<std::optional<Anchor>> anchor = read_anchor(path);
    ASSERT_FALSE(anchor) << text;
    EXPECT_EQ(anchor.error().code, ErrorCode::corrupt) << text;
  }
  for (std::size_t length = 0; length < good.size(); ++length) {
    write(path, good.substr(0, length));
    EXPECT_FALSE(read_anchor(path)) << "cut to " << length;
  }
}

// A flipped bit may make another anchor only where it makes another digit: never one that reads
// like the old one.
TEST(Anchor, NoFlippedBitGoesUnnoticed) {
  const TempDirectory directory;
  const std::string path = directory.file("head");
  for (std::size_t bit = 0; bit < kGolden.size() * 8; ++bit) {
    std::string text(kGolden);
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
    write(path, text);
    const Result<std::optional<Anchor>> anchor = read_anchor(path);
    EXPECT_TRUE(!anchor || (*anchor && **anchor != kAnchor)) << "bit " << bit;
  }
}

TEST(Anchor, RandomMutationsAreRefusedOrReadBackAsTheyStand) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const TempDirectory directory;
  const std::string path = directory.file("head");
  for (int round = 0; round < 2000; ++round) {
    std::string text(kGolden);
    for (unsigned edits = 1 + random() % 4; edits > 0; --edits) {
      const std::size_t at = random() % (text.size() + 1);
      const char byte = static_cast<char>(random());
      switch (random() % 3) {
        case 0:
          text.insert(at, 1, byte);
          break;
        case 1:
          text.resize(at);
          break;
        default:
          if (at < text.size()) text[at] = byte;
      }
    }
    write(path, text);
    const Result<std::optional<Anchor>> anchor = read_anchor(path);
    if (!anchor) continue;
    ASSERT_TRUE(*anchor);
    ASSERT_TRUE(write_anchor(path, **anchor));
    EXPECT_EQ(read(path), text);
  }
}

}  // namespace
}  // namespace chayan::log
