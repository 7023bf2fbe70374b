// Following another registry's log: asks its feed, proves each answer, applies it, asks again.
//
// What cannot be had now (no connection, a cut, an answer that is late, short or a 5xx) is asked for
// again, after a pause that doubles up to limits::kRetryAfterMax, and with half as many entries.
// What is had and is not what the log signed ends it: nothing of that answer is applied. With a
// client certificate so does an entry that is shown without all of its private fields.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "client/backoff.h"
#include "client/http_client.h"
#include "client/snapshot_reader.h"
#include "index/follower.h"
#include "index/store.h"
#include "log/feed_reader.h"

namespace chayan::commands {

struct MirrorOptions {
  client::ClientOptions client;
  // The upstream's; nullopt: the key that the store follows, or on first use the one that the
  // upstream names itself (trust on first use).
  std::optional<log::NoteKey> key = {};
  bool from_zero = false;  // no snapshot
  std::size_t page = limits::kFeedEntriesMax;
  std::chrono::seconds wait = limits::kMirrorWait;
  std::chrono::milliseconds retry_max = limits::kRetryAfterMax;
};

// Where the mirror is. Any thread.
class MirrorProgress {
 public:
  std::uint64_t size() const { return size_; }
  std::uint64_t entries_behind() const;  // of the newest checkpoint that was seen
  std::uint64_t faults() const { return faults_; }
  // Since the last answer that was proven; since the start where there was none yet.
  std::chrono::nanoseconds since_contact() const;

 private:
  friend class MirrorLoop;
  std::atomic<std::uint64_t> size_{0};
  std::atomic<std::uint64_t> upstream_size_{0};
  std::atomic<std::uint64_t> faults_{0};
  std::atomic<std::chrono::steady_clock::time_point> contact_{std::chrono::steady_clock::now()};
};

// What its owner is told, on the thread that runs it. Empty functions are allowed.
struct MirrorEvents {
  std::function<void()> applied = {};                   // entries; they can be read
  std::function<void()> caught_up = {};                 // having been behind
  std::function<void(const Error&)> fault = {};         // will be asked for again
  std::function<void(const std::string&)> notice = {};  // something to know, said once
};

// Not thread-safe but for stop() and progress().
class MirrorLoop {
 public:
  enum class Step { entries, nothing_new };
  enum class Until { stopped, caught_up };

  // `store` must outlive it and be empty, or a mirror already.
  MirrorLoop(index::Store& store, MirrorOptions options, MirrorEvents events);

  // Settles whose log this is and makes the store its mirror (Store::become_mirror); asks the
  // upstream again and again where it has to be asked. Once, before the rest. Before it returns
  // nothing else may use the store.
  Result<void> pin();

  // Steps until stop(), or until the mirror has what the newest checkpoint covers.
  Result<void> run(Until until);
  // One exchange with the upstream. `wait`: how long it is asked to hold back an answer without
  // entries. Error unavailable: step again. Any other is final, and begins with the first seq that
  // is wrong where one is.
  Result<Step> step(std::chrono::seconds wait);

  // From any thread; run() and pin() return soon.
  void stop();
  const MirrorProgress& progress() const { return progress_; }

 private:
  Result<std::string> fetch(const std::string& target, std::chrono::seconds wait = {});
  Result<log::NoteKey> ask_key();
  Result<Step> step_feed(std::chrono::seconds wait);
  Result<Step> step_snapshot();
  Result<void> take(std::string_view answer);
  void tell_of_unheld();
  Error name_first_bad(Error error);
  Result<std::vector<Hash>> leaves_of_log(std::uint64_t first, std::uint64_t count,
                                          std::uint64_t size);
  void report(const Error& fault);
  bool pause();  // false: stopped

  index::Store& store_;
  MirrorOptions options_;
  MirrorEvents events_;
  MirrorProgress progress_;
  client::HttpClient client_;
  client::Backoff backoff_;
  std::unique_ptr<index::Follower> follower_;
  std::unique_ptr<log::FeedReader> reader_;

  std::optional<client::Download> snapshot_;  // being read
  std::optional<client::SnapshotReader> snapshot_reader_;
  std::size_t page_;
  bool was_behind_ = true;
  bool told_of_unheld_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
};

}  // namespace chayan::commands
