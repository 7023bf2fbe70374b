// Rings what listens from threads that may outlive it.
#pragma once

#include <functional>
#include <mutex>
#include <utility>

namespace chayan::commands {

class Bell {
 public:
  // From now on rings that; empty: nothing, and no ring is under way any more when this returns.
  void hang(std::function<void()> heard) {
    const std::lock_guard lock(mutex_);
    heard_ = std::move(heard);
  }
  void ring() {
    const std::lock_guard lock(mutex_);
    if (heard_) heard_();
  }

 private:
  std::mutex mutex_;
  std::function<void()> heard_;
};

}  // namespace chayan::commands
