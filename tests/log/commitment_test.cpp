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
  EXPECT_EQ(
      to_hex(view(field_digest(crypto::kSha256, counting_salt(), "number", kFields.at("number")))),
      "fd7fa7abdec1db7e8cbc6bfb79cba73c74cd50aea13b1f766b0b32bf1e02e285");
  EXPECT_EQ(to_hex(view(commitment(crypto::kSha256, counting_salt(), kFields).digest)),
            "ffe0db9fbeafa5499b6d6fd821fd9f0c22c149fc9962575cbba7d8a5dcf94779");
  EXPECT_EQ(commitment(crypto::kSha256, counting_salt(), {}).digest, crypto::sha256(""));
}

// Computed with the openssl command and Python.
TEST(Commitment, GoldenBytesOfGm) {
  EXPECT_EQ(
      to_hex(view(field_digest(crypto::kSm3, counting_salt(), "number", kFields.at("number")))),
      "78203c4f6b485ae7698d9e2176faae73085e98693eba440e32b3829155496152");
  const Commitment whole = commitment(crypto::kSm3, counting_salt(), kFields);
  EXPECT_EQ(to_hex(view(whole.digest)),
            "d2e740a50874793ae7412b19c90b91d673958a90112bec1556b0000bc2909c94");
  const Opening opening = open_fields(crypto::kSm3, counting_salt(), kFields,
                                      [](std::string_view name) { return name == "number"; });
  EXPECT_EQ(commitment(crypto::kSm3, opening), whole);
  EXPECT_NE(commitment(crypto::kSha256, opening), whole);
}

TEST(Commitment, OpensFieldByField) {
  // A receipt holds one field with its salt and the digests of the others.
  std::vector<Hash> digests = {
      field_digest(crypto::kSha256, counting_salt(), "holder_name", "合成甲"),
      field_digest(crypto::kSha256, counting_salt(), "number", kFields.at("number")),
      field_digest(crypto::kSha256, counting_salt(), "document_number",
                   kFields.at("document_number"))};
  std::sort(digests.begin(), digests.end());
  EXPECT_EQ(crypto::sha256({view(digests[0]), view(digests[1]), view(digests[2])}),
            commitment(crypto::kSha256, counting_salt(), kFields).digest);
}

TEST(Commitment, EverythingCounts) {
  const Commitment whole = commitment(crypto::kSha256, counting_salt(), kFields);
  for (const auto& [name, value] : kFields) {
    FieldValues changed = kFields;
    changed[name] += "x";
    EXPECT_NE(commitment(crypto::kSha256, counting_salt(), changed), whole) << name;
    changed.erase(name);
    EXPECT_NE(commitment(crypto::kSha256, counting_salt(), changed), whole) << name;
    changed[name + "x"] = value;
    EXPECT_NE(commitment(crypto::kSha256, counting_salt(), changed), whole) << name;
  }
  std::string other_salt = counting_salt();
  other_salt[31] ^= 1;
  EXPECT_NE(commitment(crypto::kSha256, other_salt, kFields), whole);
}

TEST(Commitment, LengthsKeepNameAndValueApart) {
  EXPECT_NE(field_digest(crypto::kSha256, counting_salt(), "ab", "c"),
            field_digest(crypto::kSha256, counting_salt(), "a", "bc"));
  EXPECT_NE(field_digest(crypto::kSha256, counting_salt(), "a", ""),
            field_digest(crypto::kSha256, counting_salt(), "", "a"));
}

}  // namespace
}  // namespace chayan::log
