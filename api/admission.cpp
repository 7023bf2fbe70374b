#include "api/admission.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <unordered_map>

#include "api/authorization.h"
#include "api/environment.h"
#include "api/field_value.h"
#include "api/page.h"
#include "api/routes.h"
#include "api/same_site.h"
#include "http/query.h"

namespace chayan::api {
namespace {

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

// The routes without braces, which are most of what is asked for, by path.
const std::unordered_multimap<std::string_view, const Route*>& literal_routes() {
  static const auto made = [] {
    std::unordered_multimap<std::string_view, const Route*> literal;
    for (const Route& route : routes()) {
      if (brace_name(route.pattern, 0).empty()) literal.emplace(route.pattern, &route);
    }
    return literal;
  }();
  return made;
}

const Route* find(unsigned listener, std::string_view target, PathValues& values) {
  const std::string_view path = path_of(target);
  const auto [first, last] = literal_routes().equal_range(path);
  for (auto at = first; at != last; ++at) {
    if ((at->second->listeners & listener) != 0) return at->second;
  }
  for (const Route& route : routes()) {
    if ((route.listeners & listener) != 0 && matches(route.pattern, path, values)) return &route;
  }
  return nullptr;
}

std::optional<Verb> verb_of(http::Method method) {
  if (method == http::Method::get || method == http::Method::head) return Verb::get;
  if (method == http::Method::post) return Verb::post;
  return std::nullopt;
}

std::string_view allow(Verb verb) {
  return verb == Verb::get ? "GET, HEAD, OPTIONS" : "POST, OPTIONS";
}

bool takes(const Route& route, std::string_view content_type) {
  if (has_media_type(content_type, route.body_type)) return true;
  return std::any_of(route.more_body_types.begin(), route.more_body_types.end(),
                     [&](std::string_view type) { return has_media_type(content_type, type); });
}

// As the server read it, which refuses a field that is no number.
std::uint64_t announced_bytes(const http::Request& request) {
  std::uint64_t bytes = 0;
  const std::string_view text = request.field("Content-Length");
  std::from_chars(text.data(), text.data() + text.size(), bytes);
  return bytes;
}

// A coded body would be read as malformed JSON, which is not what is wrong with it.
bool is_coded(std::string_view content_encoding) {
  const std::string_view coding = without_ows(content_encoding);
  return !coding.empty() && coding != "identity";
}

std::optional<Partner> find_partner(const Services& services, std::string_view fingerprint) {
  return services.find_partner && !fingerprint.empty() ? services.find_partner(fingerprint)
                                                       : std::nullopt;
}

// nullopt: nothing speaks against the request but, maybe, its method.
std::optional<Problem> objection(const Environment& environment, unsigned listener,
                                 const http::Request& request, Admission& admission) {
  const Services& services = environment.services;
  admission.route = find(listener, request.target, admission.path);
  admission.client = client_of(services, request);
  if (listener == kPartner) {
    admission.partner = find_partner(services, request.peer_certificate);
    if (!admission.partner) return no_partner();
  }
  if (admission.route == nullptr) return no_such_path();
  const Route& route = *admission.route;
  if (request.method == http::Method::options) return std::nullopt;
  if (verb_of(request.method) != route.verb) return method_not_allowed();
  if (is_within_reach_of_forms(route) &&
      !comes_from_this_site(request, services.public_url ? services.public_url() : "")) {
    return foreign_form();
  }
  if (route.credential) {
    Authorization authorization = authorize(services, request, admission.client);
    if (!authorization.employer) return no_credential(authorization.mistyped);
    admission.employer = std::move(authorization.employer);
  }
  if (route.body_type.empty()) return std::nullopt;
  // A body that is here is no longer than that: the server asked body_bytes_max() for it.
  if (request.body.empty() && announced_bytes(request) > route.body_bytes_max) {
    return body_too_large(route.body_bytes_max);
  }
  if (!takes(route, request.field("Content-Type"))) return unsupported_media_type(route.body_type);
  if (is_coded(request.field("Content-Encoding"))) return unsupported_content_coding();
  return std::nullopt;
}

}  // namespace

guard::Address client_of(const Services& services, const http::Request& request) {
  const guard::Address client = guard::Address::parse(request.client).value_or(guard::Address());
  const guard::TrustedProxies* proxies = services.proxies;
  if (proxies == nullptr || !proxies->trusts(client)) return client;
  return proxies->client(client, request.list("X-Forwarded-For"));
}

bool admit(const Environment& environment, unsigned listener, const http::Request& request,
           Admission& admission, http::Response& response) {
  admission.language = choose_language(request.field("Accept-Language"));
  const auto problem = objection(environment, listener, request, admission);
  if (problem) {
    refuse(environment, *problem, admission.route, request, admission.language, response);
    if (problem->status == 405) response.set("Allow", allow(admission.route->verb));
    if (problem->status == 401) response.set("WWW-Authenticate", "Bearer");
    return false;
  }
  if (request.method != http::Method::options) return true;
  response.status = 204;
  response.set("Allow", allow(admission.route->verb));
  response.set("Cache-Control", "no-store");
  return false;
}

std::size_t body_bytes_max(unsigned listener, http::Method method, std::string_view target) {
  PathValues values;
  const Route* route = find(listener, target, values);
  return route != nullptr && verb_of(method) == route->verb ? route->body_bytes_max : 0;
}

void refuse(const Environment& environment, const Problem& problem, const Route* route,
            const http::Request& request, Language language, http::Response& response) {
  const bool browser =
      route == nullptr && request.field("Accept").find("text/html") != std::string_view::npos;
  if (browser || (route != nullptr && route->page)) {
    write_problem_page(environment, problem, language, response);
  } else {
    write_problem(problem, language, response);
  }
}

}  // namespace chayan::api
