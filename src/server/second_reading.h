// Beast's reading of a head that head_check has passed. Two parsers that agree on every boundary
// leave no room for a third one to be fooled; where they differ the request is refused.
#pragma once

#include <optional>
#include <string_view>

#include "server/head_check.h"

namespace chayan::server {

// `head` are the bytes that `checked` points into. Allocates nothing.
std::optional<Fault> read_again(std::string_view head, const Head& checked);

}  // namespace chayan::server
