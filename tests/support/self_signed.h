// A self-signed certificate and its key, made by OpenSSL in a directory that goes away.
#pragma once

#include <filesystem>
#include <string>

namespace chayan::test {

class SelfSigned {
 public:
  SelfSigned();
  ~SelfSigned();
  SelfSigned(const SelfSigned&) = delete;
  SelfSigned& operator=(const SelfSigned&) = delete;

  std::string certificate_file() const { return directory_ / "certificate.pem"; }
  std::string key_file() const { return directory_ / "key.pem"; }

 private:
  std::filesystem::path directory_;
};

}  // namespace chayan::test
