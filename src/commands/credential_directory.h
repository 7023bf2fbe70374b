// The employers as `serve` knows them, by what a request presents.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "api/services.h"
#include "commands/credential_file.h"
#include "commands/small_file.h"

namespace chayan::commands {

class CredentialDirectory {
 public:
  // `report_fault` is told of a file that cannot be used; that there is none is no fault.
  CredentialDirectory(std::string path, const Clock& clock,
                      std::function<void(const Error&)> report_fault);

  // Whose credential has this digest, where it counts now and for a client at this address. Any
  // thread. Unknown, expired, revoked and out of place take the same work.
  std::optional<api::Employer> find(const Hash& digest, const guard::Address& client);
  // Whether there is a credential at all. Any thread.
  bool any();

 private:
  const Clock& clock_;
  std::mutex mutex_;
  FollowedFile<std::map<Hash, Credential>> credentials_;
};

}  // namespace chayan::commands
