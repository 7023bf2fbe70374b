#include "api/openapi.h"

#include <set>
#include <string>
#include <string_view>

#include "api/environment.h"
#include "api/same_site.h"

namespace chayan::api {
namespace {

void write_reference(JsonWriter& json, std::string_view schema) {
  json.begin_object();
  json.key("$ref").string("#/components/schemas/" + std::string(schema));
  json.end_object();
}

void write_media_type(JsonWriter& json, std::string_view type, std::string_view schema) {
  json.key(type).begin_object().key("schema");
  if (schema.empty()) {
    json.begin_object().member("type", "string").end_object();
  } else {
    write_reference(json, schema);
  }
  json.end_object();
}

void write_content(JsonWriter& json, std::string_view type, std::string_view schema) {
  json.key("content").begin_object();
  write_media_type(json, type, schema);
  json.end_object();
}

void write_answer(JsonWriter& json, const Route& route) {
  json.key("content").begin_object();
  write_media_type(json, route.answer_type, route.answer_schema);
  for (const std::string_view type : route.more_answer_types) write_media_type(json, type, {});
  json.end_object();
}

void write_parameters(JsonWriter& json, const Route& route) {
  json.key("parameters").begin_array();
  for (const Parameter& parameter : route.parameters) {
    const bool path = in_path(route, parameter);
    json.begin_object()
        .member("name", parameter.name)
        .member("in", path ? "path" : "query")
        .key("required")
        .boolean(path || parameter.required);
    json.member("description", parameter.doc).key("schema").raw(parameter.schema).end_object();
  }
  json.end_array();
}

void write_problem_response(JsonWriter& json, const Route& route, std::string_view status,
                            std::string_view when) {
  json.key(status).begin_object().member("description", when);
  if (route.page) {
    write_content(json, "text/html; charset=utf-8", {});
  } else {
    write_content(json, "application/problem+json", "Problem");
  }
  json.end_object();
}

void write_responses(JsonWriter& json, const Route& route) {
  json.key("responses").begin_object();
  json.key(std::to_string(route.answer_status)).begin_object().member("description", route.summary);
  if (!route.answer_type.empty()) write_answer(json, route);
  json.end_object();
  const bool may_be_kept = route.cache != Cache::no_store;
  if (may_be_kept && route.verb == Verb::get && route.answer_status == 200) {
    json.key("304").begin_object();
    json.member("description",
                "If-None-Match names the present ETag; or, without it, If-Modified-Since is not "
                "before the Last-Modified of an answer that has one.")
        .end_object();
  }
  if (route.parts) {
    json.key("206").begin_object().member("description", "The part that Range asks for.");
    write_content(json, route.answer_type, route.answer_schema);
    json.end_object();
    write_problem_response(json, route, "416", "Range begins behind the end.");
  }
  write_problem_response(json, route, "400", "A parameter or the body is invalid.");
  if (route.credential) {
    write_problem_response(json, route, "401", "There is no credential that counts.");
  }
  if (route.quota) {
    write_problem_response(json, route, "429",
                           "The credential's pace, or its quota of the day, leaves no room for "
                           "these rows. Retry-After says how many seconds to wait; no proof of "
                           "work lifts it.");
  }
  if (is_within_reach_of_forms(route)) {
    write_problem_response(json, route, "403",
                           "Sec-Fetch-Site, or else Origin, says that another site sent it.");
  }
  if (route.pattern.find('{') != std::string_view::npos || route.answer_status == 307) {
    write_problem_response(json, route, "404", "There is no such record.");
  }
  if (route.verb == Verb::post) {
    write_problem_response(json, route, "413", "The body is longer than x-body-bytes-max.");
  }
  if (!route.body_type.empty()) {
    write_problem_response(json, route, "415", "The body has another media type.");
  }
  if (route.guarded) {
    write_problem_response(
        json, route, "429",
        "Too often asked, by this client or of this number. Retry-After says how many seconds to "
        "wait. Or repeat the request with Chayan-Proof: C.N, where C is the Chayan-Challenge of "
        "this answer, N decimal digits, and SHA-256 of C.N begins with as many zero bits as C "
        "says before its dot: that lifts a client's limit, for one request.");
  }
  write_problem_response(
      json, route, "503",
      "Draining, overloaded, storage cannot be read, or a mirror does not hold it.");
  json.end_object();
}

// OpenAPI has no word for a path parameter that takes several segments: it is an ordinary one there.
std::string path_template(std::string_view pattern) {
  std::string path(pattern);
  if (const std::size_t at = path.find("...}"); at != std::string::npos) path.erase(at, 3);
  return path;
}

void write_operation(JsonWriter& json, const Route& route) {
  json.key(route.verb == Verb::get ? JsonKey("get") : JsonKey("post")).begin_object();
  json.member("operationId", route.operation).member("summary", route.summary);
  json.key("tags").begin_array().string(route.page                         ? "pages"
                                        : (route.listeners & kPublic) != 0 ? "registry"
                                                                           : "admin");
  json.end_array();
  write_parameters(json, route);
  if (route.credential) {
    json.key("security").begin_array().begin_object().key("credential").begin_array();
    json.end_array().end_object().end_array();
  }
  if (!route.body_type.empty()) {
    json.key("requestBody").begin_object().key("required").boolean(true);
    json.key("content").begin_object();
    write_media_type(json, route.body_type, route.body_schema);
    for (const std::string_view type : route.more_body_types) write_media_type(json, type, {});
    json.end_object().end_object();
    json.member("x-body-bytes-max", static_cast<std::int64_t>(route.body_bytes_max));
  }
  write_responses(json, route);
  json.member("x-cost", std::int64_t{route.cost});
  json.member("x-cache-control", cache_control(route.cache)).end_object();
}

}  // namespace

std::vector<NamedSchema> named_schemas() {
  constexpr std::string_view kBegin = "\n\"";
  constexpr std::string_view kEnd = "\": ";
  std::vector<NamedSchema> schemas;
  std::string_view rest = component_schemas();
  for (std::size_t at = rest.find(kBegin); at != std::string_view::npos;) {
    rest.remove_prefix(at + kBegin.size());
    const std::string_view name = rest.substr(0, rest.find(kEnd));
    rest.remove_prefix(name.size() + kEnd.size());
    at = rest.find(kBegin);
    std::string_view json = rest.substr(0, at);
    // The comma before the next one; of the last the brace that closes them all.
    json = json.substr(0, json.find_last_of(at == std::string_view::npos ? '}' : ','));
    while (json.ends_with('\n')) json.remove_suffix(1);
    schemas.push_back({name, json});
  }
  return schemas;
}

std::string openapi_document(std::span<const Route> routes) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("openapi", "3.1.0").key("info").begin_object();
  json.member("title", "Chayan 查验")
      .member("version", "1")
      .member("description",
              "Which filed institutions may assess this occupation at this level, and is this "
              "certificate genuine? Every GET answers HEAD too, with a strong ETag where the "
              "answer may be kept. Problems are RFC 9457 in Chinese or English by Accept-Language.")
      .end_object();
  json.key("paths").begin_object();
  // A pattern that stands twice in the table is another listener's, with another method.
  std::set<std::string_view> written;
  for (const Route& route : routes) {
    if (!written.insert(route.pattern).second) continue;
    json.key(path_template(route.pattern)).begin_object();
    for (const Route& same : routes) {
      if (same.pattern == route.pattern) write_operation(json, same);
    }
    json.end_object();
  }
  json.end_object();
  json.key("components").begin_object().key("schemas").raw(component_schemas());
  json.key("securitySchemes").begin_object().key("credential").begin_object();
  json.member("type", "http").member("scheme", "bearer").end_object().end_object();
  json.end_object().end_object();
  return out;
}

Result<void> answer_openapi(const Call& call, http::Response& response) {
  response.body = call.environment.openapi;
  return {};
}

}  // namespace chayan::api
