#include "crypto/seal.h"

#include <openssl/crypto.h>

#include <map>
#include <utility>
#include <vector>

#include "crypto/digest.h"
#include "crypto/evp.h"
#include "crypto/thread_cache.h"

namespace chayan::crypto {
namespace {

constexpr std::string_view kNonceKeyLabel = "chayan seal nonce v1";
constexpr std::size_t kKeyIdBytes = 4;
constexpr std::size_t kHeadBytes = kKeyIdBytes + kNonceBytes;
static_assert(kSealOverheadBytes == kHeadBytes + kTagBytes);

struct KeyContext {
  std::uint32_t id = 0;
  std::unique_ptr<Cipher> cipher;
};

struct ThreadContexts {
  evp::MacContext nonce;
  std::vector<KeyContext> keys;  // the active one first; a few while keys are being rotated
};

ThreadCache<ThreadContexts>& thread_contexts() {
  thread_local ThreadCache<ThreadContexts> contexts;
  return contexts;
}

}  // namespace

std::uint32_t sealing_key(std::string_view sealed) {
  return sealed.size() < kSealOverheadBytes ? 0 : ByteReader(sealed).u32();
}

// Immutable once it is current.
struct Sealer::State {
  const std::uint64_t id = next_owner_id();
  const Suite& suite;
  std::uint32_t active_key = 0;
  std::map<std::uint32_t, Hash> keys;
  Hash nonce_key{};

  explicit State(const Keyring& keyring)
      : suite(*keyring.suite), active_key(keyring.active_data_key) {
    for (const auto& [key_id, key] : keyring.data_keys) keys[key_id] = key.secret;
    nonce_key = hkdf(suite.digest, view(keys.at(active_key)), kNonceKeyLabel);
  }

  ~State() {
    for (auto& [key_id, key] : keys) OPENSSL_cleanse(key.data(), key.size());
    OPENSSL_cleanse(nonce_key.data(), nonce_key.size());
  }

  ThreadContexts make_contexts() const {
    ThreadContexts contexts{evp::make_hmac(suite.digest.name), {}};
    evp::set_key(contexts.nonce.get(), view(nonce_key));
    contexts.keys.push_back({active_key, suite.make_cipher(keys.at(active_key))});
    for (const auto& [key_id, key] : keys) {
      if (key_id != active_key) contexts.keys.push_back({key_id, suite.make_cipher(key)});
    }
    return contexts;
  }

  ThreadContexts& contexts() const {
    return thread_contexts().get(id, [this] { return make_contexts(); });
  }
};

Sealer::Sealer(const Keyring& keyring) {
  adopt(keyring);
}

Sealer::~Sealer() {
  for (const auto& state : states_) thread_contexts().drop(state->id);
}

void Sealer::adopt(const Keyring& keyring) {
  const std::lock_guard lock(adopting_);
  auto next = std::make_unique<State>(keyring);
  if (!states_.empty()) {
    next->keys.insert(states_.back()->keys.begin(), states_.back()->keys.end());
  }
  states_.push_back(std::move(next));
  current_.store(states_.back().get(), std::memory_order_release);
}

void Sealer::seal(std::string_view aad, std::string_view plaintext, std::string& sealed) const {
  const ThreadContexts& contexts = current_.load(std::memory_order_acquire)->contexts();
  std::string aad_length;
  put_u32(aad_length, static_cast<std::uint32_t>(aad.size()));
  const Hash synthetic = evp::mac(contexts.nonce.get(), {aad_length, aad, plaintext});

  const KeyContext& active = contexts.keys.front();
  sealed.clear();
  put_u32(sealed, active.id);
  sealed.append(view(synthetic).substr(0, kNonceBytes));
  sealed.resize(kSealOverheadBytes + plaintext.size());
  active.cipher->encrypt(view(synthetic).substr(0, kNonceBytes), aad, plaintext,
                         sealed.data() + kHeadBytes);
}

Result<void> Sealer::open(std::string_view aad, std::string_view sealed,
                          std::string& plaintext) const {
  if (sealed.size() < kSealOverheadBytes) {
    plaintext.clear();
    return corrupt("A sealed value is shorter than its frame.");
  }
  const std::uint32_t key_id = sealing_key(sealed);
  for (const KeyContext& key : current_.load(std::memory_order_acquire)->contexts().keys) {
    if (key.id != key_id) continue;
    plaintext.resize(sealed.size() - kSealOverheadBytes);
    if (key.cipher->decrypt(sealed.substr(kKeyIdBytes, kNonceBytes), aad, sealed.substr(kHeadBytes),
                            plaintext.data())) {
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
