#include "api/authorization.h"

#include <algorithm>

#include "crypto/bearer_secret.h"
#include "crypto/digest.h"

namespace chayan::api {
namespace {

constexpr std::string_view kScheme = "bearer";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_token68(std::string_view text) {
  const std::size_t padding = text.find_last_not_of('=') + 1;
  return padding > 0 &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(padding), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  c == '-' || c == '.' || c == '_' || c == '~' || c == '+' || c == '/';
         });
}

}  // namespace

std::optional<std::string_view> bearer_token(std::string_view authorization) {
  if (authorization.size() <= kScheme.size() || authorization[kScheme.size()] != ' ' ||
      !std::equal(kScheme.begin(), kScheme.end(), authorization.begin(),
                  [](char a, char b) { return a == lower(b); })) {
    return std::nullopt;
  }
  authorization.remove_prefix(kScheme.size());
  authorization.remove_prefix(std::min(authorization.find_first_not_of(' '), authorization.size()));
  return is_token68(authorization) ? std::optional(authorization) : std::nullopt;
}

Authorization authorize_token(const Services& services, std::string_view token,
                              const guard::Address& client) {
  const auto secret = crypto::BearerSecret::parse(token);
  Authorization authorization;
  authorization.mistyped = !token.empty() && !secret;
  const Hash digest = secret ? secret->digest() : crypto::sha256(token);
  if (!services.find_employer) return authorization;
  auto employer = services.find_employer(digest, client);
  if (secret) authorization.employer = std::move(employer);
  return authorization;
}

Authorization authorize(const Services& services, const http::Request& request,
                        const guard::Address& client) {
  const std::string_view field = request.field("Authorization");
  const auto token = bearer_token(field);
  Authorization authorization =
      authorize_token(services, token.value_or(std::string_view()), client);
  if (!token && !field.empty()) authorization.mistyped = true;
  return authorization;
}

}  // namespace chayan::api
