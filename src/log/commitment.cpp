#include "log/commitment.h"

#include <algorithm>
#include <utility>

#include "crypto/digest.h"

namespace chayan::log {
namespace {

Hash field_salt(std::string_view record_salt, std::string_view name) {
  return crypto::hmac_sha256(record_salt, {name});
}

Hash salted_digest(const Hash& salt, std::string_view name, std::string_view value) {
  std::string name_length;
  put_u32(name_length, static_cast<std::uint32_t>(name.size()));
  std::string value_length;
  put_u32(value_length, static_cast<std::uint32_t>(value.size()));
  return crypto::sha256({view(salt), name_length, name, value_length, value});
}

Hash commit_to(std::vector<Hash> digests) {
  std::sort(digests.begin(), digests.end());
  std::string joined;
  joined.reserve(digests.size() * sizeof(Hash));
  for (const Hash& digest : digests) joined.append(view(digest));
  return crypto::sha256(joined);
}

}  // namespace

Hash field_digest(std::string_view record_salt, std::string_view name, std::string_view value) {
  return salted_digest(field_salt(record_salt, name), name, value);
}

Hash commitment(std::string_view record_salt, const FieldValues& fields) {
  std::vector<Hash> digests;
  digests.reserve(fields.size());
  for (const auto& [name, value] : fields)
    digests.push_back(field_digest(record_salt, name, value));
  return commit_to(std::move(digests));
}

Opening open_fields(std::string_view record_salt, const FieldValues& fields,
                    const std::function<bool(std::string_view name)>& shows) {
  Opening opening;
  for (const auto& [name, value] : fields) {
    if (shows(name)) {
      opening.opened.emplace(name, OpenedField{value, field_salt(record_salt, name)});
    } else {
      opening.closed.push_back(field_digest(record_salt, name, value));
    }
  }
  // Sorted, or their order would tell which field each is of.
  std::sort(opening.closed.begin(), opening.closed.end());
  return opening;
}

Hash commitment(const Opening& opening) {
  std::vector<Hash> digests = opening.closed;
  for (const auto& [name, field] : opening.opened) {
    digests.push_back(salted_digest(field.salt, name, field.value));
  }
  return commit_to(std::move(digests));
}

}  // namespace chayan::log
