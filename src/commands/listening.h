// What the commands that listen have in common.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "api/services.h"
#include "server/server.h"

namespace chayan::commands {

bool is_loopback(const server::Endpoint& endpoint);
// "127.0.0.1:8080", "[::1]:8080"
std::string text(const server::Endpoint& endpoint);
// The counters of these servers added up, as /metrics shows them.
std::vector<api::Sample> samples(std::span<const server::Counters* const> servers);

}  // namespace chayan::commands
