// Rings a server from threads that may outlive it.
#pragma once

#include <mutex>

#include "server/server.h"

namespace chayan::commands {

class Bell {
 public:
  // From now on that one; nullptr: none, and no ring is under way any more when this returns.
  void hang(server::Server* server) {
    const std::lock_guard lock(mutex_);
    server_ = server;
  }
  void ring() {
    const std::lock_guard lock(mutex_);
    if (server_ != nullptr) server_->ring();
  }

 private:
  std::mutex mutex_;
  server::Server* server_ = nullptr;
};

}  // namespace chayan::commands
