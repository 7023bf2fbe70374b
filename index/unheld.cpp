#include "index/unheld.h"

#include <charconv>

#include "index/schema.h"

namespace chayan::index {

std::optional<std::uint64_t> decode_unheld(std::string_view value) {
  std::uint64_t seq = 0;
  const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), seq);
  if (failed != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return seq;
}

Result<std::optional<std::uint64_t>> read_first_unheld(const RowView& rows) {
  const auto row = rows.get(meta_key(kUnheldRow));
  if (!row) return row.error();
  if (!*row) return std::optional<std::uint64_t>();
  const auto seq = decode_unheld(**row);
  if (!seq) return corrupt("the unheld row does not decode");
  return seq;
}

}  // namespace chayan::index
