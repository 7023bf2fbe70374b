// What this folder's sources share of OpenSSL's EVP; nobody else includes it (its test does).
//
// Algorithms are fetched once for the process and never freed: implicit fetching by name is OpenSSL
// 3.0's slow path. A context belongs to one thread at a time. A primitive that fails (no memory, no
// provider, no entropy) ends the process: there is no answer that could be given without it.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>

#include "base/bytes.h"

namespace chayan::crypto::evp {

[[noreturn]] void end_process(const char* what);
inline void require(bool done, const char* what) {
  if (!done) end_process(what);
}

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Free>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Free>;

inline const unsigned char* data(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// A context that has its algorithm set and is started; restart() starts it anew.
DigestContext make_sha256();
DigestContext make_sm3();
void restart(EVP_MD_CTX* context);
void update(EVP_MD_CTX* context, std::string_view bytes);
Hash finish(EVP_MD_CTX* context);

// An HMAC context over the digest of that name; set_key gives it a key, and mac() then works under
// that key as often as it is called.
MacContext make_hmac(std::string_view digest);
void set_key(EVP_MAC_CTX* context, std::string_view key);
Hash mac(EVP_MAC_CTX* keyed, std::initializer_list<std::string_view> parts);

inline constexpr std::size_t kGcmNonceBytes = 12;
inline constexpr std::size_t kGcmTagBytes = 16;

// AES-256-GCM contexts that hold the key and its schedule, so that a call sets the nonce alone.
CipherContext make_gcm_encryption(const Hash& key);
CipherContext make_gcm_decryption(const Hash& key);
// Writes plaintext.size() bytes of ciphertext and then the tag to `out`. `nonce` is 12 bytes.
void gcm_encrypt(EVP_CIPHER_CTX* context, std::string_view nonce, std::string_view aad,
                 std::string_view plaintext, char* out);
// `ciphertext_and_tag` is at least a tag long. False where the tag is wrong; what stands at `out`
// is then not to be used.
bool gcm_decrypt(EVP_CIPHER_CTX* context, std::string_view nonce, std::string_view aad,
                 std::string_view ciphertext_and_tag, char* out);

// SM4-CTR (GB/T 32907-2016, GB/T 17964-2021). The context holds the key of 16 bytes and its schedule;
// encryption and decryption are one. The counter block of 16 bytes counts from `first_block` up.
CipherContext make_sm4_ctr(std::string_view key);
void ctr_crypt(EVP_CIPHER_CTX* context, std::string_view first_block, std::string_view in,
               char* out);

}  // namespace chayan::crypto::evp
