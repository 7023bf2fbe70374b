// Whether a request may be answered at all, and by which route: everything that its head decides.
// Asked when the head is here, so that a request that is refused need not send its body, and again
// when the body is, for a credential may have been revoked meanwhile.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "api/endpoint.h"
#include "api/language.h"
#include "api/problem.h"
#include "api/route.h"
#include "api/services.h"
#include "guard/address.h"
#include "http/message.h"

namespace chayan::api {

// What was found out on the way. Views point into the request.
struct Admission {
  Language language = Language::zh;
  const Route* route = nullptr;  // of the table; null: no such address on this listener
  PathValues path;
  guard::Address client;             // who asks, proxies seen through
  std::optional<Partner> partner;    // on the partner listener
  std::optional<Employer> employer;  // where the route asks for a credential
};

// Who sent the request, the proxies that are trusted seen through.
guard::Address client_of(const Services& services, const http::Request& request);

// Judges in this order: on the partner listener the certificate (403), address (404), method
// (OPTIONS is answered, others 405), the site it comes from (403, same_site.h), credential (401),
// type and coding of the body (415). True: go on; false: `response` is the answer. The request's
// body is not looked at.
bool admit(const Environment& environment, unsigned listener, const http::Request& request,
           Admission& admission, http::Response& response);

// Longest body that is taken; 0: none, or no such route.
std::size_t body_bytes_max(unsigned listener, http::Method method, std::string_view target);

// The problem as whoever asks can read it: a page where the route is one or a browser has lost its
// way. `route` may be null.
void refuse(const Environment& environment, const Problem& problem, const Route* route,
            const http::Request& request, Language language, http::Response& response);

}  // namespace chayan::api
