#include "crypto/signature.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include <array>

#include "crypto/evp.h"

namespace chayan::crypto {
namespace {

using evp::require;

constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kScalarBytes = 32;
constexpr std::size_t kPointBytes = 65;
constexpr std::string_view kSm2UserId = "1234567812345678";  // GM/T 0009-2012 section 10

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
  void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
  void operator()(EC_POINT* point) const { EC_POINT_free(point); }
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

// ---- SM2 keys

// `point` is 0x04 ‖ x ‖ y; `scalar` null: a public key. Null where the point is not on the curve.
Owned<EVP_PKEY> sm2_key(std::string_view point, const BIGNUM* scalar) {
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  require(builder &&
              OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "SM2",
                                              0) == 1 &&
              OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                               point.size()) == 1 &&
              (scalar == nullptr ||
               OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1),
          "SM2 key parameters");
  const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "SM2", nullptr));
  require(parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1, "SM2 key");
  EVP_PKEY* key = nullptr;
  const int selection = scalar == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, parameters.get()) != 1) ERR_clear_error();
  return Owned<EVP_PKEY>(key);
}

Owned<EVP_PKEY> sm2_key_from_secret(const Hash& secret, std::string& point) {
  const Owned<EC_GROUP> group(EC_GROUP_new_by_curve_name(NID_sm2));
  const Owned<BIGNUM> number(BN_bin2bn(secret.data(), static_cast<int>(secret.size()), nullptr));
  const Owned<BIGNUM> scalar(BN_new());
  const Owned<BIGNUM> bound(group ? BN_dup(EC_GROUP_get0_order(group.get())) : nullptr);
  const Owned<EC_POINT> product(group ? EC_POINT_new(group.get()) : nullptr);
  BN_CTX* scratch = BN_CTX_new();
  // d in [1, n-2] (GB/T 32918.1 section 6.1): one more than the secret modulo n-2.
  require(
      number && scalar && bound && product && scratch != nullptr &&
          BN_sub_word(bound.get(), 2) == 1 &&
          BN_mod(scalar.get(), number.get(), bound.get(), scratch) == 1 &&
          BN_add_word(scalar.get(), 1) == 1 &&
          EC_POINT_mul(group.get(), product.get(), scalar.get(), nullptr, nullptr, scratch) == 1,
      "SM2 key derivation");
  point.resize(kPointBytes);
  const auto written =
      EC_POINT_point2oct(group.get(), product.get(), POINT_CONVERSION_UNCOMPRESSED,
                         reinterpret_cast<unsigned char*>(point.data()), point.size(), scratch);
  BN_CTX_free(scratch);
  require(written == kPointBytes, "SM2 public key");
  auto key = sm2_key(point, scalar.get());
  require(key != nullptr, "SM2 key");
  return key;
}

// OpenSSL speaks DER; a note carries r ‖ s.
std::string fixed_from_der(const std::string& der) {
  const auto* at = evp::data(der);
  const Owned<ECDSA_SIG> signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  require(signature != nullptr, "SM2 signature");
  std::string fixed(kSignatureBytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(fixed.data());
  require(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, kScalarBytes) == kScalarBytes &&
              BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + kScalarBytes, kScalarBytes) ==
                  kScalarBytes,
          "SM2 signature");
  return fixed;
}

std::string der_from_fixed(std::string_view fixed) {
  const Owned<ECDSA_SIG> signature(ECDSA_SIG_new());
  const auto* bytes = evp::data(fixed);
  require(signature && ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes, kScalarBytes, nullptr),
                                      BN_bin2bn(bytes + kScalarBytes, kScalarBytes, nullptr)) == 1,
          "SM2 signature");
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(signature.get(), &der);
  require(length > 0, "SM2 signature");
  std::string bytes_of_der(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return bytes_of_der;
}

// ---- both schemes

// The digest context's key context, which SM2 needs told its user id, belongs to the caller.
struct Operation {
  evp::DigestContext context{EVP_MD_CTX_new()};
  Owned<EVP_PKEY_CTX> key_context;

  bool begin(SignatureScheme scheme, EVP_PKEY* key, bool signing) {
    const bool sm2 = scheme == SignatureScheme::sm2;
    if (sm2) {
      key_context.reset(EVP_PKEY_CTX_new(key, nullptr));
      if (!key_context || EVP_PKEY_CTX_set1_id(key_context.get(), kSm2UserId.data(),
                                               static_cast<int>(kSm2UserId.size())) <= 0) {
        return false;
      }
      EVP_MD_CTX_set_pkey_ctx(context.get(), key_context.get());
    }
    // Ed25519 wants no digest: it hashes the message itself, twice.
    const EVP_MD* digest = sm2 ? EVP_sm3() : nullptr;
    return (signing ? EVP_DigestSignInit : EVP_DigestVerifyInit)(context.get(), nullptr, digest,
                                                                 nullptr, key) == 1;
  }
};

}  // namespace

struct SigningKey::State {
  SignatureScheme scheme;
  std::string public_key;
  Owned<EVP_PKEY> key;
};

SigningKey::SigningKey(SignatureScheme scheme, const Hash& secret)
    : state_(std::make_unique<State>()) {
  state_->scheme = scheme;
  if (scheme == SignatureScheme::sm2) {
    state_->key = sm2_key_from_secret(secret, state_->public_key);
    return;
  }
  state_->key.reset(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.data(), secret.size()));
  std::size_t length = kScalarBytes;
  state_->public_key.resize(length);
  require(
      state_->key && EVP_PKEY_get_raw_public_key(
                         state_->key.get(),
                         reinterpret_cast<unsigned char*>(state_->public_key.data()), &length) == 1,
      "Ed25519 key");
}
SigningKey::~SigningKey() = default;
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;

SignatureScheme SigningKey::scheme() const {
  return state_->scheme;
}
const std::string& SigningKey::public_key() const {
  return state_->public_key;
}

std::string SigningKey::sign(std::string_view message) const {
  Operation operation;
  require(operation.begin(state_->scheme, state_->key.get(), true), "signing");
  std::size_t length = 0;
  require(EVP_DigestSign(operation.context.get(), nullptr, &length, evp::data(message),
                         message.size()) == 1,
          "signing");
  std::string signature(length, '\0');
  require(
      EVP_DigestSign(operation.context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                     &length, evp::data(message), message.size()) == 1,
      "signing");
  signature.resize(length);
  return state_->scheme == SignatureScheme::sm2 ? fixed_from_der(signature) : signature;
}

bool verify_signature(SignatureScheme scheme, std::string_view public_key, std::string_view message,
                      std::string_view signature) {
  if (signature.size() != kSignatureBytes) return false;
  const bool sm2 = scheme == SignatureScheme::sm2;
  if (public_key.size() != (sm2 ? kPointBytes : kScalarBytes)) return false;
  const Owned<EVP_PKEY> key =
      sm2 ? sm2_key(public_key, nullptr)
          : Owned<EVP_PKEY>(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                                        evp::data(public_key), public_key.size()));
  Operation operation;
  const std::string wire = sm2 ? der_from_fixed(signature) : std::string(signature);
  const bool verified = key && operation.begin(scheme, key.get(), false) &&
                        EVP_DigestVerify(operation.context.get(), evp::data(wire), wire.size(),
                                         evp::data(message), message.size()) == 1;
  ERR_clear_error();  // a refused signature leaves its reasons behind
  return verified;
}

}  // namespace chayan::crypto
