#include "server/deadlines.h"

#include <algorithm>

namespace chayan::server {

using std::chrono::milliseconds;

Deadlines::Deadlines(const Timing& timing)
    : length_{timing.tls_handshake_max, timing.idle_max,  timing.head_max,
              timing.body_max,          timing.write_max, timing.linger_max} {
  const milliseconds shortest = *std::ranges::min_element(length_);
  interval_ = std::clamp(shortest / 4, milliseconds(1), milliseconds(100));
}

void Deadlines::enter(Timed& timed, Phase phase) {
  const auto index = static_cast<std::size_t>(phase);
  leave(timed);
  timed.phase_ = phase;
  timed.deadline_ = std::chrono::steady_clock::now() + length_[index];
  lists_[index].push_back(timed);
}

void Deadlines::enter_wait(Timed& timed, TimePoint end) {
  leave(timed);
  timed.phase_ = Phase::wait;
  timed.deadline_ = end;
  waiting_.insert(timed);
}

void Deadlines::check(TimePoint now) {
  for (std::size_t phase = 0; phase < kPhases; ++phase) {
    List& list = lists_[phase];
    while (!list.empty() && list.front().deadline_ <= now) pass(list.front());
  }
  while (!waiting_.empty() && waiting_.begin()->deadline_ <= now) pass(*waiting_.begin());
}

void Deadlines::leave(Timed& timed) {
  timed.ListHook::unlink();
  timed.SetHook::unlink();
}

void Deadlines::pass(Timed& timed) {
  leave(timed);
  lists_[kPassed].push_back(timed);
  timed.deadline_passed();
}

}  // namespace chayan::server
