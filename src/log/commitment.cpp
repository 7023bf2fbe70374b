#include "log/commitment.h"

#include <algorithm>
#include <utility>

namespace chayan::log {
namespace {

using crypto::DigestAlgorithm;

Hash salted_digest(const DigestAlgorithm& algorithm, const Hash& salt, std::string_view name,
                   std::string_view value) {
  std::string name_length;
  put_u32(name_length, static_cast<std::uint32_t>(name.size()));
  std::string value_length;
  put_u32(value_length, static_cast<std::uint32_t>(value.size()));
  return algorithm.digest({view(salt), name_length, name, value_length, value});
}

Hash field_salt(const DigestAlgorithm& algorithm, std::string_view record_salt,
                std::string_view name) {
  return algorithm.hmac(record_salt, {name});
}

Commitment commit_to(const DigestAlgorithm& algorithm, std::vector<Hash> digests) {
  std::sort(digests.begin(), digests.end());
  std::string joined;
  joined.reserve(digests.size() * sizeof(Hash));
  for (const Hash& digest : digests) joined.append(view(digest));
  return {&algorithm, algorithm.digest({joined})};
}

}  // namespace

Hash field_digest(const DigestAlgorithm& algorithm, std::string_view record_salt,
                  std::string_view name, std::string_view value) {
  return salted_digest(algorithm, field_salt(algorithm, record_salt, name), name, value);
}

Commitment commitment(const DigestAlgorithm& algorithm, std::string_view record_salt,
                      const FieldValues& fields) {
  std::vector<Hash> digests;
  digests.reserve(fields.size());
  for (const auto& [name, value] : fields)
    digests.push_back(field_digest(algorithm, record_salt, name, value));
  return commit_to(algorithm, std::move(digests));
}

Opening open_fields(const DigestAlgorithm& algorithm, std::string_view record_salt,
                    const FieldValues& fields,
                    const std::function<bool(std::string_view name)>& shows) {
  Opening opening;
  for (const auto& [name, value] : fields) {
    if (shows(name)) {
      opening.opened.emplace(name, OpenedField{value, field_salt(algorithm, record_salt, name)});
    } else {
      opening.closed.push_back(field_digest(algorithm, record_salt, name, value));
    }
  }
  // Sorted, or their order would tell which field each is of.
  std::sort(opening.closed.begin(), opening.closed.end());
  return opening;
}

Commitment commitment(const DigestAlgorithm& algorithm, const Opening& opening) {
  std::vector<Hash> digests = opening.closed;
  for (const auto& [name, field] : opening.opened) {
    digests.push_back(salted_digest(algorithm, field.salt, name, field.value));
  }
  return commit_to(algorithm, std::move(digests));
}

}  // namespace chayan::log
