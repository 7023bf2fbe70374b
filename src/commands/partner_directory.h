// The partners as `serve` knows them: the partner file, looked at again with each question, so that
// a revocation counts from the next request on, that of an open connection included.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "api/services.h"
#include "base/bytes.h"
#include "base/result.h"
#include "commands/small_file.h"

namespace chayan::commands {

class PartnerDirectory {
 public:
  // `report_fault` is told of a file that is not there or cannot be used, once until it changes.
  PartnerDirectory(const std::string& path, std::function<void(const Error&)> report_fault);

  // The partner with this certificate (SHA-256 of its DER), where it counts. Any thread. A file
  // that cannot be used leaves nobody a partner (commands/small_file.h says why).
  std::optional<api::Partner> find(std::string_view fingerprint);

 private:
  std::mutex mutex_;
  FollowedFile<std::map<Hash, api::Partner>> partners_;
};

}  // namespace chayan::commands
