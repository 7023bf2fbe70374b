// Group commit: callers on any thread hand in a unit of work and block; one of them carries out all
// that wait, under one fsync, in the order of arrival. There is no thread of its own.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace chayan::log {

// Work: what a caller brings. Outcome: what it gets back.
template <typename Work, typename Outcome>
class GroupCommit {
 public:
  // Carries out a group: fills outcomes[i] for works[i]. Called by one thread at a time, without
  // any lock held.
  using Carry = std::function<void(std::span<Work*> works, std::span<Outcome> outcomes)>;

  GroupCommit(Carry carry, std::size_t group_works_max)
      : carry_(std::move(carry)), group_works_max_(group_works_max) {}

  Outcome submit(Work work);

 private:
  struct Ticket {
    Work work;
    std::optional<Outcome> outcome;
  };

  Carry carry_;
  const std::size_t group_works_max_;
  std::mutex mutex_;
  std::condition_variable turn_;
  std::deque<Ticket*> queue_;
  bool carrying_ = false;
};

template <typename Work, typename Outcome>
Outcome GroupCommit<Work, Outcome>::submit(Work work) {
  Ticket mine{std::move(work), std::nullopt};
  std::unique_lock lock(mutex_);
  queue_.push_back(&mine);
  turn_.wait(lock, [&] { return mine.outcome || !carrying_; });
  if (mine.outcome) return std::move(*mine.outcome);

  carrying_ = true;  // this thread leads: its own ticket is in the queue, so the loop ends
  while (!mine.outcome) {
    const std::size_t count = std::min(queue_.size(), group_works_max_);
    const std::vector<Ticket*> group(queue_.begin(),
                                     queue_.begin() + static_cast<std::ptrdiff_t>(count));
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
    lock.unlock();
    std::vector<Work*> works;
    for (Ticket* ticket : group) works.push_back(&ticket->work);
    std::vector<Outcome> outcomes(count);
    carry_(works, outcomes);
    lock.lock();
    for (std::size_t i = 0; i < count; ++i) group[i]->outcome = std::move(outcomes[i]);
  }
  carrying_ = false;
  turn_.notify_all();
  return std::move(*mine.outcome);
}

}  // namespace chayan::log
