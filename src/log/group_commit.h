// Group commit: callers on any thread hand in a unit of work and block; one of them carries out all
// that wait, under one fsync, in the order of arrival. There is no thread of its own.
//
// Whoever stands at the head of the queue leads: it carries out a group that begins with its own
// work, wakes those it did it for, hands the lead to the next in the queue and returns. So nobody
// waits for a group it is not part of, except for the groups before its own.
//
// An exception thrown by the carry function means that the outcome is unknown for its whole group:
// each submit() of that group throws a std::runtime_error with its words, and the queue goes on.
// (One of its own each: the exception object itself would be shared between threads.) Whether to
// go on is the carry function's to decide: it sees every group and can refuse all that come after a
// failed fsync.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace chayan::log {

// Work: what a caller brings. Outcome: what it gets back; default-constructible and movable.
template <typename Work, typename Outcome>
class GroupCommit {
 public:
  // Carries out a group of 1 to group_works_max works: fills outcomes[i] for works[i]. Called by
  // one thread at a time, without any lock held. Must not call submit().
  using Carry = std::function<void(std::span<Work*> works, std::span<Outcome> outcomes)>;

  // group_works_max is at least 1.
  GroupCommit(Carry carry, std::size_t group_works_max)
      : carry_(std::move(carry)), group_works_max_(group_works_max) {}

  // Thread-safe. Returns after its group was carried out; throws where that failed.
  Outcome submit(Work work);

  // Works handed in and not yet answered, those being carried out included. For metrics and tests:
  // the figure is old when it is read.
  std::size_t pending() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
  }

 private:
  struct Ticket {
    Work work;
    std::optional<Outcome> outcome;
    std::optional<std::string> failure;
    std::condition_variable turn;  // its own, so that a wake-up reaches the one it is for

    bool done() const { return outcome || failure; }
  };

  void lead(std::unique_lock<std::mutex>& lock) noexcept;

  Carry carry_;
  const std::size_t group_works_max_;
  mutable std::mutex mutex_;
  std::deque<Ticket*> queue_;  // the group being carried out stays at its head until it is done
};

template <typename Work, typename Outcome>
Outcome GroupCommit<Work, Outcome>::submit(Work work) {
  Ticket mine{std::move(work), {}, {}, {}};
  std::unique_lock lock(mutex_);
  queue_.push_back(&mine);
  mine.turn.wait(lock, [&] { return mine.done() || queue_.front() == &mine; });
  if (!mine.done()) lead(lock);
  if (mine.failure) throw std::runtime_error(*mine.failure);
  return std::move(*mine.outcome);
}

// noexcept: what the carry function throws is handed to its group; without memory for a list of
// pointers there is no one to hand anything to.
template <typename Work, typename Outcome>
void GroupCommit<Work, Outcome>::lead(std::unique_lock<std::mutex>& lock) noexcept {
  const std::size_t count = std::min(queue_.size(), group_works_max_);
  const auto end_of_group = queue_.begin() + static_cast<std::ptrdiff_t>(count);
  const std::vector<Ticket*> group(queue_.begin(), end_of_group);
  lock.unlock();

  std::vector<Work*> works;
  works.reserve(count);
  for (Ticket* ticket : group) works.push_back(&ticket->work);
  std::vector<Outcome> outcomes(count);
  std::optional<std::string> failure;
  try {
    carry_(works, outcomes);
  } catch (const std::exception& exception) {
    failure = exception.what();
  } catch (...) {
    failure = "the commit failed";
  }

  lock.lock();
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    if (failure) {
      group[i]->failure = failure;
    } else {
      group[i]->outcome = std::move(outcomes[i]);
    }
    // Under the lock: once it is free the ticket's owner may return, and the ticket is gone.
    group[i]->turn.notify_one();
  }
  if (!queue_.empty()) queue_.front()->turn.notify_one();
}

}  // namespace chayan::log
