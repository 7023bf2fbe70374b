#include "crypto/signature.h"

#include <gtest/gtest.h>

namespace chayan::crypto {
namespace {

std::string bytes(std::string_view hex) {
  return from_hex(hex).value();
}

// RFC 8032 section 7.1, tests 1 to 3.
TEST(Signature, Ed25519HasTheVectorsOfItsStandard) {
  const struct {
    std::string_view secret, public_key, message, signature;
  } vectors[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf"
       "9"
       "b46bd25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f"
       "1"
       "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984"
       "d"
       "c6594a7c15e9716ed28dc027beceea1ec40a"},
  };
  for (const auto& vector : vectors) {
    const SigningKey key(SignatureScheme::ed25519, hash_from(bytes(vector.secret)).value());
    EXPECT_EQ(to_hex(key.public_key()), vector.public_key);
    EXPECT_EQ(to_hex(key.sign(bytes(vector.message))), vector.signature);
    EXPECT_TRUE(verify_signature(SignatureScheme::ed25519, bytes(vector.public_key),
                                 bytes(vector.message), bytes(vector.signature)));
  }
}

// GB/T 32918.5-2017 annex A.2: the curve sm2p256v1, user id 1234567812345678, message "message
// digest".
TEST(Signature, Sm2VerifiesTheExampleOfItsStandard) {
  const std::string public_key = bytes(
      "04"
      "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
      "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13");
  const std::string signature = bytes(
      "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
      "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
  EXPECT_TRUE(verify_signature(SignatureScheme::sm2, public_key, "message digest", signature));
  EXPECT_FALSE(verify_signature(SignatureScheme::sm2, public_key, "message digesT", signature));
}

TEST(Signature, Sm2DerivesThePublicKeyOfItsStandardsExample) {
  // The standard's d, less the one that the derivation adds.
  const SigningKey key(
      SignatureScheme::sm2,
      hash_from(bytes("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b7")).value());
  EXPECT_EQ(to_hex(key.public_key()),
            "04"
            "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
            "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13");
}

class Both : public testing::TestWithParam<SignatureScheme> {};
INSTANTIATE_TEST_SUITE_P(Schemes, Both,
                         testing::Values(SignatureScheme::ed25519, SignatureScheme::sm2));

TEST_P(Both, AnyFlippedBitIsFoundOut) {
  const SigningKey key(GetParam(), Hash{7});
  const std::string message = "chayan.example/log\n3\nroot\n";
  const std::string signature = key.sign(message);
  ASSERT_EQ(signature.size(), 64U);
  EXPECT_TRUE(verify_signature(GetParam(), key.public_key(), message, signature));
  const auto flipped = [](std::string text, std::size_t bit) {
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
    return text;
  };
  for (std::size_t bit = 0; bit < signature.size() * 8; bit += 7) {
    EXPECT_FALSE(verify_signature(GetParam(), key.public_key(), message, flipped(signature, bit)));
  }
  for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
    EXPECT_FALSE(verify_signature(GetParam(), key.public_key(), flipped(message, bit), signature));
  }
  for (std::size_t bit = 0; bit < key.public_key().size() * 8; bit += 11) {
    EXPECT_FALSE(verify_signature(GetParam(), flipped(key.public_key(), bit), message, signature));
  }
}

TEST_P(Both, WhatIsNoKeyOrNoSignatureIsRefused) {
  const SigningKey key(GetParam(), Hash{7});
  const std::string signature = key.sign("m");
  EXPECT_FALSE(verify_signature(GetParam(), {}, "m", signature));
  EXPECT_FALSE(verify_signature(GetParam(), key.public_key() + '\0', "m", signature));
  EXPECT_FALSE(
      verify_signature(GetParam(), std::string(key.public_key().size(), '\xFF'), "m", signature));
  EXPECT_FALSE(verify_signature(GetParam(), key.public_key(), "m", {}));
  EXPECT_FALSE(verify_signature(GetParam(), key.public_key(), "m", signature.substr(1)));
  EXPECT_FALSE(verify_signature(GetParam(), key.public_key(), "m", std::string(64, '\0')));
  EXPECT_FALSE(verify_signature(GetParam(), key.public_key(), "m", std::string(64, '\xFF')));
}

TEST_P(Both, OtherSecretsMakeOtherKeys) {
  const SigningKey one(GetParam(), Hash{1});
  const SigningKey two(GetParam(), Hash{2});
  EXPECT_NE(one.public_key(), two.public_key());
  EXPECT_FALSE(verify_signature(GetParam(), two.public_key(), "m", one.sign("m")));
  EXPECT_TRUE(verify_signature(GetParam(), one.public_key(), {}, one.sign({})));
}

}  // namespace
}  // namespace chayan::crypto
