// Records who opened share reports, behind the answers: an opening is handed over in memory and is
// on the disk with the next synced write, so that no reader waits for the disk. What was handed
// over is recorded before the recorder is gone; a process that is killed loses what it had not
// written, some milliseconds.
#pragma once

#include <condition_variable>
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

  // `amend` blocks until durable, and reports its own failures. Both must outlive the recorder.
  OpeningRecorder(const crypto::Sealer& sealer, Amend amend);
  ~OpeningRecorder();

  // Any thread. Error unavailable: limits::kReportAccessesQueuedMax wait already.
  Result<void> record(index::ReportOpening opening);

 private:
  void run(const std::stop_token& stop);
  void write(const std::vector<index::ReportOpening>& openings);

  const crypto::Sealer& sealer_;
  const Amend amend_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<index::ReportOpening> waiting_;
  std::jthread thread_;  // last: it uses what stands above
};

}  // namespace chayan::commands
