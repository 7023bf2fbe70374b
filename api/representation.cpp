#include "api/representation.h"

#include <algorithm>

#include "api/field_value.h"
#include "api/times.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "http/content_coding.h"

namespace chayan::api {
namespace {

void set_vary(const Route& route, http::Response& response) {
  response.set("Vary", route.localized ? "Accept-Encoding, Accept-Language" : "Accept-Encoding");
}

bool is_read(http::Method method) {
  return method == http::Method::get || method == http::Method::head;
}

std::string_view field(const http::Response& response, std::string_view name) {
  const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                  [&](const http::Header& header) { return header.name == name; });
  return found == response.headers.end() ? std::string_view() : found->value;
}

http::Coding coding_for(const Route& route, const http::Request& request,
                        const http::Response& response) {
  const bool is_worth_it = route.compress && response.body.size() > limits::kCompressAboveBytes;
  return is_worth_it ? http::choose_coding(request.field("Accept-Encoding"))
                     : http::Coding::identity;
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

std::string etag_of(http::Coding coding, std::string_view body) {
  const Hash digest = crypto::sha256({http::name(coding), "\n", body});
  return '"' + to_base64url(view(digest).substr(0, 16)) + '"';
}

bool client_has_it(const http::Request& request, const http::Response& response,
                   std::string_view etag) {
  const std::string_view if_none_match = request.field("If-None-Match");
  if (!if_none_match.empty()) return names_etag(if_none_match, etag);
  const std::string_view if_modified_since = request.field("If-Modified-Since");
  const std::string_view last_modified = field(response, "Last-Modified");
  if (if_modified_since.empty() || last_modified.empty()) return false;
  const auto known = parse_http_date(if_modified_since);
  const auto modified = parse_http_date(last_modified);
  return known && modified && *modified <= *known;
}

void answer_condition(const http::Request& request, http::Response& response) {
  const std::string_view etag = field(response, "ETag");
  if (etag.empty() || !client_has_it(request, response, etag)) return;
  response.status = 304;
  response.body.clear();
  response.content_type = {};
  std::erase_if(response.headers,
                [](const http::Header& header) { return header.name == "Content-Encoding"; });
}

void set_page_headers(http::Response& response, bool camera) {
  response.set("Content-Security-Policy",
               "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
               "img-src 'self'; form-action 'self'; "
               "base-uri 'none'; frame-ancestors 'none'");
  // Tells other hosts nothing. Within this one no-referrer would make a browser send our own forms
  // with "Origin: null", like a stranger's; no address here holds anything personal.
  if (field(response, "Referrer-Policy").empty()) response.set("Referrer-Policy", "same-origin");
  response.set("Cross-Origin-Opener-Policy", "same-origin");
  // The camera is for QR codes; no page asks for anything else of a device.
  response.set("Permissions-Policy",
               std::string(camera ? "camera=(self)" : "camera=()") +
                   ", accelerometer=(), browsing-topics=(), display-capture=(), geolocation=(), "
                   "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()");
}

void finish_representation(const Route& route, const http::Request& request,
                           http::Response& response) {
  if (response.status >= 400) return;  // a problem says itself what may become of it
  response.set("Cache-Control", cache_control(route.cache));
  response.set("X-Content-Type-Options", "nosniff");
  if (route.page) set_page_headers(response, route.camera);
  if (response.body.empty()) return;

  set_vary(route, response);
  const http::Coding coding = coding_for(route, request, response);
  // Of what nobody may keep nobody has it: and a feed that recorded a disclosure must show it.
  const bool may_be_kept = route.cache != Cache::no_store;
  if (may_be_kept && is_read(request.method) && response.status == 200) {
    const std::string etag = etag_of(coding, response.body);
    response.set("ETag", etag);
    answer_condition(request, response);
    if (response.status == 304) return;
  }
  if (auto encoded = http::encode(coding, response.body)) {
    response.body = std::move(*encoded);
    response.set("Content-Encoding", http::name(coding));
  }
}

}  // namespace chayan::api
