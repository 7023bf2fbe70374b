#include "crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "crypto/evp.h"

namespace chayan::crypto {

namespace {

Hash digest_of(const evp::DigestContext& context, std::initializer_list<std::string_view> parts) {
  evp::restart(context.get());
  for (const std::string_view part : parts) evp::update(context.get(), part);
  return evp::finish(context.get());
}

}  // namespace

Hash sha256(std::initializer_list<std::string_view> parts) {
  thread_local const evp::DigestContext context = evp::make_sha256();
  return digest_of(context, parts);
}

Hash sm3(std::initializer_list<std::string_view> parts) {
  thread_local const evp::DigestContext context = evp::make_sm3();
  return digest_of(context, parts);
}

struct Sha256Stream::State {
  evp::DigestContext context = evp::make_sha256();
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {}
Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::update(std::string_view bytes) {
  evp::update(state_->context.get(), bytes);
}

Hash Sha256Stream::finish() {
  return evp::finish(state_->context.get());
}

Hash hmac_sha256(std::string_view key, std::initializer_list<std::string_view> parts) {
  thread_local const evp::MacContext context = evp::make_hmac(kSha256.name);
  evp::set_key(context.get(), key);
  return evp::mac(context.get(), parts);
}

Hash hmac_sm3(std::string_view key, std::initializer_list<std::string_view> parts) {
  thread_local const evp::MacContext context = evp::make_hmac(kSm3.name);
  evp::set_key(context.get(), key);
  return evp::mac(context.get(), parts);
}

const DigestAlgorithm* find_digest(std::string_view name) {
  for (const DigestAlgorithm* algorithm : {&kSha256, &kSm3}) {
    if (algorithm->name == name) return algorithm;
  }
  return nullptr;
}

Hash hkdf(const DigestAlgorithm& algorithm, std::string_view secret, std::string_view info) {
  // Extract with the salt of zeros that stands for none, then the first block of Expand: 32 bytes
  // is exactly one, so the general loop (and OpenSSL's KDF fetch) is not needed.
  const Hash no_salt{};
  Hash extracted = algorithm.hmac(view(no_salt), {secret});
  const Hash derived = algorithm.hmac(view(extracted), {info, std::string_view("\x01", 1)});
  OPENSSL_cleanse(extracted.data(), extracted.size());
  return derived;
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes_ex(nullptr, reinterpret_cast<unsigned char*>(bytes.data()), count, 0) != 1) {
    evp::end_process("RAND_bytes_ex");
  }
  return bytes;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace chayan::crypto
