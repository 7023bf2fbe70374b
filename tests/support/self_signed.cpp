#include "tests/support/self_signed.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace chayan::test {
namespace {

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closer>;

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL could not make a test certificate");
}

}  // namespace

SelfSigned::SelfSigned(std::chrono::seconds begins, std::chrono::seconds ends) {
  std::string pattern = std::filesystem::temp_directory_path() / "chayan-tls-XXXXXX";
  require(::mkdtemp(pattern.data()) != nullptr);
  directory_ = pattern;

  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  require(key && certificate);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), begins.count());
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), ends.count());
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("test.example"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> names(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:test.example,IP:127.0.0.1"),
      X509_EXTENSION_free);
  require(names && X509_add_ext(certificate.get(), names.get(), -1) == 1);
  require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);

  fingerprint_.resize(32);
  unsigned bytes = 0;
  require(X509_digest(certificate.get(), EVP_sha256(),
                      reinterpret_cast<unsigned char*>(fingerprint_.data()), &bytes) == 1);

  const File certificate_out(std::fopen(certificate_file().c_str(), "w"));
  const File key_out(std::fopen(key_file().c_str(), "w"));
  require(certificate_out && key_out);
  require(PEM_write_X509(certificate_out.get(), certificate.get()) == 1);
  require(PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
          1);
}

SelfSigned::~SelfSigned() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

}  // namespace chayan::test
