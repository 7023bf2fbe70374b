// Row keys that tell nothing: MAC(K_index, "certificate" ‖ number)[:16] (trust.md), and likewise
// "report" with the code of a share report and "batch" with a batch's idempotency key.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "crypto/suite.h"

namespace chayan::crypto {

using RowKey = std::array<char, 16>;

// Holds a keyed MAC context; each thread works on its own duplicate, made on first use (explicit
// fetching and duplicating is OpenSSL 3.0's fast path). Thread-safe.
class KeyedIndex {
 public:
  KeyedIndex(const Suite& suite, const Hash& index_key);
  explicit KeyedIndex(const SuiteKey& key) : KeyedIndex(*key.suite, key.secret) {}
  ~KeyedIndex();
  RowKey certificate(std::string_view canonical_number) const {
    return mac("certificate", canonical_number);
  }
  RowKey report(std::string_view canonical_code) const { return mac("report", canonical_code); }
  RowKey batch(std::string_view idempotency_key) const { return mac("batch", idempotency_key); }
  // MAC(key, label ‖ value)[:16]. The labels used under one key must not begin with one another.
  RowKey mac(std::string_view label, std::string_view value) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace chayan::crypto
