#include "api/same_site.h"

#include <algorithm>

namespace chayan::api {
namespace {

bool equal_without_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// Over TLS an origin of plain HTTP is another's: anybody on the way can be it. Without TLS here a
// proxy may have it.
bool is_origin_of(std::string_view origin, std::string_view host, bool secure) {
  constexpr std::string_view kHttps = "https://";
  constexpr std::string_view kHttp = "http://";
  if (origin.starts_with(kHttps)) {
    origin.remove_prefix(kHttps.size());
  } else if (!secure && origin.starts_with(kHttp)) {
    origin.remove_prefix(kHttp.size());
  } else {
    return false;
  }
  return !host.empty() && equal_without_case(origin, host);
}

}  // namespace

bool is_within_reach_of_forms(const Route& route) {
  return route.verb == Verb::post && (route.page || route.body_type.empty());
}

bool comes_from_this_site(const http::Request& request, std::string_view public_url) {
  const std::string_view site = request.field("Sec-Fetch-Site");
  if (!site.empty()) return site == "same-origin" || site == "none";
  const std::string_view origin = request.field("Origin");
  if (origin.empty()) return true;
  if (!public_url.empty() && equal_without_case(origin, public_url)) return true;
  return is_origin_of(origin, request.field("Host"), request.secure);
}

}  // namespace chayan::api
