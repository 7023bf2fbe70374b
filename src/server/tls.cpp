#include "server/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string_view>

namespace chayan::server {
namespace {

namespace ssl = boost::asio::ssl;

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

}  // namespace

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
