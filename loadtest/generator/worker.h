// One thread of load: its connections, its share of the due times, an epoll loop.
//
// A slot is a place for one request under way; a connection has --pipeline of them. Free slots wait
// in a ring. In an open loop a free slot takes the next request that is due, whose latency counts
// from when it was due; in a closed loop it takes the next at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loadtest/generator/answer_framer.h"
#include "loadtest/generator/connection.h"
#include "loadtest/generator/options.h"
#include "loadtest/generator/ring.h"
#include "loadtest/generator/schedule.h"
#include "loadtest/generator/tally.h"
#include "loadtest/generator/workload.h"

namespace chayan::loadtest {

Nanoseconds steady_now();

// When things happen, the same for all threads.
struct Timetable {
  Nanoseconds start;          // the first request
  Nanoseconds measured_from;  // warm by then
  Nanoseconds end;
};

class Worker {
 public:
  // The references must outlive the worker. `index` is this thread's among options.threads.
  Worker(const Options& options, const Workload& workload, const Destination& destination,
         std::uint32_t index);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Connects all; throws std::runtime_error where nobody answers.
  void connect();
  void run(const Timetable& timetable);

  const Tally& tally() const { return tally_; }  // after run()
  // While it runs, from another thread.
  std::uint64_t answered() const { return answered_.load(std::memory_order_relaxed); }
  std::uint64_t wrong() const { return wrong_.load(std::memory_order_relaxed); }

 private:
  struct Asked {
    Nanoseconds due;
    Nanoseconds sent;
    Question question;
    bool is_checked;
  };
  struct Client {
    explicit Client(Protocol protocol, std::size_t slots) : framer(protocol), asked(slots) {}
    Connection connection;
    AnswerFramer framer;
    std::string received;  // an answer that is not whole yet
    Ring<Asked> asked;     // in the order of sending
    std::uint32_t asked_on_connection = 0;
    bool is_touched = false;         // stands in touched_
    bool waits_for_writing = false;  // as epoll knows
    bool ends = false;               // its last answer said so
    std::uint32_t failures = 0;      // ends without an answer, in a row
  };

  void ask_all_that_is_due(Nanoseconds now);
  void ask(Nanoseconds due, Nanoseconds now);
  void flush_touched();
  void flush(std::uint32_t client);
  void wait(Nanoseconds now);
  void receive(std::uint32_t client);
  std::size_t take_answers(std::uint32_t client, std::string_view bytes);
  void take(Client& client, std::string_view answer);
  void reconnect(std::uint32_t client, bool is_orderly);
  void watch(std::uint32_t client, bool is_new);
  void fail(std::string what);
  void count_what_is_left();

  const Options& options_;
  const Workload& workload_;
  const Destination& destination_;
  std::uint32_t index_;
  Random random_;
  int epoll_;
  std::vector<std::unique_ptr<Client>> clients_;
  Ring<std::uint32_t> free_slots_;  // by the client they are of
  std::vector<std::uint32_t> touched_;
  std::string buffer_;
  std::optional<Schedule> schedule_;
  Timetable timetable_{};
  std::uint64_t under_way_ = 0;
  Nanoseconds now_ = 0;  // when the events at hand were told
  Tally tally_;
  std::atomic<std::uint64_t> answered_ = 0;
  std::atomic<std::uint64_t> wrong_ = 0;
};

}  // namespace chayan::loadtest
