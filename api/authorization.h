// Authorization: Bearer … (RFC 6750 section 2.1), for routes that ask for a credential.
#pragma once

#include <optional>
#include <string_view>

#include "api/services.h"
#include "guard/address.h"
#include "http/message.h"

namespace chayan::api {

// The token of a well-formed field "Bearer <token>"; nullopt for every other. The scheme's case
// does not matter (RFC 9110 section 11.1).
std::optional<std::string_view> bearer_token(std::string_view authorization);

struct Authorization {
  std::optional<Employer> employer;  // nullopt: none that counts
  bool mistyped = false;             // the field's own form says that it cannot be right
};

// What is typed into a form: the token without a field around it. Otherwise as below.
Authorization authorize_token(const Services& services, std::string_view token,
                              const guard::Address& client);

// Does the same work for a credential that is missing, unknown, expired, revoked or out of place.
Authorization authorize(const Services& services, const http::Request& request,
                        const guard::Address& client);

}  // namespace chayan::api
