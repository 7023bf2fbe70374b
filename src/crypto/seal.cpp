#include "crypto/seal.h"

#include <openssl/crypto.h>

#include <vector>

#include "crypto/digest.h"
#include "crypto/evp.h"
#include "crypto/thread_cache.h"

namespace chayan::crypto {
namespace {

constexpr std::string_view kNonceKeyLabel = "chayan seal nonce v1";
constexpr std::size_t kKeyIdBytes = 4;
constexpr std::size_t kHeadBytes = kKeyIdBytes + evp::kGcmNonceBytes;
static_assert(kSealOverheadBytes == kHeadBytes + evp::kGcmTagBytes);

struct DecryptionKey {
  std::uint32_t id = 0;
  evp::CipherContext context;
};

struct ThreadContexts {
  evp::MacContext nonce;
  evp::CipherContext encryption;
  std::vector<DecryptionKey> decryption;  // a few: one, and two while keys are being rotated
};

ThreadCache<ThreadContexts>& thread_contexts() {
  thread_local ThreadCache<ThreadContexts> contexts;
  return contexts;
}

}  // namespace

struct Sealer::State {
  const std::uint64_t id = next_owner_id();
  std::uint32_t active_key = 0;
  std::map<std::uint32_t, Hash> keys;
  Hash nonce_key{};

  ~State() {
    for (auto& [key_id, key] : keys) OPENSSL_cleanse(key.data(), key.size());
    OPENSSL_cleanse(nonce_key.data(), nonce_key.size());
  }

  ThreadContexts make_contexts() const {
    ThreadContexts contexts{
        evp::make_hmac_sha256(), evp::make_gcm_encryption(keys.at(active_key)), {}};
    evp::set_key(contexts.nonce.get(), view(nonce_key));
    for (const auto& [key_id, key] : keys) {
      contexts.decryption.push_back({key_id, evp::make_gcm_decryption(key)});
    }
    return contexts;
  }

  ThreadContexts& contexts() const {
    return thread_contexts().get(id, [this] { return make_contexts(); });
  }
};

Sealer::Sealer(const Keyring& keyring) : state_(std::make_unique<State>()) {
  state_->active_key = keyring.active_data_key;
  state_->keys = keyring.data_keys;
  state_->nonce_key = hkdf_sha256(view(state_->keys.at(state_->active_key)), kNonceKeyLabel);
}

Sealer::~Sealer() {
  thread_contexts().drop(state_->id);
}

void Sealer::seal(std::string_view aad, std::string_view plaintext, std::string& sealed) const {
  const ThreadContexts& contexts = state_->contexts();
  std::string aad_length;
  put_u32(aad_length, static_cast<std::uint32_t>(aad.size()));
  const Hash synthetic = evp::mac(contexts.nonce.get(), {aad_length, aad, plaintext});

  sealed.clear();
  put_u32(sealed, state_->active_key);
  sealed.append(view(synthetic).substr(0, evp::kGcmNonceBytes));
  sealed.resize(kSealOverheadBytes + plaintext.size());
  evp::gcm_encrypt(contexts.encryption.get(), view(synthetic).substr(0, evp::kGcmNonceBytes), aad,
                   plaintext, sealed.data() + kHeadBytes);
}

Result<void> Sealer::open(std::string_view aad, std::string_view sealed,
                          std::string& plaintext) const {
  if (sealed.size() < kSealOverheadBytes) {
    plaintext.clear();
    return corrupt("A sealed value is shorter than its frame.");
  }
  const std::uint32_t key_id = ByteReader(sealed).u32();
  for (const DecryptionKey& key : state_->contexts().decryption) {
    if (key.id != key_id) continue;
    plaintext.resize(sealed.size() - kSealOverheadBytes);
    if (evp::gcm_decrypt(key.context.get(), sealed.substr(kKeyIdBytes, evp::kGcmNonceBytes), aad,
                         sealed.substr(kHeadBytes), plaintext.data())) {
      return {};
    }
    OPENSSL_cleanse(plaintext.data(), plaintext.size());
    plaintext.clear();
    return corrupt("A sealed value is not what was sealed for its place.");
  }
  plaintext.clear();
  return corrupt("A sealed value names data key " + std::to_string(key_id) +
                 ", which the keyring does not hold.");
}

}  // namespace chayan::crypto
