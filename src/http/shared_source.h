// Bytes in memory that many answers share, as a body: a slow reader costs its connection, not a copy.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "http/message.h"

namespace chayan::http {

class SharedSource final : public BodySource {
 public:
  explicit SharedSource(std::shared_ptr<const std::string> bytes) : bytes_(std::move(bytes)) {}

  std::size_t read(std::span<char> room) override {
    const std::size_t count = bytes_->copy(room.data(), room.size(), sent_);
    sent_ += count;
    return count;
  }

 private:
  std::shared_ptr<const std::string> bytes_;
  std::size_t sent_ = 0;
};

}  // namespace chayan::http
