// What an endpoint is. Each is one file pair around a struct of functions:
//
//   struct FindInstitutions {
//     struct Input { … };    parsed into domain types
//     struct Output { … };   what was read
//     static Result<Input> parse(const Call&, const index::Reader&);
//     static Result<Output> handle(const index::Reader&, const Input&);   never sees JSON
//     static void write(JsonWriter&, const Call&, const Input&, const Output&);
//   };
//
// One request makes one Reader, so parse and handle see one snapshot.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "api/fields.h"
#include "api/language.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "domain/date.h"
#include "guard/guard.h"
#include "http/message.h"
#include "index/reader.h"

namespace chayan::api {

struct Environment;
struct Partner;
struct Employer;

// What stands in a path for the braces of its pattern.
struct PathValues {
  static constexpr std::size_t kMax = 3;  // of the table's longest
  std::array<std::string_view, kMax> raw;
  std::array<std::string, kMax> decoded;
  std::size_t count = 0;
};

struct Call {
  const Environment& environment;
  const http::Request& request;
  Fields& fields;
  const PathValues& path;
  Language language;
  Date today;
  const guard::Caller& caller;       // who asks, proxies seen through
  const Partner* partner = nullptr;  // who asks on the partner listener; elsewhere null
  const Employer* employer =
      nullptr;  // who asks of a route that wants a credential; elsewhere null
};

// Fills body, content type and, where it is not the route's, the status. An error becomes a
// problem. Must not keep views into the request.
using Handler = Result<void> (*)(const Call& call, http::Response& response);

index::Reader reader_of(const Call& call);

template <typename Endpoint>
Result<void> answer_json(const Call& call, http::Response& response) {
  const index::Reader reader = reader_of(call);
  const auto input = Endpoint::parse(call, reader);
  if (!input) return input.error();
  const auto output = Endpoint::handle(reader, *input);
  if (!output) return output.error();
  JsonWriter json(response.body);
  Endpoint::write(json, call, *input, *output);
  return {};
}

}  // namespace chayan::api
