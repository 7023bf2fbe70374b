// One route: everything that is to be known about an address, once. Dispatch, 404, 405, HEAD, body
// limits, the check of query parameters, /openapi.json and /v1/limits all read it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "api/endpoint.h"
#include "http/message.h"

namespace chayan::api {

// A parameter of the query, or of the path where the pattern names it in braces.
struct Parameter {
  std::string_view name;
  std::string_view schema;  // JSON Schema
  std::string_view doc;
  bool required = false;
};

enum class Verb { get, post };  // get answers HEAD too

// Who may keep an answer, and for how long without asking again.
enum class Cache {
  no_store,   // about a person, or about this very moment
  log_head,   // public, seconds: moves with every commit
  registry,   // public, a minute: what a suspended filing may look effective for
  page,       // public, five minutes: changes with a release only
  immutable,  // public, a year: the address names the content
};
std::string_view cache_control(Cache cache);

// On which listeners a route answers.
inline constexpr unsigned kPublic = 1;
inline constexpr unsigned kAdmin = 2;
inline constexpr unsigned kPartner = 4;

struct Route {
  Verb verb = Verb::get;
  std::string_view pattern;    // "/v1/institutions/{credit_code}"
  std::string_view operation;  // operationId
  std::string_view summary;
  std::vector<Parameter> parameters = {};
  std::string_view body_type = {};                     // media type of the request body
  std::vector<std::string_view> more_body_types = {};  // text, without a schema
  std::string_view body_schema = {};                   // name in components/schemas
  std::size_t body_bytes_max = 0;
  std::string_view answer_type = "application/json";
  std::vector<std::string_view> more_answer_types = {};  // where the address says which it is
  std::string_view answer_schema = {};  // name in components/schemas; empty: not JSON
  int answer_status = 200;
  bool parts = false;    // Range is answered: 206, 416
  bool compress = true;  // false: the bytes are as good as random, or compressed already
  Cache cache = Cache::registry;
  int cost = 1;             // relative: 1 is a read by key, 5 a scan
  bool localized = false;   // the answer has sentences in the language of Accept-Language
  bool credential = false;  // an employer's is asked for: 401 without one that counts
  bool quota = false;       // takes rows off a credential's: 429 is an answer, no proof lifts it
  bool page = false;        // for people: its problems are pages
  bool camera = false;      // the page may ask for the camera
  bool prepared = false;    // the answer may be kept ready, see prepared_answers.h
  bool guarded = false;     // asks the guard's limits: 429 is an answer
  unsigned listeners = kPublic;
  Handler handler = nullptr;
};

// Whether `path` (undecoded) is of this pattern. The segments that stand for braces are put into
// `values`, undecoded, in order. A last brace of the form {name...} stands for all that is left,
// one segment or more.
bool matches(std::string_view pattern, std::string_view path, PathValues& values);

// Whether the parameter stands in the path of the route, not in its query.
bool in_path(const Route& route, const Parameter& parameter);

// "credit_code" of "/v1/institutions/{credit_code}/history", by index.
std::string_view brace_name(std::string_view pattern, std::size_t index);

}  // namespace chayan::api
