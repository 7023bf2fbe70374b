// The audit trail as the service writes it: one line for each question about a certificate, by day,
// each line bound to the one before by its hash.
//
// Whoever asks is not kept waiting: record() puts the question into a bounded queue, and one thread
// writes. Where the queue is full (the disk does not keep up), or a write fails, questions are not
// on record, and the trail says so itself: the next line that is written is "lost", with their
// number. Nothing is dropped without a count in the chain.
//
// Durability: a line is handed to the kernel as soon as the thread comes round, and fsynced at most
// limits::kAuditSyncEvery later, when the day ends and when the trail closes. So a killed process
// loses what stood in the queue, milliseconds; a power cut the last second. What a cut leaves as
// half a line stays; the next start's line says that it is torn, and the chain passes it over.
//
// The chain shows that no line between two was changed, added or taken out by somebody who could
// not rewrite all that follow. What it ends in (chayan audit prints it) is to be kept elsewhere, for
// whoever can write the files can write a whole new end.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "guard/audit_folder.h"
#include "guard/audit_line.h"
#include "guard/guard.h"

namespace chayan::guard {

struct Question {
  AuditKind kind = AuditKind::verification;
  Outcome outcome = Outcome::no_match;
  const Caller& caller;
  std::string_view number;  // canonical; of a report its code
  std::optional<std::uint64_t> seq;
  std::chrono::nanoseconds duration{};
};

struct AuditOptions {
  std::string folder;
  int retention_days = limits::kAuditRetentionDaysMin;  // not fewer
  std::size_t queue_max = limits::kAuditQueueMax;
};

class AuditTrail {
 public:
  // Destroys what is past retention, goes on with today's file and starts the thread. `clock` must
  // outlive it. `report` is told faults of the disk, on the trail's thread; may be empty.
  static Result<std::unique_ptr<AuditTrail>> open(const AuditOptions& options,
                                                  const crypto::SuiteKey& audit_key,
                                                  const Clock& clock,
                                                  std::function<void(const Error&)> report);
  // Writes what is queued, syncs, ends the thread.
  ~AuditTrail();

  // Any thread; never waits for the disk. The number stays in memory until its MAC is made.
  void record(const Question& question);

  // What /metrics shows.
  std::uint64_t written() const { return written_; }  // questions
  std::uint64_t lost() const { return lost_; }        // likewise, as soon as they are

  // Until all that was recorded before is written, or counted as lost. For tests.
  void flush();

 private:
  struct Item;
  struct Queue;
  class Writer;
  AuditTrail(std::size_t queue_max, std::unique_ptr<Writer> writer,
             std::function<void(const Error&)> report);
  void run();

  std::unique_ptr<Queue> queue_;
  std::unique_ptr<Writer> writer_;
  std::function<void(const Error&)> report_;
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::thread thread_;
};

}  // namespace chayan::guard
