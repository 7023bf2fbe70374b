// Received bytes of one connection, contiguous, in one reused allocation. Views into it live until
// the next make_room().
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace chayan::server {

class InputBuffer {
 public:
  std::string_view bytes() const { return {storage_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  bool full() const { return end_ - begin_ == capacity_; }

  // Free space, at least one byte, for a request that will take `needed` bytes in all. Memory grows
  // with what has arrived, not with what was announced. An empty buffer that has grown is given
  // back.
  std::span<char> make_room(std::size_t needed);
  void received(std::size_t count) { end_ += count; }
  void consume(std::size_t count);
  void clear() { begin_ = end_ = 0; }

 private:
  void reallocate(std::size_t capacity);

  std::unique_ptr<char[]> storage_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace chayan::server
