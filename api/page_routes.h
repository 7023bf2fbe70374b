// The part of the route table that people meet: pages and their files.
#pragma once

#include <vector>

#include "api/route.h"

namespace chayan::api {

std::vector<Route> page_routes();

}  // namespace chayan::api
