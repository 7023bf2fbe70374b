// The cipher under the seal, against the test cases 13 to 16 (AES-256) of McGrew and Viega, "The
// Galois/Counter Mode of Operation (GCM)", which NIST's validation suite took over.
#include <gtest/gtest.h>

#include <vector>

#include "crypto/evp.h"

namespace chayan::crypto::evp {
namespace {

struct Vector {
  std::string key, nonce, aad, plaintext, ciphertext, tag;
};

constexpr std::string_view kKey =
    "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
constexpr std::string_view kPlaintext =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b5"
    "25b16aedf5aa0de657ba637b391aafd255";
constexpr std::string_view kCiphertext =
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b10568288"
    "38c5f61e6393ba7a0abcc9f662898015ad";

std::vector<Vector> vectors() {
  const auto bytes = [](std::string_view hex) { return from_hex(hex).value(); };
  const std::string zero_key(32, '\0');
  const std::string zero_nonce(12, '\0');
  const std::string nonce = bytes("cafebabefacedbaddecaf888");
  return {
      {zero_key, zero_nonce, "", "", "", bytes("530f8afbc74536b9a963b4f1c4cb738b")},
      {zero_key, zero_nonce, "", std::string(16, '\0'), bytes("cea7403d4d606b6e074ec5d3baf39d18"),
       bytes("d0d1c8a799996bf0265b98b5d48ab919")},
      {bytes(kKey), nonce, "", bytes(kPlaintext), bytes(kCiphertext),
       bytes("b094dac5d93471bdec1a502270e3cc6c")},
      {bytes(kKey), nonce, bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
       bytes(kPlaintext).substr(0, 60), bytes(kCiphertext).substr(0, 60),
       bytes("76fc6ece0f4e1768cddf8853bb2d551b")},
  };
}

TEST(Gcm, PublishedVectors) {
  for (const Vector& vector : vectors()) {
    const Hash key = hash_from(vector.key).value();
    const CipherContext encryption = make_gcm_encryption(key);
    const CipherContext decryption = make_gcm_decryption(key);
    for (int round = 0; round < 3; ++round) {  // a context serves call after call
      std::string sealed(vector.plaintext.size() + kGcmTagBytes, '\0');
      gcm_encrypt(encryption.get(), vector.nonce, vector.aad, vector.plaintext, sealed.data());
      EXPECT_EQ(to_hex(sealed), to_hex(vector.ciphertext + vector.tag));
      std::string plaintext(vector.plaintext.size(), '\0');
      EXPECT_TRUE(
          gcm_decrypt(decryption.get(), vector.nonce, vector.aad, sealed, plaintext.data()));
      EXPECT_EQ(plaintext, vector.plaintext);
    }
  }
}

}  // namespace
}  // namespace chayan::crypto::evp
