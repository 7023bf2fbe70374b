#include "crypto/certificate.h"

#include <gtest/gtest.h>

#include <string>

namespace chayan::crypto {
namespace {

// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=partner.example
constexpr std::string_view kPem = R"(-----BEGIN CERTIFICATE-----
MIIBizCCATGgAwIBAgIUS4XMK0t59LeC9q4QXBxrwJPHfOYwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPcGFydG5lci5leGFtcGxlMCAXDTI2MTEyNDE0MjczOVoYDzIx
MjYxMDMxMTQyNzM5WjAaMRgwFgYDVQQDDA9wYXJ0bmVyLmV4YW1wbGUwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAASXGsZr2BD1vO87MmZTWWUkZnZP42C16gSVdkrE
f1xAIpGurs53Bwfa0en+poxvy74ejcggYZIGTUrZ7hD94yAbo1MwUTAdBgNVHQ4E
FgQUaCibYiuADcX7FGhy0+ML67dHhs0wHwYDVR0jBBgwFoAUaCibYiuADcX7FGhy
0+ML67dHhs0wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAvkF1
KMTUuxEDkCWABlD9Frj9wJW1r1cuZbkLHO+oHJoCIEj00buqAAWp0tl4ScPiLH3s
u+nprWF4+zGNqYFVGfUl
-----END CERTIFICATE-----
)";
// openssl x509 -outform der | sha256sum
constexpr std::string_view kFingerprint =
    "44027c6911e011cb1706abae58ff8670426895482cf0baac73b58c098f317f7b";

std::string fingerprint(std::string_view pem) {
  const auto found = certificate_fingerprint(pem);
  if (found) return to_hex(view(*found));
  EXPECT_EQ(found.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(found.error().field, "certificate");
  return found.error().message.en.find("several") != std::string::npos ? "several" : "none";
}

TEST(CertificateFingerprint, IsTheDigestOfTheDer) {
  EXPECT_EQ(fingerprint(kPem), kFingerprint);
}

TEST(CertificateFingerprint, PassesOverWhatStandsAround) {
  const std::string key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
  const std::string pem(kPem);
  EXPECT_EQ(fingerprint("subject=CN = partner.example\n" + pem + "\nmore text\n"), kFingerprint);
  EXPECT_EQ(fingerprint(key + pem), kFingerprint);
  EXPECT_EQ(fingerprint(pem + key), kFingerprint);
}

TEST(CertificateFingerprint, NeedsExactlyOneCertificate) {
  const std::string pem(kPem);
  EXPECT_EQ(fingerprint(""), "none");
  EXPECT_EQ(fingerprint("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"), "none");
  EXPECT_EQ(fingerprint(pem.substr(0, pem.size() / 2)), "none");
  EXPECT_EQ(fingerprint(std::string(1000, '\0')), "none");
  EXPECT_EQ(fingerprint(pem + pem), "several");
}

TEST(CertificateFingerprint, AnyFlippedBitOfTheBase64IsAnotherOrNone) {
  const std::size_t begin = kPem.find('\n') + 1;
  const std::size_t end = kPem.find("\n-----END");
  for (std::size_t at = begin; at < end; ++at) {
    std::string flipped(kPem);
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    EXPECT_NE(fingerprint(flipped), kFingerprint) << at;
  }
}

}  // namespace
}  // namespace chayan::crypto
