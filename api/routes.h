// The route table: every address of the service, once.
#pragma once

#include <span>

#include "api/route.h"

namespace chayan::api {

std::span<const Route> routes();

}  // namespace chayan::api
