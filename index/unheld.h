// What a mirror was not given: a feed that shows its reader no private fields, or only some, is
// followed all the same, and what it passed over is not sent again. From there on the mirror knows
// too little of certificates to say anything about one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "index/row_batch.h"

namespace chayan::index {

// Its row (m): the seq of the first such entry.
inline constexpr std::string_view kUnheldRow = "unheld";

// The value of the row; nullopt: it does not decode.
std::optional<std::uint64_t> decode_unheld(std::string_view value);

// The seq that the row says; nullopt: all private fields that are not erased are here, as they are
// at a log's origin.
Result<std::optional<std::uint64_t>> read_first_unheld(const RowView& rows);

}  // namespace chayan::index
