// Records who opened share reports, behind the answers: an opening is handed over in memory and is
// on the disk with the next synced write, so that no reader waits for the disk. What was handed
// over is recorded before the recorder is gone; a process that is killed loses what it had not
// written, some milliseconds. An opening that cannot be recorded is reported and counted at once,
// and takes no other with it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"
#include "crypto/seal.h"
#include "index/reports.h"
#include "index/writer.h"

namespace chayan::commands {

class OpeningRecorder {
 public:
  using Amend = std::function<Result<void>(index::Amendment)>;

  // `amend` blocks until durable. `report` is told once for each write that lost openings, on the
  // recorder's thread; may be empty. All must outlive the recorder.
  OpeningRecorder(const crypto::Sealer& sealer, Amend amend,
                  std::function<void(const Error&)> report);
  ~OpeningRecorder();

  // Any thread. Error unavailable: limits::kReportAccessesQueuedMax wait already.
  Result<void> record(index::ReportOpening opening);

  // Openings that were handed over and are not on record: what /metrics shows.
  std::uint64_t lost() const { return lost_; }

 private:
  void run(const std::stop_token& stop);
  void write(const std::vector<index::ReportOpening>& openings);

  const crypto::Sealer& sealer_;
  const Amend amend_;
  const std::function<void(const Error&)> report_;
  std::atomic<std::uint64_t> lost_{0};
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<index::ReportOpening> waiting_;
  std::jthread thread_;  // last: it uses what stands above
};

}  // namespace chayan::commands
