// Whether a POST may be another site's doing (cross-site request forgery): a page of somebody
// else's can hold a form that is sent here in the name of whoever looks at it.
//
// Asked of every request that such a form could make: of a page that takes a form, and of an order
// that takes no body at all. The browser itself says where a request comes from: in Sec-Fetch-Site
// over HTTPS and on loopback, in Origin elsewhere. Whoever says neither is no browser, and a
// stranger's page cannot make a browser keep silent.
//
// The other POSTs need no question. A form can send application/x-www-form-urlencoded,
// multipart/form-data and text/plain and nothing else; they take none of these (415, before the
// body is read), and for other types a browser asks leave first, which no answer here ever gives.
// Nor would there be anything to borrow: there is no cookie and no session, an employer's
// credential stands in Authorization, which no browser adds by itself, and the listener that knows
// its callers by their certificates takes no POST.
#pragma once

#include <string_view>

#include "api/route.h"
#include "http/message.h"

namespace chayan::api {

// Whether a form of another site could reach the route.
bool is_within_reach_of_forms(const Route& route);

// False: a browser says that another site made the request, or does not say which ("null").
// `public_url` as services.h has it: where the proxy in front changes Host, it tells our own forms.
bool comes_from_this_site(const http::Request& request, std::string_view public_url);

}  // namespace chayan::api
