#include "crypto/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>
#include <string>

#include "crypto/digest.h"
#include "crypto/evp.h"

namespace chayan::crypto {
namespace {

struct Free {
  void operator()(BIO* text) const { BIO_free(text); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Text = std::unique_ptr<BIO, Free>;
using Certificate = std::unique_ptr<X509, Free>;

// The next one in the text; null where there is none, or none that parses.
Certificate next_certificate(BIO* text) {
  Certificate certificate(PEM_read_bio_X509(text, nullptr, nullptr, nullptr));
  ERR_clear_error();
  return certificate;
}

std::string der(X509* certificate) {
  const int size = i2d_X509(certificate, nullptr);
  evp::require(size > 0, "i2d_X509");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(bytes.data());
  evp::require(i2d_X509(certificate, &out) == size, "i2d_X509");
  return bytes;
}

}  // namespace

Result<Hash> certificate_fingerprint(std::string_view pem) {
  constexpr std::size_t kPemBytesMax = std::size_t{1} << 20;  // a certificate takes some 2 KiB
  const Text text(
      BIO_new_mem_buf(pem.data(), static_cast<int>(std::min(pem.size(), kPemBytesMax))));
  evp::require(text != nullptr, "BIO_new_mem_buf");
  const Certificate certificate = next_certificate(text.get());
  if (!certificate) {
    return invalid("certificate",
                   "There is no certificate in this file; give one in PEM form, which begins with "
                   "-----BEGIN CERTIFICATE-----.",
                   "文件中没有证书；请提供 PEM 格式、以 -----BEGIN CERTIFICATE----- 开头的证书。");
  }
  if (next_certificate(text.get())) {
    return invalid("certificate",
                   "There are several certificates in this file; give the partner's own alone, "
                   "without those of its issuers.",
                   "文件中有多张证书；请只提供合作方自己的证书，不含其签发者的证书。");
  }
  return sha256(der(certificate.get()));
}

}  // namespace chayan::crypto
