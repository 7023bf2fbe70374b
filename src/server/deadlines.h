// One absolute deadline a phase of a connection, set when the phase begins and never moved by a
// read (re-arming per read is how slowloris lives). A streamed body enters the write phase again
// for each piece, which is read only when the one before is sent: a download may take long, a
// reader that takes nothing may not.
//
// No timer a connection: the lengths are constant, so a list a phase in order of entry is in order
// of deadline. Entering a phase relinks one node; the thread's one timer looks at the fronts. Only
// requests that wait (http::Response::wait) choose their time themselves: a tree holds those.
#pragma once

#include <array>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "server/server.h"

namespace chayan::server {

enum class Phase : std::uint8_t { handshake, idle, head, body, write, linger, wait };
inline constexpr std::size_t kPhases = 6;  // of constant length: all before wait

using AutoUnlink = boost::intrusive::link_mode<boost::intrusive::auto_unlink>;
using ListHook = boost::intrusive::list_base_hook<AutoUnlink>;
using SetHook = boost::intrusive::set_base_hook<AutoUnlink>;

// Who can miss a deadline. Leaves its list or tree when it is destroyed.
class Timed : public ListHook, public SetHook {
 public:
  virtual ~Timed() = default;

  Phase phase() const { return phase_; }

  // Called once for each phase entered and not left in time. Must not enter a phase itself.
  virtual void deadline_passed() = 0;
  // In the wait phase: what is waited for may have come.
  virtual void ring() = 0;
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

  void enter(Timed& timed, Phase phase);  // any but wait
  void enter_wait(Timed& timed, TimePoint end);
  void check(TimePoint now);
  // How often to check, so that no deadline is late by much.
  std::chrono::milliseconds interval() const { return interval_; }

  template <typename Visit>
  void for_each(Visit visit) {
    for (List& list : lists_) {
      for (Timed& timed : list) visit(timed);
    }
    for_each_waiting(visit);
  }
  template <typename Visit>
  void for_each_waiting(Visit visit) {
    for (Timed& timed : waiting_) visit(timed);
  }

 private:
  struct Sooner {
    bool operator()(const Timed& a, const Timed& b) const { return a.deadline_ < b.deadline_; }
  };
  using List = boost::intrusive::list<Timed, boost::intrusive::base_hook<ListHook>,
                                      boost::intrusive::constant_time_size<false>>;
  using Tree = boost::intrusive::multiset<Timed, boost::intrusive::base_hook<SetHook>,
                                          boost::intrusive::compare<Sooner>,
                                          boost::intrusive::constant_time_size<false>>;
  static constexpr std::size_t kPassed = kPhases;  // the list of those whose deadline has passed

  static void leave(Timed& timed);
  void pass(Timed& timed);

  std::array<std::chrono::milliseconds, kPhases> length_;
  std::chrono::milliseconds interval_;
  std::array<List, kPhases + 1> lists_;
  Tree waiting_;
};

}  // namespace chayan::server
