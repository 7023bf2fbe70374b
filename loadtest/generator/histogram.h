// Latencies in nanoseconds, counted in buckets whose width grows with the value: each power of two
// has 128 of them, so a percentile is read to 0.8 %. Fixed size, no allocation after construction.
#pragma once

#include <cstdint>
#include <vector>

namespace chayan::loadtest {

class Histogram {
 public:
  Histogram();

  void record(std::uint64_t ns, std::uint64_t times = 1);
  void add(const Histogram& other);

  std::uint64_t count() const { return count_; }
  std::uint64_t min() const { return count_ == 0 ? 0 : min_; }
  std::uint64_t max() const { return max_; }
  std::uint64_t mean() const { return count_ == 0 ? 0 : sum_ / count_; }
  // The smallest value that at least `percent` of all are not above (to the bucket's upper end);
  // 0 where nothing was recorded.
  std::uint64_t percentile(double percent) const;

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  std::uint64_t max_ = 0;
};

}  // namespace chayan::loadtest
