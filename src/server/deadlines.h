// One absolute deadline a phase of a connection, set when the phase begins and never moved by a
// read (re-arming per read is how slowloris lives).
//
// No timer a connection: the lengths are constant, so a list a phase in order of entry is in order
// of deadline. Entering a phase relinks one node; the thread's one timer looks at the fronts.
#pragma once

#include <array>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "server/server.h"

namespace chayan::server {

enum class Phase : std::uint8_t { handshake, idle, head, body, write, linger };
inline constexpr std::size_t kPhases = 6;

// Who can miss a deadline. Leaves its list when it is destroyed.
class Timed : public boost::intrusive::list_base_hook<
                  boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  virtual ~Timed() = default;

  Phase phase() const { return phase_; }

  // Called once for each phase entered and not left in time. Must not enter a phase itself.
  virtual void deadline_passed() = 0;
  // The server is draining: an idle connection ends, others after their answer.
  virtual void drain() = 0;
  // The drain has taken too long.
  virtual void abandon() = 0;

 protected:
  Timed() = default;

 private:
  friend class Deadlines;

  Phase phase_ = Phase::idle;
  std::chrono::steady_clock::time_point deadline_;
};

class Deadlines {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit Deadlines(const Timing& timing);

  void enter(Timed& timed, Phase phase);
  void check(TimePoint now);
  // How often to check, so that no deadline is late by much.
  std::chrono::milliseconds interval() const { return interval_; }

  template <typename Visit>
  void for_each(Visit visit) {
    for (List& list : lists_) {
      for (Timed& timed : list) visit(timed);
    }
  }

 private:
  using List = boost::intrusive::list<Timed, boost::intrusive::constant_time_size<false>>;
  static constexpr std::size_t kPassed = kPhases;  // the list of those whose deadline has passed

  std::array<std::chrono::milliseconds, kPhases> length_;
  std::chrono::milliseconds interval_;
  std::array<List, kPhases + 1> lists_;
};

}  // namespace chayan::server
