// A queue of fixed capacity in one piece of memory.
#pragma once

#include <cstddef>
#include <vector>

namespace chayan::loadtest {

template <typename T>
class Ring {
 public:
  explicit Ring(std::size_t capacity) : items_(capacity) {}

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  // Not while it is full.
  void push(const T& item) {
    items_[wrapped(first_ + size_)] = item;
    ++size_;
  }
  T& operator[](std::size_t i) { return items_[wrapped(first_ + i)]; }
  // Not while it is empty.
  T pop() {
    const T item = items_[first_];
    first_ = wrapped(first_ + 1);
    --size_;
    return item;
  }

 private:
  std::size_t wrapped(std::size_t at) const { return at < items_.size() ? at : at - items_.size(); }

  std::vector<T> items_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace chayan::loadtest
