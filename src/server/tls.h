// TLS settings of a listener: TLS 1.2 and 1.3, HTTP/1.1 by ALPN, no renegotiation, no compression.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "base/result.h"

namespace chayan::server {

// One context serves all threads (OpenSSL locks what it shares), so that a session ticket of one
// connection is good on the next, whichever thread that lands on.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(
    const std::string& certificate_file, const std::string& key_file);

}  // namespace chayan::server
