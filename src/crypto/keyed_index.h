// Row keys that tell nothing: MAC(K_index, "certificate" ‖ number)[:16] (trust.md).
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "base/bytes.h"

namespace chayan::crypto {

using RowKey = std::array<char, 16>;

// Holds a keyed MAC context; each thread works on its own duplicate, made on first use (explicit
// fetching and duplicating is OpenSSL 3.0's fast path). Thread-safe.
class KeyedIndex {
 public:
  explicit KeyedIndex(const Hash& index_key);
  ~KeyedIndex();
  RowKey certificate(std::string_view canonical_number) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace chayan::crypto
