#include "api/api_reference_page.h"

#include <string>

#include "api/openapi.h"
#include "api/page.h"
#include "api/routes.h"

namespace chayan::api {
namespace {

std::string text(std::string_view value) {
  return std::string(value);
}

PageData parameters_data(const Route& route) {
  PageData list(PageData::type::list);
  for (const Parameter& parameter : route.parameters) {
    PageData one;
    one.set("parameter", text(parameter.name));
    one.set("in_path", in_path(route, parameter));
    one.set("is_required", in_path(route, parameter) || parameter.required);
    one.set("doc", text(parameter.doc));
    one.set("schema", text(parameter.schema));
    list.push_back(one);
  }
  return list;
}

// Where a browser can try it: answers that are text and end by themselves, asked for without a
// credential.
bool can_be_tried(const Route& route) {
  const bool takes_json = route.verb == Verb::get || route.body_type == "application/json";
  const bool is_text = route.answer_type.find("json") != std::string_view::npos ||
                       route.answer_type.starts_with("text/");
  return takes_json && is_text && !route.credential;
}

PageData route_data(const Route& route) {
  PageData data;
  data.set("method", route.verb == Verb::get ? "GET" : "POST");
  data.set("path", text(route.pattern));
  data.set("operation", text(route.operation));
  data.set("summary", text(route.summary));
  data.set("parameters", parameters_data(route));
  data.set("has_parameters", !route.parameters.empty());
  set_optional(data, "body_type", route.body_type);
  set_optional(data, "body_schema", route.body_schema);
  set_optional(data, "answer_type", route.answer_type);
  set_optional(data, "answer_schema", route.answer_schema);
  data.set("status", std::to_string(route.answer_status));
  data.set("cache", text(cache_control(route.cache)));
  data.set("has_credential", route.credential);
  data.set("is_guarded", route.guarded);
  data.set("can_try", can_be_tried(route));
  return data;
}

PageData routes_data() {
  PageData list(PageData::type::list);
  for (const Route& route : routes()) {
    if ((route.listeners & kPublic) != 0 && !route.page) list.push_back(route_data(route));
  }
  return list;
}

PageData schemas_data() {
  PageData list(PageData::type::list);
  for (const NamedSchema& schema : named_schemas()) {
    PageData one;
    one.set("schema", text(schema.name));
    one.set("json", text(schema.json));
    list.push_back(one);
  }
  return list;
}

}  // namespace

Result<void> answer_api_reference_page(const Call& call, http::Response& response) {
  PageData data = page_data(Section::data, {"API reference", "接口说明"});
  data.set("routes", routes_data());
  data.set("schemas", schemas_data());
  render_page(call, "api_reference.html", data, response);
  return {};
}

}  // namespace chayan::api
