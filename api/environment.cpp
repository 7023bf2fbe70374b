#include "api/environment.h"

#include "api/openapi.h"
#include "api/routes.h"
#include "api/show_limits.h"
#include "base/text.h"

namespace chayan::api {
namespace {

// The routes in the table's order, then what has no route: see Api::Dispatch.
std::vector<std::string_view> counted_routes() {
  std::vector<std::string_view> patterns;
  for (const Route& route : routes()) patterns.push_back(route.pattern);
  patterns.push_back("(none)");
  patterns.push_back("(refused)");
  return patterns;
}

}  // namespace

Environment::Environment(Services given)
    : services(std::move(given)),
      metrics(counted_routes()),
      openapi(openapi_document(routes())),
      limits(limits_document(routes(), services.guard)),
      exports(services),
      snapshots(services.store),
      figures(services.clock),
      pages(assets) {
  prepare_text();  // or the first request would wait for it
}

}  // namespace chayan::api
