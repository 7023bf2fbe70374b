#include "log/commitment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "crypto/digest.h"

namespace chayan::log {
namespace {

std::string counting_salt() {
  std::string salt;
  for (int i = 0; i < 32; ++i) salt.push_back(static_cast<char>(100 + i));
  return salt;
}

const FieldValues kFields = {
    {"number", "Y000031000001260300001"},
    {"holder_name", "合成甲"},
    {"document_number", "11010519491231002X"},  // the standard's own example
};

// Computed with another implementation (Python's hashlib and hmac).
TEST(Commitment, GoldenBytes) {
  EXPECT_EQ(to_hex(view(field_digest(counting_salt(), "number", kFields.at("number")))),
            "fd7fa7abdec1db7e8cbc6bfb79cba73c74cd50aea13b1f766b0b32bf1e02e285");
  EXPECT_EQ(to_hex(view(commitment(counting_salt(), kFields))),
            "ffe0db9fbeafa5499b6d6fd821fd9f0c22c149fc9962575cbba7d8a5dcf94779");
  EXPECT_EQ(commitment(counting_salt(), {}), crypto::sha256(""));
}

TEST(Commitment, OpensFieldByField) {
  // A receipt holds one field with its salt and the digests of the others.
  std::vector<Hash> digests = {
      field_digest(counting_salt(), "holder_name", "合成甲"),
      field_digest(counting_salt(), "number", kFields.at("number")),
      field_digest(counting_salt(), "document_number", kFields.at("document_number"))};
  std::sort(digests.begin(), digests.end());
  EXPECT_EQ(crypto::sha256({view(digests[0]), view(digests[1]), view(digests[2])}),
            commitment(counting_salt(), kFields));
}

TEST(Commitment, EverythingCounts) {
  const Hash whole = commitment(counting_salt(), kFields);
  for (const auto& [name, value] : kFields) {
    FieldValues changed = kFields;
    changed[name] += "x";
    EXPECT_NE(commitment(counting_salt(), changed), whole) << name;
    changed.erase(name);
    EXPECT_NE(commitment(counting_salt(), changed), whole) << name;
    changed[name + "x"] = value;
    EXPECT_NE(commitment(counting_salt(), changed), whole) << name;
  }
  std::string other_salt = counting_salt();
  other_salt[31] ^= 1;
  EXPECT_NE(commitment(other_salt, kFields), whole);
}

TEST(Commitment, LengthsKeepNameAndValueApart) {
  EXPECT_NE(field_digest(counting_salt(), "ab", "c"), field_digest(counting_salt(), "a", "bc"));
  EXPECT_NE(field_digest(counting_salt(), "a", ""), field_digest(counting_salt(), "", "a"));
}

}  // namespace
}  // namespace chayan::log
