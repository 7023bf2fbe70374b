// GET /livez, /readyz and /metrics: what the machinery around the service asks.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

// The process answers.
Result<void> answer_livez(const Call& call, http::Response& response);
// It should be sent requests: 503 while it drains. A store that opened read-only still answers
// every question, so it is ready, and says what it is.
Result<void> answer_readyz(const Call& call, http::Response& response);
Result<void> answer_metrics(const Call& call, http::Response& response);

}  // namespace chayan::api
