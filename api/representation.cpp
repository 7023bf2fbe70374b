#include "api/representation.h"

#include "api/field_value.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "http/content_coding.h"

namespace chayan::api {
namespace {

// The digest covers the bytes before coding and the name of the coding: a library that compresses
// differently after an upgrade sends other bytes, but never under a tag that a client still holds
// for a different content.
std::string etag_of(http::Coding coding, std::string_view body) {
  const Hash digest = crypto::sha256({http::name(coding), "\n", body});
  return '"' + to_base64url(view(digest).substr(0, 16)) + '"';
}

void set_vary(const Route& route, http::Response& response) {
  response.set("Vary", route.localized ? "Accept-Encoding, Accept-Language" : "Accept-Encoding");
}

bool is_read(http::Method method) {
  return method == http::Method::get || method == http::Method::head;
}

}  // namespace

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  if (without_ows(if_none_match) == "*") return true;
  // Our tags hold no comma and no quote, so a plain split finds them in any list.
  while (!if_none_match.empty()) {
    std::string_view listed = without_ows(take_until(if_none_match, ','));
    if (listed.starts_with("W/")) listed.remove_prefix(2);
    if (listed == etag) return true;
  }
  return false;
}

void set_page_headers(http::Response& response) {
  response.set("Content-Security-Policy",
               "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
               "base-uri 'none'; frame-ancestors 'none'");
  response.set("Referrer-Policy", "no-referrer");
}

void finish_representation(const Route& route, const http::Request& request,
                           http::Response& response) {
  response.set("Cache-Control", cache_control(route.cache));
  response.set("X-Content-Type-Options", "nosniff");
  if (route.page) set_page_headers(response);
  if (response.body.empty()) return;

  set_vary(route, response);
  const bool is_worth_it = route.compress && response.body.size() > limits::kCompressAboveBytes;
  const http::Coding coding =
      is_worth_it ? http::choose_coding(request.field("Accept-Encoding")) : http::Coding::identity;
  if (is_read(request.method) && response.status == 200) {
    const std::string etag = etag_of(coding, response.body);
    response.set("ETag", etag);
    if (names_etag(request.field("If-None-Match"), etag)) {
      response.status = 304;
      response.body.clear();
      response.content_type = {};
      return;
    }
  }
  if (auto encoded = http::encode(coding, response.body)) {
    response.body = std::move(*encoded);
    response.set("Content-Encoding", http::name(coding));
  }
}

}  // namespace chayan::api
