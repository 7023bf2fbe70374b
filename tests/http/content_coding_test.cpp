#include "http/content_coding.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <random>
#include <thread>
#include <vector>

namespace chayan::http {
namespace {

std::string decoded(Coding coding, std::string_view coded, std::size_t size) {
  std::string body(size, '\0');
  if (coding == Coding::zstd) {
    const std::size_t written =
        ZSTD_decompress(body.data(), body.size(), coded.data(), coded.size());
    EXPECT_EQ(ZSTD_isError(written), 0U) << ZSTD_getErrorName(written);
    return body;
  }
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);  // gzip frames only
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
  stream.avail_in = static_cast<uInt>(coded.size());
  stream.next_out = reinterpret_cast<Bytef*>(body.data());
  stream.avail_out = static_cast<uInt>(body.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0U);
  inflateEnd(&stream);
  return body;
}

std::string institutions(std::size_t count) {
  std::string body = "[";
  for (std::size_t i = 0; i < count; ++i) {
    body += R"({"name":"合成评价机构)" + std::to_string(i) + R"(","region":"310000"},)";
  }
  return body + "]";
}

TEST(ChooseCoding, AcceptEncodingTable) {
  struct Case {
    std::string_view field;
    Coding coding;
  };
  const Case cases[] = {
      // What clients send.
      {"", Coding::identity},
      {"gzip", Coding::gzip},
      {"zstd", Coding::zstd},
      {"gzip, deflate", Coding::gzip},
      {"gzip, deflate, br, zstd", Coding::zstd},
      {"deflate, br", Coding::identity},
      {"identity", Coding::identity},
      {"*", Coding::zstd},
      {"GZIP", Coding::gzip},
      {"x-gzip", Coding::gzip},
      {"gzip\t,\tbr", Coding::gzip},
      {",,gzip, ,", Coding::gzip},
      // Weights.
      {"gzip;q=1.0, zstd;q=0.5", Coding::gzip},
      {"gzip;q=0.5, zstd;q=0.5", Coding::zstd},
      {"gzip;q=0.501, zstd;q=0.5", Coding::gzip},
      {"gzip ; q=0.001", Coding::gzip},
      {"gzip;Q=0.5", Coding::gzip},
      {"gzip;q=1.000", Coding::gzip},
      {"gzip;q=1.", Coding::gzip},
      {"gzip;q=0", Coding::identity},
      {"gzip;q=0.000, zstd;q=0.", Coding::identity},
      {"zstd;q=0, gzip", Coding::gzip},
      {"identity;q=1, gzip;q=0.5", Coding::identity},
      {"identity;q=0.5, gzip;q=0.5", Coding::gzip},
      {"identity;q=0, gzip;q=0.1", Coding::gzip},
      // The star stands for what is not named.
      {"*;q=0.1, gzip;q=0", Coding::zstd},
      {"*;q=1, zstd;q=0", Coding::gzip},
      {"*;q=1, zstd;q=0.5", Coding::gzip},
      {"gzip;q=0, zstd;q=0, *", Coding::identity},
      {"*;q=0", Coding::identity},
      {"*;q=0, gzip", Coding::gzip},
      // Names that only look alike.
      {"gzipp", Coding::identity},
      {"gzi", Coding::identity},
      {"zstd2", Coding::identity},
      // Cannot be parsed: identity, whatever else stands there.
      {"gzip;q=", Coding::identity},
      {"gzip;q=2", Coding::identity},
      {"gzip;q=1.001", Coding::identity},
      {"gzip;q=0.0001", Coding::identity},
      {"gzip;q=-1", Coding::identity},
      {"gzip;q=.5", Coding::identity},
      {"gzip;q=0,5", Coding::identity},
      {"gzip;q=0x", Coding::identity},
      {"gzip;q =1", Coding::identity},
      {"gzip;level=9", Coding::identity},
      {"gzip;q=1;q=1", Coding::identity},
      {"gzip;", Coding::identity},
      {";q=1, gzip", Coding::identity},
      {"gzip zstd", Coding::identity},
      {"gzip, \"zstd\"", Coding::identity},
      {"gzip, zst\x01", Coding::identity},
      {"gzip, 压缩", Coding::identity},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(name(choose_coding(one.field)), name(one.coding)) << '"' << one.field << '"';
  }
}

TEST(ChooseCoding, RandomFieldsGetSomeCoding) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  constexpr std::string_view kPieces[] = {"gzip", "zstd", "*", "identity", ";",  "q=",   "0", "1",
                                          ".",    "999",  ",", " ",        "\t", "\xff", "q", "="};
  for (int round = 0; round < 50'000; ++round) {
    std::string field;
    for (unsigned n = random() % 14; n > 0; --n) field += kPieces[random() % std::size(kPieces)];
    const Coding coding = choose_coding(field);
    const bool could = field.find(name(coding)) != std::string::npos ||
                       field.find('*') != std::string::npos || coding == Coding::identity;
    EXPECT_TRUE(could) << field;
  }
}

TEST(Encode, ComesBackTheSame) {
  for (const Coding coding : {Coding::gzip, Coding::zstd}) {
    for (const std::size_t count : {10U, 100U, 5000U}) {
      const std::string body = institutions(count);
      const std::optional<std::string> coded = encode(coding, body);
      ASSERT_TRUE(coded) << name(coding);
      EXPECT_LT(coded->size(), body.size() / 2);
      EXPECT_EQ(decoded(coding, *coded, body.size()), body);
      EXPECT_EQ(encode(coding, body), coded) << "a context that was used says the same";
    }
  }
}

TEST(Encode, StartsWithItsMagic) {
  const std::string body = institutions(50);
  EXPECT_TRUE(encode(Coding::gzip, body).value().starts_with("\x1f\x8b\x08"));
  EXPECT_TRUE(encode(Coding::zstd, body).value().starts_with("\x28\xb5\x2f\xfd"));
}

TEST(Encode, NothingThatIsNotSmaller) {
  std::mt19937_64 random(1);
  std::string noise(3000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  for (const Coding coding : {Coding::gzip, Coding::zstd}) {
    EXPECT_FALSE(encode(coding, ""));
    EXPECT_FALSE(encode(coding, "a"));
    EXPECT_FALSE(encode(coding, "short"));
    EXPECT_FALSE(encode(coding, noise));
    EXPECT_TRUE(encode(coding, institutions(20))) << "a body that did not fit leaves no trace";
  }
  EXPECT_FALSE(encode(Coding::identity, institutions(20)));
}

TEST(Encode, ThreadsHaveContextsOfTheirOwn) {
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([t, &wrong] {
      for (std::size_t i = 0; i < 20; ++i) {
        const std::string body = institutions(20 + t * 7 + i);
        for (const Coding coding : {Coding::gzip, Coding::zstd}) {
          const std::optional<std::string> coded = encode(coding, body);
          wrong[t] += coded && decoded(coding, *coded, body.size()) == body ? 0 : 1;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

}  // namespace
}  // namespace chayan::http
