#include "crypto/evp.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace chayan::crypto::evp {
namespace {

template <typename Algorithm>
Algorithm* fetched(Algorithm* algorithm, const char* what) {
  require(algorithm != nullptr, what);
  return algorithm;
}

const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm =
      fetched(EVP_MD_fetch(nullptr, "SHA256", nullptr), "SHA256");
  return algorithm;
}

const EVP_MD* sm3_algorithm() {
  static const EVP_MD* const algorithm = fetched(EVP_MD_fetch(nullptr, "SM3", nullptr), "SM3");
  return algorithm;
}

EVP_MAC* hmac_algorithm() {
  static EVP_MAC* const algorithm = fetched(EVP_MAC_fetch(nullptr, "HMAC", nullptr), "HMAC");
  return algorithm;
}

const EVP_CIPHER* gcm_algorithm() {
  static const EVP_CIPHER* const algorithm =
      fetched(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), "AES-256-GCM");
  return algorithm;
}

const EVP_CIPHER* sm4_ctr_algorithm() {
  static const EVP_CIPHER* const algorithm =
      fetched(EVP_CIPHER_fetch(nullptr, "SM4-CTR", nullptr), "SM4-CTR");
  return algorithm;
}

DigestContext make_digest(const EVP_MD* algorithm) {
  DigestContext context(EVP_MD_CTX_new());
  require(context != nullptr, "EVP_MD_CTX_new");
  require(EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1, "EVP_DigestInit_ex2");
  return context;
}

int int_size(std::string_view bytes) {
  require(bytes.size() <= INT_MAX, "a value under 2 GiB");
  return static_cast<int>(bytes.size());
}

unsigned char* data(char* bytes) {
  return reinterpret_cast<unsigned char*>(bytes);
}

}  // namespace

void end_process(const char* what) {
  std::fprintf(stderr, "chayan: OpenSSL failed (%s); the process ends.\n", what);
  ERR_print_errors_fp(stderr);
  std::abort();
}

DigestContext make_sha256() {
  return make_digest(sha256_algorithm());
}

DigestContext make_sm3() {
  return make_digest(sm3_algorithm());
}

void restart(EVP_MD_CTX* context) {
  require(EVP_DigestInit_ex2(context, nullptr, nullptr) == 1, "EVP_DigestInit_ex2");
}

void update(EVP_MD_CTX* context, std::string_view bytes) {
  require(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1, "EVP_DigestUpdate");
}

Hash finish(EVP_MD_CTX* context) {
  Hash hash;
  require(EVP_DigestFinal_ex(context, hash.data(), nullptr) == 1, "EVP_DigestFinal_ex");
  return hash;
}

MacContext make_hmac(std::string_view digest) {
  MacContext context(EVP_MAC_CTX_new(hmac_algorithm()));
  require(context != nullptr, "EVP_MAC_CTX_new");
  // Set once: given with every EVP_MAC_init, the digest would be fetched by name every time.
  std::string name(digest);
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), name.size()),
      OSSL_PARAM_construct_end(),
  };
  require(EVP_MAC_CTX_set_params(context.get(), params) == 1, "EVP_MAC_CTX_set_params");
  return context;
}

void set_key(EVP_MAC_CTX* context, std::string_view key) {
  // A null pointer would mean "the key you have", also for an empty key.
  const std::string_view given = key.empty() ? std::string_view("") : key;
  require(EVP_MAC_init(context, data(given), given.size(), nullptr) == 1, "EVP_MAC_init");
}

Hash mac(EVP_MAC_CTX* keyed, std::initializer_list<std::string_view> parts) {
  require(EVP_MAC_init(keyed, nullptr, 0, nullptr) == 1, "EVP_MAC_init");
  for (const std::string_view part : parts) {
    require(EVP_MAC_update(keyed, data(part), part.size()) == 1, "EVP_MAC_update");
  }
  Hash hash;
  std::size_t length = 0;
  require(EVP_MAC_final(keyed, hash.data(), &length, hash.size()) == 1 && length == hash.size(),
          "EVP_MAC_final");
  return hash;
}

