// A self-signed certificate, of test.example and 127.0.0.1, and its key, made by OpenSSL in a directory that goes away.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace chayan::test {

class SelfSigned {
 public:
  // The ends of its validity count from now.
  explicit SelfSigned(std::chrono::seconds begins = -std::chrono::hours(24),
                      std::chrono::seconds ends = std::chrono::hours(24));
  ~SelfSigned();
  SelfSigned(const SelfSigned&) = delete;
  SelfSigned& operator=(const SelfSigned&) = delete;

  std::string certificate_file() const { return directory_ / "certificate.pem"; }
  std::string key_file() const { return directory_ / "key.pem"; }
  const std::string& fingerprint() const { return fingerprint_; }  // SHA-256 of its DER, 32 bytes

 private:
  std::filesystem::path directory_;
  std::string fingerprint_;
};

}  // namespace chayan::test
