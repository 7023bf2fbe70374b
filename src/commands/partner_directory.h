// The partners as `serve` knows them: the partner file, looked at again with each question, so that
// a revocation counts from the next request on, that of an open connection included.
#pragma once

#include <sys/stat.h>

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "api/services.h"
#include "base/bytes.h"
#include "base/result.h"

namespace chayan::commands {

class PartnerDirectory {
 public:
  // `report_fault` is told of a file that is not there or cannot be used, once until it changes.
  PartnerDirectory(std::string path, std::function<void(const Error&)> report_fault)
      : path_(std::move(path)), report_fault_(std::move(report_fault)) {}

  // The partner with this certificate (SHA-256 of its DER), where it counts. Any thread.
  //
  // A file that cannot be used leaves nobody a partner, rather than those who were: it may be there
  // to say that one of them is none any more, and a partner who waits does less harm than one who
  // reads on.
  std::optional<api::Partner> find(std::string_view fingerprint);

 private:
  // What tells one state of a file from another without reading it.
  struct Identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = -1;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;

    bool operator==(const Identity&) const = default;
  };
  static std::optional<Identity> identity_of(const std::string& path);
  void look_again();
  void refuse_all(const Error& fault);

  const std::string path_;
  const std::function<void(const Error&)> report_fault_;
  std::mutex mutex_;
  std::optional<Identity> read_;  // the state that partners_ was read from
  std::map<Hash, api::Partner> partners_;
  std::string reported_;
};

}  // namespace chayan::commands
