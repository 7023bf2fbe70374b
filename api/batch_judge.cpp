#include "api/batch_judge.h"

#include <algorithm>
#include <utility>

#include "api/environment.h"
#include "api/guarded.h"
#include "base/limits.h"

namespace chayan::api {
namespace {

// The number's limits count from whomever the questions come.
Error too_often(const guard::Refusal& refusal) {
  const std::string seconds = std::to_string(refusal.retry_after.count());
  return {ErrorCode::unavailable,
          "certificate_number",
          {"This number was asked about too often; ask again after " + seconds + " seconds.",
           "该编号的查询过于频繁，请在 " + seconds + " 秒后重试。"}};
}

// Who asks, by the credential: it has a pace of its own, and the audit trail names it.
guard::Caller caller_of(const Call& call, std::string_view credential) {
  guard::Caller caller = call.caller;
  caller.credential = credential;
  caller.credential_rate = {limits::kCredentialBurst, limits::kCredentialInterval};
  return caller;
}

}  // namespace

Result<void> require_batches(const Call& call) {
  if (!call.environment.services.spend_quota) {
    return Error{
        ErrorCode::unavailable, {}, {"This service answers no batches.", "此服务不提供批量查验。"}};
  }
  return require_records(reader_of(call));
}

Result<BatchStart> start_batch(const Call& call, const Employer& employer, std::size_t rows) {
  const Services& services = call.environment.services;
  BatchStart start;
  if (services.guard != nullptr) {
    start.refusal = services.guard->admit(caller_of(call, employer.credential), {},
                                          static_cast<std::uint32_t>(rows));
  }
  if (start.refusal) return start;
  const auto quota = services.spend_quota(employer, rows);
  if (!quota) return quota.error();
  start.quota = *quota;
  return start;
}

Error told(const Error& error) {
  if (error.code != ErrorCode::corrupt && error.code != ErrorCode::io) return error;
  return {error.code,
          {},
          {"This row cannot be read at the moment, through no fault of yours; ask again later.",
           "该行暂时无法查验，与您的数据无关，请稍后重试。"}};
}

void BatchCounts::add(const BatchOutcome& outcome) {
  ++rows;
  ++(!outcome ? error : *outcome ? match : no_match);
}

BatchJudge::BatchJudge(const Call& call, const Employer& employer, std::vector<BatchRow> rows)
    : environment_(call.environment),
      credential_(employer.credential),
      caller_(caller_of(call, credential_)),
      rows_(std::move(rows)) {}

bool BatchJudge::next(const Take& take) {
  if (next_ == rows_.size()) return false;
  const std::size_t count = std::min(limits::kVerificationBatchChunkRows, rows_.size() - next_);
  answer(std::span(rows_).subspan(next_, count), take);
  next_ += count;
  return true;
}

void BatchJudge::answer(std::span<const BatchRow> rows, const Take& take) const {
  std::vector<CertificateNumber> numbers;
  for (const BatchRow& row : rows) {
    if (row.input) numbers.push_back(row.input->number);
  }
  // Not one reader for the whole batch: what is erased while somebody reads slowly is gone for
  // the rows to come, and its bytes are held by no snapshot.
  const index::Reader reader = environment_.services.store.reader();
  const auto held = require_records(reader);  // a mirror's may fail meanwhile
  auto found = reader.nearest_certificates(numbers);
  auto next = found.begin();
  for (const BatchRow& row : rows) {
    take(row, !row.input ? BatchOutcome(row.input.error())
              : !held    ? BatchOutcome(held.error())
                         : judge(reader, *row.input, std::move(*next++)));
  }
}

BatchOutcome BatchJudge::judge(const index::Reader& reader, const VerifyCertificate::Input& input,
                               Result<std::optional<index::Reader::Nearest>> nearest) const {
  auto guarded = judge_guarded(
      environment_.services, caller_, guard::AuditKind::batch_row, input.number.text(), [&] {
        return nearest ? VerifyCertificate::judge(reader, input, std::move(*nearest))
                       : BatchOutcome(nearest.error());
      });
  if (!guarded && environment_.services.report_fault) {
    environment_.services.report_fault(guarded.error());
  }
  if (!guarded) return guarded.error();
  if (guarded->refusal) return too_often(*guarded->refusal);
  return std::move(guarded->output);
}

}  // namespace chayan::api
