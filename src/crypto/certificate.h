// X.509 certificates by which others prove who they are.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace chayan::crypto {

// SHA-256 of the DER of the one certificate in this PEM text: what http::Request::peer_certificate
// holds when its owner connects. Text around it is skipped, a private key too. Error
// invalid_argument: none, one that does not parse, or several, of which nobody can say which is
// meant.
Result<Hash> certificate_fingerprint(std::string_view pem);

}  // namespace chayan::crypto