CipherContext make_gcm_encryption(const Hash& key) {
  CipherContext context(EVP_CIPHER_CTX_new());
  require(context != nullptr, "EVP_CIPHER_CTX_new");
  require(EVP_EncryptInit_ex2(context.get(), gcm_algorithm(), key.data(), nullptr, nullptr) == 1,
          "EVP_EncryptInit_ex2");
  return context;
}

CipherContext make_gcm_decryption(const Hash& key) {
  CipherContext context(EVP_CIPHER_CTX_new());
  require(context != nullptr, "EVP_CIPHER_CTX_new");
  require(EVP_DecryptInit_ex2(context.get(), gcm_algorithm(), key.data(), nullptr, nullptr) == 1,
          "EVP_DecryptInit_ex2");
  return context;
}

void gcm_encrypt(EVP_CIPHER_CTX* context, std::string_view nonce, std::string_view aad,
                 std::string_view plaintext, char* out) {
  require(nonce.size() == kGcmNonceBytes, "a nonce of 12 bytes");
  int written = 0;
  require(EVP_EncryptInit_ex2(context, nullptr, nullptr, data(nonce), nullptr) == 1,
          "EVP_EncryptInit_ex2");
  if (!aad.empty()) {
    require(EVP_EncryptUpdate(context, nullptr, &written, data(aad), int_size(aad)) == 1,
            "EVP_EncryptUpdate");
  }
  if (!plaintext.empty()) {
    require(
        EVP_EncryptUpdate(context, data(out), &written, data(plaintext), int_size(plaintext)) == 1,
        "EVP_EncryptUpdate");
  }
  char* const tag = out + plaintext.size();
  require(EVP_EncryptFinal_ex(context, data(tag), &written) == 1, "EVP_EncryptFinal_ex");
  require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kGcmTagBytes, tag) == 1,
          "EVP_CTRL_AEAD_GET_TAG");
}

bool gcm_decrypt(EVP_CIPHER_CTX* context, std::string_view nonce, std::string_view aad,
                 std::string_view ciphertext_and_tag, char* out) {
  require(nonce.size() == kGcmNonceBytes && ciphertext_and_tag.size() >= kGcmTagBytes,
          "a nonce of 12 bytes and a tag of 16");
  const std::size_t length = ciphertext_and_tag.size() - kGcmTagBytes;
  const std::string_view ciphertext = ciphertext_and_tag.substr(0, length);
  char tag[kGcmTagBytes];
  ciphertext_and_tag.copy(tag, kGcmTagBytes, length);

  int written = 0;
  require(EVP_DecryptInit_ex2(context, nullptr, nullptr, data(nonce), nullptr) == 1,
          "EVP_DecryptInit_ex2");
  require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kGcmTagBytes, tag) == 1,
          "EVP_CTRL_AEAD_SET_TAG");
  if (!aad.empty()) {
    require(EVP_DecryptUpdate(context, nullptr, &written, data(aad), int_size(aad)) == 1,
            "EVP_DecryptUpdate");
  }
  if (!ciphertext.empty()) {
    require(EVP_DecryptUpdate(context, data(out), &written, data(ciphertext),
                              int_size(ciphertext)) == 1,
            "EVP_DecryptUpdate");
  }
  unsigned char none[1];
  return EVP_DecryptFinal_ex(context, none, &written) == 1;
}

CipherContext make_sm4_ctr(std::string_view key) {
  CipherContext context(EVP_CIPHER_CTX_new());
  require(context != nullptr && key.size() == 16, "EVP_CIPHER_CTX_new");
  require(EVP_EncryptInit_ex2(context.get(), sm4_ctr_algorithm(), data(key), nullptr, nullptr) == 1,
          "EVP_EncryptInit_ex2");
  return context;
}

void ctr_crypt(EVP_CIPHER_CTX* context, std::string_view first_block, std::string_view in,
               char* out) {
  require(first_block.size() == 16, "a counter block of 16 bytes");
  int written = 0;
  require(EVP_EncryptInit_ex2(context, nullptr, nullptr, data(first_block), nullptr) == 1,
          "EVP_EncryptInit_ex2");
  if (in.empty()) return;
  require(EVP_EncryptUpdate(context, data(out), &written, data(in), int_size(in)) == 1,
          "EVP_EncryptUpdate");
}

}  // namespace chayan::crypto::evp
