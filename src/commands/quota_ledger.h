// How many rows each credential has asked for today (the day in Shanghai), remembered over
// restarts in a small file beside the data (DATA.quota.json):
//
//   {"day":"2026-11-24","rows":{"<credential id>":N,…},"version":1}
//
// The file runs ahead: before rows are granted that it does not cover it is made to cover a block
// more, durably. So only a few requests wait for an fsync, and a crash counts too much, by a block
// at most, never too little. A process that ends in order writes what was really asked for.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "api/services.h"
#include "base/clock.h"
#include "base/result.h"

namespace chayan::commands {

inline std::string quota_file_of(const std::string& data) {
  return data + ".quota.json";
}

class QuotaLedger {
 public:
  // One process at a time. `clock` outlives it. Errors: io, corrupt.
  static Result<std::unique_ptr<QuotaLedger>> open(std::string path, const Clock& clock);
  ~QuotaLedger();
  QuotaLedger(const QuotaLedger&) = delete;
  QuotaLedger& operator=(const QuotaLedger&) = delete;

  // Grants `rows` where that many are left today, all or none, and says what is left then. Any
  // thread. Error io: it cannot be remembered, and so is not granted.
  Result<api::QuotaStanding> spend(const api::Employer& employer, std::uint64_t rows);

 private:
  struct Count {
    std::uint64_t asked = 0;
    std::uint64_t covered = 0;  // what the file says
  };

  QuotaLedger(std::string path, const Clock& clock) : path_(std::move(path)), clock_(clock) {}
  Result<void> read();
  void begin_day(int day);
  Result<void> write(std::uint64_t Count::*rows) const;

  const std::string path_;
  const Clock& clock_;
  std::mutex mutex_;
  int day_ = 0;  // since 1970-01-01
  std::map<std::string, Count, std::less<>> counts_;
};

}  // namespace chayan::commands
