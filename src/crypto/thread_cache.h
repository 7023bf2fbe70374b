// Contexts that a thread keeps for objects shared between threads.
//
// Slots are found by an id that no other object of the process ever gets, never by address: an
// object that is destroyed and another built at its address must not meet each other's keys. What
// other threads still hold for a destroyed object goes when its slot is taken or the thread ends.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <utility>

namespace chayan::crypto {

// Starts at 1; 0 marks a free slot.
inline std::uint64_t next_owner_id() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

// Use as a thread_local. Context is default-constructible and movable.
template <typename Context>
class ThreadCache {
 public:
  // The reference lives until the next get() or drop() on this thread.
  template <typename Make>
  Context& get(std::uint64_t owner, Make make) {
    for (Slot& slot : slots_) {
      if (slot.owner == owner) return slot.context;
    }
    Slot& slot = slots_[next_++ % slots_.size()];
    slot.context = make();
    slot.owner = owner;
    return slot.context;
  }

  void drop(std::uint64_t owner) {
    for (Slot& slot : slots_) {
      if (slot.owner == owner) slot = Slot{};
    }
  }

 private:
  struct Slot {
    std::uint64_t owner = 0;
    Context context{};
  };
  std::array<Slot, 8> slots_;  // the service has one object of each kind; tests have a few
  std::size_t next_ = 0;
};

}  // namespace chayan::crypto
