#include "api/api.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "api/authorization.h"
#include "api/environment.h"
#include "api/field_value.h"
#include "api/openapi.h"
#include "api/page.h"
#include "api/problem.h"
#include "api/representation.h"
#include "api/routes.h"
#include "api/show_limits.h"
#include "base/text.h"
#include "http/query.h"

namespace chayan::api {
namespace {

constexpr std::string_view kOnlyTls = "max-age=31536000";  // a year, for this host alone

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

std::string_view name(http::Method method) {
  switch (method) {
    case http::Method::get:
      return "GET";
    case http::Method::head:
      return "HEAD";
    case http::Method::post:
      return "POST";
    case http::Method::options:
      return "OPTIONS";
    case http::Method::other:
      break;
  }
  return "other";
}

std::optional<Verb> verb_of(http::Method method) {
  if (method == http::Method::get || method == http::Method::head) return Verb::get;
  if (method == http::Method::post) return Verb::post;
  return std::nullopt;
}

std::string_view allow(Verb verb) {
  return verb == Verb::get ? "GET, HEAD, OPTIONS" : "POST, OPTIONS";
}

// 0 where nobody knows yet.
std::size_t body_bytes(const http::Response& response) {
  if (!response.source) return response.body.size();
  return response.source_bytes == http::kUnknownLength ? 0 : response.source_bytes;
}

bool takes(const Route& route, std::string_view content_type) {
  if (has_media_type(content_type, route.body_type)) return true;
  return std::any_of(route.more_body_types.begin(), route.more_body_types.end(),
                     [&](std::string_view type) { return has_media_type(content_type, type); });
}

// A coded body would be read as malformed JSON, which is not what is wrong with it.
bool is_coded(std::string_view content_encoding) {
  const std::string_view coding = without_ows(content_encoding);
  return !coding.empty() && coding != "identity";
}

Error unknown_parameter(const Route& route, std::string_view given) {
  std::string_view nearest;
  std::size_t distance = 3;  // more edits than two are another word
  std::string known;
  for (const Parameter& parameter : route.parameters) {
    if (in_path(route, parameter)) continue;
    known += known.empty() ? "" : ", ";
    known += parameter.name;
    const std::size_t edits = edit_distance(given, parameter.name);
    if (edits >= distance || edits >= parameter.name.size()) continue;  // "x" is no slip of "q"
    nearest = parameter.name;
    distance = edits;
  }
  if (known.empty()) {
    return invalid("query", "This address takes no query parameters; remove them.",
                   "该地址不接受查询参数，请去掉。");
  }
  if (!nearest.empty()) {
    const std::string word(nearest);
    return invalid(word, "There is no such parameter; did you mean \"" + word + "\"?",
                   "没有这个参数；您要写的是“" + word + "”吗？");
  }
  // Not a slip of ours: it may be anybody's name or number, so it is not repeated.
  return invalid("query",
                 "There is a parameter that this address does not take. It takes: " + known + ".",
                 "有该地址不接受的参数。可用的参数：" + known + "。");
}

// What cannot be parsed may hold anything under any name; only names of ours are repeated.
Error about_known_parameter(const Route& route, Error error) {
  const bool ours = std::any_of(route.parameters.begin(), route.parameters.end(),
                                [&](const Parameter& p) { return p.name == error.field; });
  if (!ours) error.field = "query";
  return error;
}

Result<void> check_parameters(const Route& route,
                              const std::vector<http::QueryParameter>& parameters) {
  for (const http::QueryParameter& given : parameters) {
    const bool known = std::any_of(
        route.parameters.begin(), route.parameters.end(), [&](const Parameter& parameter) {
          return parameter.name == given.name && !in_path(route, parameter);
        });
    if (!known) return unknown_parameter(route, given.name);
  }
  return {};
}

Result<void> decode_path(const Route& route, PathValues& values) {
  for (std::size_t i = 0; i < values.count; ++i) {
    auto decoded = http::decode_segment(values.raw[i]);
    if (!decoded) {
      Error error = decoded.error();
      error.field = brace_name(route.pattern, i);
      return error;
    }
    values.decoded[i] = std::move(*decoded);
  }
  return {};
}

}  // namespace

class Api::Dispatch {
 public:
  explicit Dispatch(Services services) : environment_(std::move(services)) {}

  http::Application application(unsigned listener) const {
    http::Application made;
    made.body_bytes_max = [this, listener](http::Method method, std::string_view target) {
      PathValues values;
      const Route* route = find(path_of(target), listener, values);
      return route != nullptr && verb_of(method) == route->verb ? route->body_bytes_max : 0;
    };
    made.answer = [this, listener](const http::Request& request, http::Response& response) {
      answer(listener, request, response);
    };
    made.refuse = [this](http::Refusal refusal, std::string_view reason,
                         std::string_view accept_language, http::Response& response) {
      write_problem(problem_of(refusal, reason), choose_language(accept_language), response);
      record(routes().size() + 1, "(refused)", "other", response, {});
    };
    return made;
  }

 private:
  // Who asks, where they have shown it; see Call.
  struct Asking {
    guard::Caller caller;
    const Partner* partner = nullptr;
    const Employer* employer = nullptr;
  };

  const Route* find(std::string_view path, unsigned listener, PathValues& values) const {
    for (const Route& route : routes()) {
      if ((route.listeners & listener) != 0 && matches(route.pattern, path, values)) return &route;
    }
    return nullptr;
  }

