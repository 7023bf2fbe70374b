#include "crypto/suite.h"

#include <openssl/crypto.h>

#include "crypto/evp.h"

namespace chayan::crypto {
namespace {

static_assert(kNonceBytes == evp::kGcmNonceBytes && kTagBytes == evp::kGcmTagBytes);

// The keys that SM4-CTR and its tag work under, from the data key. Labels never change.
constexpr std::string_view kSm4KeyLabel = "chayan seal sm4 v1";
constexpr std::string_view kSm3TagKeyLabel = "chayan seal tag v1";
constexpr std::size_t kSm4KeyBytes = 16;

class AesGcm final : public Cipher {
 public:
  explicit AesGcm(const Hash& key)
      : encryption_(evp::make_gcm_encryption(key)), decryption_(evp::make_gcm_decryption(key)) {}

  void encrypt(std::string_view nonce, std::string_view aad, std::string_view plaintext,
               char* out) override {
    evp::gcm_encrypt(encryption_.get(), nonce, aad, plaintext, out);
  }

  bool decrypt(std::string_view nonce, std::string_view aad, std::string_view ciphertext_and_tag,
               char* out) override {
    return evp::gcm_decrypt(decryption_.get(), nonce, aad, ciphertext_and_tag, out);
  }

 private:
  evp::CipherContext encryption_;
  evp::CipherContext decryption_;
};

// OpenSSL 3.0 has no SM4-GCM. The tag is the first half of HMAC-SM3(u32 aad length ‖ aad ‖ nonce ‖
// ciphertext), which is as long as GCM's; the length keeps aad and nonce apart. Counter blocks are
// the nonce and a u32 from zero, as GCM's are.
class Sm4CtrSm3 final : public Cipher {
 public:
  explicit Sm4CtrSm3(const Hash& data_key) : tag_(evp::make_hmac(kSm3.name)) {
    Hash sm4_key = hkdf(kSm3, view(data_key), kSm4KeyLabel);
    Hash tag_key = hkdf(kSm3, view(data_key), kSm3TagKeyLabel);
    stream_ = evp::make_sm4_ctr(view(sm4_key).substr(0, kSm4KeyBytes));
    evp::set_key(tag_.get(), view(tag_key));
    OPENSSL_cleanse(sm4_key.data(), sm4_key.size());
    OPENSSL_cleanse(tag_key.data(), tag_key.size());
  }

  void encrypt(std::string_view nonce, std::string_view aad, std::string_view plaintext,
               char* out) override {
    evp::ctr_crypt(stream_.get(), first_block(nonce), plaintext, out);
    const Hash tag = tag_of(nonce, aad, {out, plaintext.size()});
    view(tag).copy(out + plaintext.size(), kTagBytes);
  }

  bool decrypt(std::string_view nonce, std::string_view aad, std::string_view ciphertext_and_tag,
               char* out) override {
    const std::size_t length = ciphertext_and_tag.size() - kTagBytes;
    const std::string_view ciphertext = ciphertext_and_tag.substr(0, length);
    const Hash tag = tag_of(nonce, aad, ciphertext);
    if (!equal_in_constant_time(view(tag).substr(0, kTagBytes),
                                ciphertext_and_tag.substr(length))) {
      return false;
    }
    evp::ctr_crypt(stream_.get(), first_block(nonce), ciphertext, out);
    return true;
  }

 private:
  static std::string first_block(std::string_view nonce) {
    return std::string(nonce).append(4, '\0');
  }

  Hash tag_of(std::string_view nonce, std::string_view aad, std::string_view ciphertext) {
    std::string aad_length;
    put_u32(aad_length, static_cast<std::uint32_t>(aad.size()));
    return evp::mac(tag_.get(), {aad_length, aad, nonce, ciphertext});
  }

  evp::CipherContext stream_;
  evp::MacContext tag_;
};

template <typename Made>
std::unique_ptr<Cipher> make(const Hash& data_key) {
  return std::make_unique<Made>(data_key);
}

}  // namespace

const Suite kIntl{"intl", kSha256, make<AesGcm>, false};
const Suite kGm{"gm", kSm3, make<Sm4CtrSm3>, true};

const Suite* find_suite(std::string_view name) {
  for (const Suite* suite : {&kIntl, &kGm}) {
    if (suite->name == name) return suite;
  }
  return nullptr;
}

}  // namespace chayan::crypto
