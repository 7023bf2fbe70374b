// The commitment by which a public entry is bound to its private fields, field by field openable
// (trust.md):
//   salt_i = HMAC-SHA-256(record_salt, name_i)
//   d_i = SHA-256(salt_i ‖ u32 length ‖ name_i ‖ u32 length ‖ value_i)
//   commitment = SHA-256(d_1 ‖ d_2 ‖ …), the d sorted
// Without the record salt (32 random bytes, erased with the payload) it tells nothing about a
// value, guessed or not.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace chayan::log {

inline constexpr std::size_t kRecordSaltBytes = 32;

using FieldValues = std::map<std::string, std::string, std::less<>>;

Hash field_digest(std::string_view record_salt, std::string_view name, std::string_view value);
Hash commitment(std::string_view record_salt, const FieldValues& fields);

}  // namespace chayan::log
