// What the connections of one thread share. Answers are made without suspension, so one Response,
// one Head and one output buffer serve all of them and stay in the cache; an idle connection holds
// no more than its input buffer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "http/message.h"
#include "server/date_field.h"
#include "server/deadlines.h"
#include "server/head_check.h"
#include "server/server.h"

namespace chayan::server {

// An answer wakes its reader, which costs more than making it where the reader sleeps on another
// core. So the answers to all requests that have arrived are made first and then sent in a row: the
// first wakes the reader, who is awake for the others. Those beyond this many are sent at once, so
// that none waits for long.
inline constexpr std::size_t kAnswersHeldMax = 64;

// Room for four verifications.
inline std::string room_for_answer() {
  std::string room;
  room.reserve(4096);
  return room;
}

struct ThreadState {
  ThreadState(const Timing& timing, bool limit_requests, Counters& shared_counters)
      : requests_limited(limit_requests), counters(shared_counters), deadlines(timing) {
    std::generate_n(std::back_inserter(spare_buffers), kAnswersHeldMax, room_for_answer);
  }

  const bool requests_limited;
  bool draining = false;
  std::uint64_t rings = 0;  // that this thread has heard; see Worker::ring()
  std::size_t connections = 0;
  Counters& counters;  // the only state shared with other threads
  Deadlines deadlines;
  DateField date;
  Head head;
  http::Response response;
  std::string out;
  // Of connections whose answer is made and held until the others that are ready have theirs.
  std::size_t answers_held = 0;
  std::vector<std::string> spare_buffers;  // an answer is held in one of them, while there is one
};

}  // namespace chayan::server
