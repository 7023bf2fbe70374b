// The commitment by which a public entry is bound to its private fields, field by field openable
// (trust.md):
//   salt_i = HMAC(record_salt, name_i)
//   d_i = digest(salt_i ‖ u32 length ‖ name_i ‖ u32 length ‖ value_i)
//   commitment = digest(d_1 ‖ d_2 ‖ …), the d sorted
// The digest is SHA-256 where the log's suite is intl and SM3 where it is gm; the entry's body names
// it ("alg"), and who reads an entry goes by that, whatever suite his own keys are of.
// Without the record salt (32 random bytes, erased with the payload) it tells nothing about a
// value, guessed or not.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "crypto/digest.h"

namespace chayan::log {

inline constexpr std::size_t kRecordSaltBytes = 32;

using FieldValues = std::map<std::string, std::string, std::less<>>;

struct Commitment {
  const crypto::DigestAlgorithm* algorithm = &crypto::kSha256;
  Hash digest{};

  bool operator==(const Commitment&) const = default;
};

Hash field_digest(const crypto::DigestAlgorithm& algorithm, std::string_view record_salt,
                  std::string_view name, std::string_view value);
Commitment commitment(const crypto::DigestAlgorithm& algorithm, std::string_view record_salt,
                      const FieldValues& fields);

// Some fields of a record, shown so that they can be held against the commitment, and of the others
// no more than their digests: what a partner with a narrow profile and the bearer of a receipt get.
struct OpenedField {
  std::string value;
  Hash salt{};

  bool operator==(const OpenedField&) const = default;
};
struct Opening {
  std::map<std::string, OpenedField, std::less<>> opened;
  std::vector<Hash> closed;  // digests of the rest, ascending

  bool operator==(const Opening&) const = default;
};

// Opens the fields for which `shows(name)` is true.
Opening open_fields(const crypto::DigestAlgorithm& algorithm, std::string_view record_salt,
                    const FieldValues& fields,
                    const std::function<bool(std::string_view name)>& shows);
Commitment commitment(const crypto::DigestAlgorithm& algorithm, const Opening& opening);

}  // namespace chayan::log
