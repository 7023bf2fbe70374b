#include "server/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <ctime>
#include <string_view>

namespace chayan::server {
namespace {

namespace ssl = boost::asio::ssl;

constexpr std::array<unsigned char, 6> kSessionIdContext = {'c', 'h', 'a', 'y', 'a', 'n'};
constexpr std::string_view kAlpn = "\x08http/1.1";  // length-prefixed, RFC 7301

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_bytes,
                    const unsigned char* offered, unsigned int offered_bytes, void*) {
  unsigned char* match = nullptr;
  const int outcome = SSL_select_next_proto(
      &match, chosen_bytes, reinterpret_cast<const unsigned char*>(kAlpn.data()),
      static_cast<unsigned int>(kAlpn.size()), offered, offered_bytes);
  if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = match;
  return SSL_TLSEXT_ERR_OK;
}

Error file_error(const std::string& field, const std::string& file, const std::string& cause) {
  return invalid(field, "The TLS file " + file + " cannot be used: " + cause + ".",
                 "TLS 文件 " + file + " 无法使用：" + cause + "。");
}

// As OpenSSL's security level 2, which chains are held to: a pin on a key that can be computed from
// the certificate proves nothing.
constexpr int kSecurityBitsMin = 112;

// X509_V_OK or what is wrong with a client's certificate.
int fault_of(X509* certificate) {
  // 0 is a time that cannot be read. X509_cmp_timeframe would let that one pass.
  const int begins = X509_cmp_current_time(X509_get0_notBefore(certificate));
  if (begins == 0) return X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD;
  if (begins > 0) return X509_V_ERR_CERT_NOT_YET_VALID;
  const int ends = X509_cmp_current_time(X509_get0_notAfter(certificate));
  if (ends == 0) return X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD;
  if (ends < 0) return X509_V_ERR_CERT_HAS_EXPIRED;

  EVP_PKEY* const key = X509_get0_pubkey(certificate);
  if (key == nullptr) return X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY;
  if (EVP_PKEY_get_security_bits(key) < kSecurityBitsMin) return X509_V_ERR_EE_KEY_TOO_SMALL;
  const int self_signed = X509_self_signed(certificate, /*verify_signature=*/0);
  if (self_signed < 0) return X509_V_ERR_UNSPECIFIED;
  if (self_signed == 1 && X509_verify(certificate, key) != 1) {
    return X509_V_ERR_CERT_SIGNATURE_FAILURE;
  }
  return X509_V_OK;
}

// Instead of X509_verify_cert: that one would judge the issuers, spend time on whatever chain an
// unknown client sends, and give its verdict as one of a hundred errors to be told apart.
int verify_client(X509_STORE_CTX* verification, void*) {
  const int fault = fault_of(X509_STORE_CTX_get0_cert(verification));
  X509_STORE_CTX_set_error(verification, fault);  // chooses the alert that the client is told
  ERR_clear_error();
  return fault == X509_V_OK ? 1 : 0;
}

// A ticket lives for hours, and the certificate of the session in it may have expired meanwhile:
// then the client has to shake hands in full, and fails.
SSL_TICKET_RETURN accept_ticket(SSL*, SSL_SESSION* session, const unsigned char*, std::size_t,
                                SSL_TICKET_STATUS status, void*) {
  if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) {
    return SSL_TICKET_RETURN_IGNORE_RENEW;
  }
  X509* const certificate = SSL_SESSION_get0_peer(session);
  if (certificate == nullptr || fault_of(certificate) != X509_V_OK) {
    return SSL_TICKET_RETURN_IGNORE_RENEW;
  }
  return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

}  // namespace

void require_client_certificate(ssl::context& context) {
  SSL_CTX* native = context.native_handle();
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(native, verify_client, nullptr);
  // Without one OpenSSL refuses to resume sessions that a certificate belongs to.
  SSL_CTX_set_session_id_context(native, kSessionIdContext.data(),
                                 static_cast<unsigned int>(kSessionIdContext.size()));
  SSL_CTX_set_session_ticket_cb(native, nullptr, accept_ticket, nullptr);
}

PeerCertificate peer_certificate(SSL* connection) {
  X509* const certificate = SSL_get0_peer_certificate(connection);
  if (certificate == nullptr) return {};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int bytes = 0;
  std::tm end{};
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &bytes) != 1 ||
      ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) {
    return {};
  }
  return {{reinterpret_cast<const char*>(digest.data()), bytes},
          std::chrono::system_clock::from_time_t(::timegm(&end))};
}

Result<std::shared_ptr<ssl::context>> make_tls_context(const std::string& certificate_file,
                                                       const std::string& key_file) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(
      native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);  // tickets carry the sessions
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);          // an idle connection holds none
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);

  boost::system::error_code error;
  context->use_certificate_chain_file(certificate_file, error);
  if (error) return file_error("tls_certificate_file", certificate_file, error.message());
  context->use_private_key_file(key_file, ssl::context::pem, error);
  if (error) return file_error("tls_key_file", key_file, error.message());
  if (SSL_CTX_check_private_key(native) != 1) {
    ERR_clear_error();
    return file_error("tls_key_file", key_file, "the key does not belong to the certificate");
  }
  return context;
}

}  // namespace chayan::server
