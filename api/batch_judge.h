// The rows of a batch, admitted, paid for and answered: what POST /v1/verifications/batch and the
// page of lists do alike, whatever they make of the answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/batch_rows.h"
#include "api/endpoint.h"
#include "api/services.h"
#include "guard/guard.h"

namespace chayan::api {

// Error unavailable: this service answers no batches, or a mirror holds no records.
Result<void> require_batches(const Call& call);

struct BatchStart {
  std::optional<guard::Refusal> refusal;  // by the credential's pace; then nothing was spent
  QuotaStanding quota;                    // not granted: nothing was spent

  bool may_go() const { return !refusal && quota.granted; }
};
// Asks the credential's pace, then takes the rows off its quota of the day, all or none.
Result<BatchStart> start_batch(const Call& call, const Employer& employer, std::size_t rows);

using BatchOutcome = Result<VerifyCertificate::Output>;

// What a row's error is told as: faults of storage are the operator's, as everywhere.
Error told(const Error& error);

struct BatchCounts {
  std::int64_t rows = 0;
  std::int64_t match = 0;
  std::int64_t no_match = 0;
  std::int64_t error = 0;

  void add(const BatchOutcome& outcome);
};

// Answers the rows of a batch that may go. Outlives the call.
class BatchJudge {
 public:
  BatchJudge(const Call& call, const Employer& employer, std::vector<BatchRow> rows);
  BatchJudge(const BatchJudge&) = delete;  // caller_ points into it
  BatchJudge& operator=(const BatchJudge&) = delete;

  // Answers the next chunk, from the registry as it stands now, and shows each row with its answer,
  // in order. False: there was none left.
  using Take = std::function<void(const BatchRow& row, const BatchOutcome& outcome)>;
  bool next(const Take& take);

 private:
  void answer(std::span<const BatchRow> rows, const Take& take) const;
  BatchOutcome judge(const index::Reader& reader, const VerifyCertificate::Input& input,
                     Result<std::optional<index::Reader::Nearest>> nearest) const;

  const Environment& environment_;
  const std::string credential_;
  const guard::Caller caller_;  // names it
  const std::vector<BatchRow> rows_;
  std::size_t next_ = 0;
};

}  // namespace chayan::api
