// What goes wrong, as application/problem+json (RFC 9457). The one file that knows which HTTP
// status an error has; nothing is ever a 500. No byte of a request stands in a problem.
#pragma once

#include <string>
#include <string_view>

#include "api/language.h"
#include "base/result.h"
#include "http/message.h"

namespace chayan::api {

struct Problem {
  int status = 400;
  std::string_view kind;  // a literal; the type is "urn:chayan:problem:" + kind
  Message title;
  Message detail;
  std::string field;  // empty: no input field is to blame
};

Problem problem_of(const Error& error);
// `reason` is the server's English sentence about the framing.
Problem problem_of(http::Refusal refusal, std::string_view reason);

// What the dispatch itself finds.
Problem no_such_path();
Problem method_not_allowed();
Problem unsupported_media_type(std::string_view wanted);  // a literal, "application/json"
Problem body_too_large(std::size_t bytes_max);
Problem unsupported_content_coding();
Problem no_partner();
Problem foreign_form();
// One for every limit: which it was, and of whom, is not told.
Problem too_many_requests();
// One for missing, unknown, expired, revoked and out of place. That a credential is mistyped is
// seen from its form alone, and said.
Problem no_credential(bool mistyped);
Problem quota_spent();

// Status, type, body and the headers of a problem; replaces what the response held.
void write_problem(const Problem& problem, Language language, http::Response& response);
// The headers alone, for a problem that is shown as a page.
void set_problem_headers(const Problem& problem, Language language, http::Response& response);

}  // namespace chayan::api
