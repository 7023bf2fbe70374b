// Who the partners are: a small file beside the data (DATA.partners.json), because the database is
// locked by the `serve` that has to notice each change. No secrets are in it.
//
//   {"partners":[{"certificates":[{"added":time,"revoked":time,"sha256":hex},…],
//                 "fields":[name,…],"name":"…"},…],"version":1}
//
// In the place of "fields", "all":true stands for a partner who sees everything. "revoked" is
// absent while a certificate counts. What is revoked stays, as the record of who could read when.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "index/feed.h"

namespace chayan::commands {

struct PartnerCertificate {
  Hash fingerprint{};   // SHA-256 of its DER
  std::string added;    // RFC 3339
  std::string revoked;  // empty: it counts

  bool counts() const { return revoked.empty(); }
  bool operator==(const PartnerCertificate&) const = default;
};

struct PartnerEntry {
  std::string name;
  index::Visibility profile;
  std::vector<PartnerCertificate> certificates;  // in the order they were added

  bool is_active() const;  // has a certificate that counts
  bool operator==(const PartnerEntry&) const = default;
};

// "all" or "fields", as the partner file and the ledger of disclosures write a profile. Two members
// of the object being read; a field that no payload can have is an error.
void write_profile(JsonWriter& json, const index::Visibility& profile);
index::Visibility read_profile(JsonObject& object);
// A profile from the names an operator gave: sorted, each once. Error invalid_argument: none, or
// one that is no private field.
Result<index::Visibility> profile_of_fields(std::vector<std::string> names);

// The partners and what may be done about them. A name is 1 to limits::kPartnerNameBytesMax bytes:
// letters of any script, digits, '.', '_' and '-'.
class PartnerList {
 public:
  static Result<PartnerList> parse(std::string_view text);
  std::string text() const;  // with a final '\n'

  const std::vector<PartnerEntry>& partners() const { return partners_; }

  // A new partner, or a further certificate of one, for the days when both are in use: then the
  // profile must be the one it has. Error conflict otherwise, or where the certificate was ever
  // given before: it belongs to one partner, and a revoked one does not come back.
  Result<void> add(std::string_view name, const index::Visibility& profile, const Hash& certificate,
                   const std::string& now);
  // Another profile for a partner; what it was shown under the old one stands in the ledger.
  Result<void> set_profile(std::string_view name, const index::Visibility& profile);
  // One certificate of a partner, or all that count. Error not_found: there is none.
  Result<void> revoke(std::string_view name, const std::optional<Hash>& certificate,
                      const std::string& now);

 private:
  PartnerEntry* find(std::string_view name);
  Result<void> check() const;

  std::vector<PartnerEntry> partners_;  // by name, ascending
};

// No file: no partners. Errors: io; corrupt: it is not a partner file.
Result<PartnerList> read_partner_file(const std::string& path);
// Reads, edits and replaces the file (mode 0600, a temporary name, fsync, rename), one editor at a
// time. Where `edit` fails, nothing is written.
Result<void> edit_partner_file(const std::string& path,
                               const std::function<Result<void>(PartnerList&)>& edit);

}  // namespace chayan::commands
