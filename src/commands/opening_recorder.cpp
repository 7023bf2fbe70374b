#include "commands/opening_recorder.h"

#include <optional>
#include <stop_token>
#include <utility>

#include "base/limits.h"

namespace chayan::commands {

OpeningRecorder::OpeningRecorder(const crypto::Sealer& sealer, Amend amend,
                                 std::function<void(const Error&)> report)
    : sealer_(sealer),
      amend_(std::move(amend)),
      report_(std::move(report)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

OpeningRecorder::~OpeningRecorder() {
  thread_.request_stop();
  thread_.join();
}

Result<void> OpeningRecorder::record(index::ReportOpening opening) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= limits::kReportAccessesQueuedMax) {
      return Error{ErrorCode::unavailable,
                   {},
                   {"Too many reports are being opened; try again in a moment.",
                    "打开分享报告的请求过多，请稍后再试。"}};
    }
    waiting_.push_back(std::move(opening));
  }
  wake_.notify_one();
  return {};
}

// One write at a time, of all that waits when it begins.
void OpeningRecorder::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, stop, [&] { return !waiting_.empty(); });
    if (waiting_.empty()) return;  // stopped, and nothing is left
    std::vector<index::ReportOpening> openings;
    openings.swap(waiting_);
    lock.unlock();
    write(openings);
    lock.lock();
  }
}

void OpeningRecorder::write(const std::vector<index::ReportOpening>& openings) {
  std::optional<Error> fault;
  std::uint64_t lost = 0;
  const auto written = amend_([&](index::RowBatch& rows) -> Result<void> {
    for (const index::ReportOpening& opening : openings) {
      const std::size_t before = rows.mark();
      const auto recorded = index::record_opening(rows, sealer_, opening);
      if (recorded) continue;
      rows.back_to(before);  // a report that cannot be read is no reason to lose the others
      fault = recorded.error();
      ++lost;
    }
    return {};
  });
  if (!written) {
    fault = written.error();
    lost = openings.size();
  }
  lost_ += lost;
  if (fault && report_) report_(*fault);
}

}  // namespace chayan::commands
