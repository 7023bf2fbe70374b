#include "log/commitment.h"

#include <algorithm>
#include <vector>

#include "crypto/digest.h"

namespace chayan::log {

Hash field_digest(std::string_view record_salt, std::string_view name, std::string_view value) {
  const Hash field_salt = crypto::hmac_sha256(record_salt, {name});
  std::string name_length;
  put_u32(name_length, static_cast<std::uint32_t>(name.size()));
  std::string value_length;
  put_u32(value_length, static_cast<std::uint32_t>(value.size()));
  return crypto::sha256({view(field_salt), name_length, name, value_length, value});
}

Hash commitment(std::string_view record_salt, const FieldValues& fields) {
  std::vector<Hash> digests;
  digests.reserve(fields.size());
  for (const auto& [name, value] : fields)
    digests.push_back(field_digest(record_salt, name, value));
  std::sort(digests.begin(), digests.end());
  std::string joined;
  joined.reserve(digests.size() * sizeof(Hash));
  for (const Hash& digest : digests) joined.append(view(digest));
  return crypto::sha256(joined);
}

}  // namespace chayan::log
