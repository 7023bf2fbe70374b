#include "client/server_url.h"

#include <curl/curl.h>

#include <memory>
#include <optional>

namespace chayan::client {
namespace {

struct Freed {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(char* part) const { curl_free(part); }
};
using Parsed = std::unique_ptr<CURLU, Freed>;

// nullopt: the URL has no such part.
std::optional<std::string> part(const Parsed& url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return std::nullopt;
  return std::string(std::unique_ptr<char, Freed>(text).get());
}

bool has_more_than_a_place(const Parsed& url) {
  for (const CURLUPart which : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS,
                                CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    if (part(url, which)) return true;
  }
  return false;
}

Error no_address() {
  return {ErrorCode::invalid_argument,
          {},
          {"This is no address of a server: write https://registry.example or "
           "http://127.0.0.1:PORT, without a user, query or fragment.",
           {}}};
}

}  // namespace

Result<ServerUrl> parse_server_url(const std::string& url) {
  const Parsed parsed(curl_url());
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
      has_more_than_a_place(parsed)) {
    return no_address();
  }
  const auto scheme = part(parsed, CURLUPART_SCHEME);
  const auto host = part(parsed, CURLUPART_HOST);
  ServerUrl made;
  made.is_https = scheme == "https";
  made.is_this_machine = host == "127.0.0.1" || host == "[::1]" || host == "localhost";
  if (!host || (!made.is_https && scheme != "http")) return no_address();
  return made;
}

}  // namespace chayan::client
