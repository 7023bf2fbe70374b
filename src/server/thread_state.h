// What the connections of one thread share. Answers are made without suspension, so one Response,
// one Head and one output buffer serve all of them and stay in the cache; an idle connection holds
// no more than its input buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "http/message.h"
#include "server/date_field.h"
#include "server/deadlines.h"
#include "server/head_check.h"
#include "server/server.h"

namespace chayan::server {

struct ThreadState {
  ThreadState(const Timing& timing, bool limit_requests, Counters& shared_counters)
      : requests_limited(limit_requests), counters(shared_counters), deadlines(timing) {}

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
  std::vector<std::string> spare_buffers;
};

}  // namespace chayan::server
