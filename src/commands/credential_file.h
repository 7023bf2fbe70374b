// The employers' credentials: a small file beside the data (DATA.credentials.json). Digests stand
// in it and no secret (crypto/bearer_secret.h says why that is enough).
//
//   {"credentials":[{"added":time,"expires":date,"name":"…","networks":["192.0.2.0/24",…],
//                    "revoked":time,"rows_per_day":N,"sha256":hex},…],"version":1}
//
// "expires" (the last day it counts on, in Shanghai), "networks" (absent: from anywhere) and
// "revoked" may be absent. What is revoked stays, as the record of who could ask when.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "domain/date.h"
#include "guard/address.h"

namespace chayan::commands {

inline std::string credential_file_of(const std::string& data) {
  return data + ".credentials.json";
}

struct Credential {
  std::string name;  // whose it is; one may have several, for the days when both are in use
  Hash digest{};
  std::uint64_t rows_per_day = 0;
  std::optional<Date> expires;
  std::vector<guard::Network> networks;
  std::string added;    // RFC 3339
  std::string revoked;  // empty: it counts

  // The first 10 hexadecimal digits of the digest: names one credential among several.
  std::string id() const;
  // Whether it is good on this day for a client at this address; takes the same time either way.
  bool counts(Date today, const guard::Address& client) const;
  bool operator==(const Credential&) const = default;
};

class CredentialList {
 public:
  static Result<CredentialList> parse(std::string_view text);
  std::string text() const;  // with a final '\n'

  const std::vector<Credential>& credentials() const { return credentials_; }

  // Names are those of commands/account_name.h.
  Result<void> add(Credential credential);
  // The credential of this id; where no credential has it, all of this name. Says how many counted
  // until now. Error not_found: none did.
  Result<std::size_t> revoke(std::string_view name_or_id, const std::string& now);

 private:
  std::vector<Credential> credentials_;  // in the order they were added
};

// No file: none. Errors: io; corrupt: it is not such a file.
Result<CredentialList> read_credential_file(const std::string& path);
Result<void> edit_credential_file(const std::string& path,
                                  const std::function<Result<void>(CredentialList&)>& edit);

}  // namespace chayan::commands
