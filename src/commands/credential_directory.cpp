#include "commands/credential_directory.h"

#include <utility>

namespace chayan::commands {
namespace {

using Credentials = std::map<Hash, Credential>;

Result<Credentials> credentials_of_file(const std::string& path) {
  const auto list = read_credential_file(path);
  if (!list) return list.error();
  Credentials credentials;
  for (const Credential& one : list->credentials()) credentials.emplace(one.digest, one);
  return credentials;
}

Credential nobody() {
  Credential credential;
  credential.revoked = "always";
  return credential;
}

}  // namespace

CredentialDirectory::CredentialDirectory(std::string path, const Clock& clock,
                                         std::function<void(const Error&)> report_fault)
    : clock_(clock),
      credentials_(std::move(path), credentials_of_file, std::nullopt, std::move(report_fault)) {}

std::optional<api::Employer> CredentialDirectory::find(const Hash& digest,
                                                       const guard::Address& client) {
  static const Credential kNobody = nobody();
  const Date today = Date::from_days(shanghai_day(clock_.now()));
  const std::lock_guard lock(mutex_);
  const Credentials& credentials = credentials_.look();
  const auto found = credentials.find(digest);
  const Credential& credential = found == credentials.end() ? kNobody : found->second;
  const bool counts = credential.counts(today, client);
  api::Employer employer{credential.id(), credential.name, credential.rows_per_day};
  return counts ? std::optional(std::move(employer)) : std::nullopt;
}

bool CredentialDirectory::any() {
  const std::lock_guard lock(mutex_);
  return !credentials_.look().empty();
}

}  // namespace chayan::commands