  void answer(unsigned listener, const http::Request& request, http::Response& response) const {
    const auto begin = std::chrono::steady_clock::now();
    PathValues values;
    const Route* route = find(path_of(request.target), listener, values);
    try {
      respond(listener, route, values, request, response);
      if (response.wait) return;  // it comes again, and is counted then
      // RFC 6797 section 7.2: over TLS alone.
      if (request.secure) response.set("Strict-Transport-Security", kOnlyTls);
    } catch (...) {
      // A fault of ours or no memory: either way the request is not to blame.
      write_problem(problem_of(io_error("exception")), Language::zh, response);
      report(io_error("an exception ended a request"));
    }
    const auto duration = std::chrono::steady_clock::now() - begin;
    const std::size_t index =
        route == nullptr ? routes().size() : static_cast<std::size_t>(route - routes().data());
    record(index, route == nullptr ? "(none)" : route->pattern, name(request.method), response,
           duration);
  }

  void respond(unsigned listener, const Route* route, PathValues& values,
               const http::Request& request, http::Response& response) const {
    const Language language = choose_language(request.field("Accept-Language"));
    std::optional<Partner> partner;
    if (listener == kPartner) {
      partner = find_partner(request.peer_certificate);
      if (!partner) return refuse(no_partner(), route, request, language, response);
    }
    if (route == nullptr) return refuse(no_such_path(), route, request, language, response);
    if (request.method == http::Method::options) {
      response.status = 204;
      response.set("Allow", allow(route->verb));
      response.set("Cache-Control", "no-store");
      return;
    }
    if (verb_of(request.method) != route->verb) {
      refuse(method_not_allowed(), route, request, language, response);
      response.set("Allow", allow(route->verb));
      return;
    }
    const guard::Address client = client_of(request);
    Authorization authorization;
    if (route->credential) {
      authorization = authorize(environment_.services, request, client);
      if (!authorization.employer) {
        refuse(no_credential(authorization.mistyped), route, request, language, response);
        response.set("WWW-Authenticate", "Bearer");
        return;
      }
    }
    if (!route->body_type.empty() && !takes(*route, request.field("Content-Type"))) {
      return refuse(unsupported_media_type(route->body_type), route, request, language, response);
    }
    if (!route->body_type.empty() && is_coded(request.field("Content-Encoding"))) {
      return refuse(unsupported_content_coding(), route, request, language, response);
    }
    const Asking asking{guard::Caller{guard::Network::of_client(client), {}, {}},
                        partner ? &*partner : nullptr,
                        authorization.employer ? &*authorization.employer : nullptr};
    const auto handled = handle(*route, values, request, language, asking, response);
    if (!handled) {
      report(handled.error());
      return refuse(problem_of(handled.error()), route, request, language, response);
    }
    if (response.wait) return;
    if (route->localized) response.set("Content-Language", tag(language));
    finish_representation(*route, request, response);
  }

  Result<void> handle(const Route& route, PathValues& values, const http::Request& request,
                      Language language, const Asking& asking, http::Response& response) const {
    auto target = http::parse_target(request.target);
    if (!target) return about_known_parameter(route, target.error());
    if (auto known = check_parameters(route, target->query); !known) return known;
    if (auto decoded = decode_path(route, values); !decoded) return decoded;
    Fields fields(std::move(target->query),
                  route.page ? Fields::Empty::is_absent : Fields::Empty::is_error);
    const Date today = Date::from_days(shanghai_day(environment_.services.clock.now()));
    response.status = route.answer_status;
    response.content_type = route.answer_type;
    return route.handler(Call{environment_, request, fields, values, language, today, asking.caller,
                              asking.partner, asking.employer},
                         response);
  }

  guard::Address client_of(const http::Request& request) const {
    const guard::Address client = guard::Address::parse(request.client).value_or(guard::Address());
    const guard::TrustedProxies* proxies = environment_.services.proxies;
    if (proxies == nullptr || !proxies->trusts(client)) return client;
    return proxies->client(client, request.list("X-Forwarded-For"));
  }

  std::optional<Partner> find_partner(std::string_view fingerprint) const {
    const auto& find = environment_.services.find_partner;
    return find && !fingerprint.empty() ? find(fingerprint) : std::nullopt;
  }

  void refuse(const Problem& problem, const Route* route, const http::Request& request,
              Language language, http::Response& response) const {
    const bool browser =
        route == nullptr && request.field("Accept").find("text/html") != std::string_view::npos;
    if (browser || (route != nullptr && route->page)) {
      write_problem_page(environment_, problem, language, response);
    } else {
      write_problem(problem, language, response);
    }
  }

  void report(const Error& error) const {
    if (error.code != ErrorCode::corrupt && error.code != ErrorCode::io) return;
    if (environment_.services.report_fault) environment_.services.report_fault(error);
  }

  void record(std::size_t index, std::string_view route, std::string_view method,
              const http::Response& response, std::chrono::nanoseconds duration) const {
    environment_.metrics.count(index, response.status, duration);
    if (environment_.services.observe) {
      environment_.services.observe(
          {route, method, response.status, body_bytes(response), duration});
    }
  }

  mutable Environment environment_;  // mutable for its counters alone
};

Api::Api(Services services) : dispatch_(std::make_unique<Dispatch>(std::move(services))) {}
Api::~Api() = default;

http::Application Api::public_application() const {
  return dispatch_->application(kPublic);
}
http::Application Api::admin_application() const {
  return dispatch_->application(kAdmin);
}
http::Application Api::partner_application() const {
  return dispatch_->application(kPartner);
}

index::Reader reader_of(const Call& call) {
  return call.environment.services.store.reader();
}

}  // namespace chayan::api
