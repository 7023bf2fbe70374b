#include "api/api.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "api/admission.h"
#include "api/environment.h"
#include "api/openapi.h"
#include "api/prepared_answers.h"
#include "api/problem.h"
#include "api/representation.h"
#include "api/routes.h"
#include "api/show_limits.h"
#include "base/text.h"
#include "http/query.h"

namespace chayan::api {
namespace {

constexpr std::string_view kOnlyTls = "max-age=31536000";  // a year, for this host alone

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

// 0 where nobody knows yet.
std::size_t body_bytes(const http::Response& response) {
  if (!response.source) return response.body.size();
  return response.source_bytes == http::kUnknownLength ? 0 : response.source_bytes;
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
    made.body_bytes_max = [listener](http::Method method, std::string_view target) {
      return api::body_bytes_max(listener, method, target);
    };
    made.answer_by_head = [this, listener](const http::Request& request, http::Response& response) {
      return answer_by_head(listener, request, response);
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
  void answer(unsigned listener, const http::Request& request, http::Response& response) const {
    const auto begin = std::chrono::steady_clock::now();
    Admission admission;
    attempt(response, [&] {
      if (admit(environment_, listener, request, admission, response)) {
        respond(admission, request, response);
      }
    });
    if (response.wait) return;  // it comes again, and is counted then
    finish(admission.route, request, response, std::chrono::steady_clock::now() - begin);
  }

  bool answer_by_head(unsigned listener, const http::Request& request,
                      http::Response& response) const {
    const auto begin = std::chrono::steady_clock::now();
    Admission admission;
    bool admitted = false;
    attempt(response,
            [&] { admitted = admit(environment_, listener, request, admission, response); });
    if (admitted) return false;
    finish(admission.route, request, response, std::chrono::steady_clock::now() - begin);
    return true;
  }

  template <typename Work>
  void attempt(http::Response& response, Work work) const {
    try {
      work();
    } catch (...) {
      // A fault of ours or no memory: either way the request is not to blame.
      write_problem(problem_of(io_error("exception")), Language::zh, response);
      report(io_error("an exception ended a request"));
    }
  }

  void respond(Admission& admission, const http::Request& request, http::Response& response) const {
    const Route& route = *admission.route;
    const bool may_be_prepared = route.prepared && request.method != http::Method::post;
    const AnswerKey key = may_be_prepared ? key_of(admission, request) : AnswerKey();
    if (may_be_prepared && prepared_.find(key, response)) {
      return answer_condition(request, response);
    }
    const auto handled = handle(admission, request, response);
    if (!handled) {
      report(handled.error());
      return refuse(environment_, problem_of(handled.error()), &route, request, admission.language,
                    response);
    }
    if (response.wait) return;
    if (route.localized) response.set("Content-Language", tag(admission.language));
    finish_representation(route, request, response);
    // Kept only if nothing was written meanwhile: then it is of the rows that the key names.
    if (may_be_prepared && key.sequence == environment_.services.store.sequence()) {
      prepared_.keep(key, response);
    }
  }

  AnswerKey key_of(const Admission& admission, const http::Request& request) const {
    const auto now = environment_.services.clock.now().time_since_epoch();
    return {request.target, admission.language,
            http::choose_coding(request.field("Accept-Encoding")),
            std::chrono::floor<std::chrono::hours>(now).count(),
            environment_.services.store.sequence()};
  }

  Result<void> handle(Admission& admission, const http::Request& request,
                      http::Response& response) const {
    const Route& route = *admission.route;
    auto target = http::parse_target(request.target);
    if (!target) return about_known_parameter(route, target.error());
    if (auto known = check_parameters(route, target->query); !known) return known;
    if (auto decoded = decode_path(route, admission.path); !decoded) return decoded;
    Fields fields(std::move(target->query),
                  route.page ? Fields::Empty::is_absent : Fields::Empty::is_error);
    const Date today = Date::from_days(shanghai_day(environment_.services.clock.now()));
    response.status = route.answer_status;
    response.content_type = route.answer_type;
    const guard::Caller caller{guard::Network::of_client(admission.client), {}, {}};
    const auto pointer = [](const auto& optional) { return optional ? &*optional : nullptr; };
    return route.handler(
        Call{environment_, request, fields, admission.path, admission.language, today, caller,
             pointer(admission.partner), pointer(admission.employer)},
        response);
  }

  void report(const Error& error) const {
    if (error.code != ErrorCode::corrupt && error.code != ErrorCode::io) return;
    if (environment_.services.report_fault) environment_.services.report_fault(error);
  }

  void finish(const Route* route, const http::Request& request, http::Response& response,
              std::chrono::nanoseconds duration) const {
    // RFC 6797 section 7.2: over TLS alone.
    if (request.secure) response.set("Strict-Transport-Security", kOnlyTls);
    const std::size_t index =
        route == nullptr ? routes().size() : static_cast<std::size_t>(route - routes().data());
    record(index, route == nullptr ? "(none)" : route->pattern, name(request.method), response,
           duration);
  }

  void record(std::size_t index, std::string_view route, std::string_view method,
              const http::Response& response, std::chrono::nanoseconds duration) const {
    environment_.metrics.count(index, response.status, duration);
    if (environment_.services.observe) {
      environment_.services.observe(
          {route, method, response.status, body_bytes(response), duration});
    }
  }

  PreparedAnswers prepared_;
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
