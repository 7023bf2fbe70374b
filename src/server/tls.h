// TLS settings of a listener: TLS 1.2 and 1.3, HTTP/1.1 by ALPN, no renegotiation, no compression.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"

namespace chayan::server {

// One context serves all threads (OpenSSL locks what it shares), so that a session ticket of one
// connection is good on the next, whichever thread that lands on.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(
    const std::string& certificate_file, const std::string& key_file);

// From now on a handshake on `context` needs a client certificate: one within its validity, whose
// key is not too weak to be a proof, signed by itself if it says so, whoever issued it. The issuers
// that a client sends along are not looked at: no chain is built.
void require_client_certificate(boost::asio::ssl::context& context);

// The certificate that the peer has proven to hold, in this handshake or in the one that this
// session resumes.
struct PeerCertificate {
  std::string sha256;  // of its DER; empty where there is none
  std::chrono::system_clock::time_point not_after;
};
PeerCertificate peer_certificate(SSL* connection);

}  // namespace chayan::server
