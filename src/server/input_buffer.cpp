#include "server/input_buffer.h"

#include <algorithm>
#include <cstring>

#include "base/limits.h"

namespace chayan::server {
namespace {

// Beast 1.81 compares names by reading one byte past them.
constexpr std::size_t kSlackBytes = 1;

}  // namespace

std::span<char> InputBuffer::make_room(std::size_t needed) {
  const std::size_t used = end_ - begin_;
  if (used == 0) {
    clear();
    if (capacity_ != limits::kHeadBytesMax) reallocate(limits::kHeadBytesMax);
  } else if (end_ == capacity_ || begin_ + needed > capacity_) {
    if (begin_ > 0) std::memmove(storage_.get(), storage_.get() + begin_, used);
    begin_ = 0;
    end_ = used;
  }
  if (end_ == capacity_) reallocate(std::max(capacity_ + 1, std::min(needed, 2 * capacity_)));
  return {storage_.get() + end_, capacity_ - end_};
}

void InputBuffer::consume(std::size_t count) {
  begin_ += count;
  if (begin_ == end_) clear();
}

// Bytes in use start at 0 here, or there are none. The new bytes are left uninitialised.
void InputBuffer::reallocate(std::size_t capacity) {
  std::unique_ptr<char[]> larger(new char[capacity + kSlackBytes]);
  if (end_ > 0) std::memcpy(larger.get(), storage_.get(), end_);
  larger[capacity] = '\0';
  storage_ = std::move(larger);
  capacity_ = capacity;
}

}  // namespace chayan::server
