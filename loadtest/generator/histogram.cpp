#include "loadtest/generator/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>

namespace chayan::loadtest {
namespace {

constexpr unsigned kBits = 7;                          // 2^7 buckets a power of two
constexpr std::uint64_t kValueMax = (1ULL << 40) - 1;  // 18 minutes; what is above counts there
constexpr std::uint64_t kExactBelow = 1ULL << (kBits + 1);  // a bucket each

std::size_t bucket_of(std::uint64_t ns) {
  if (ns < kExactBelow) return ns;
  const unsigned shift = static_cast<unsigned>(std::bit_width(ns)) - (kBits + 1);
  return (static_cast<std::size_t>(shift) << kBits) + (ns >> shift);
}

std::uint64_t upper_end(std::size_t bucket) {
  if (bucket < kExactBelow) return bucket;
  const std::size_t shift = (bucket >> kBits) - 1;
  const std::uint64_t leading = (bucket & ((1ULL << kBits) - 1)) + (1ULL << kBits);
  return ((leading + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : buckets_(bucket_of(kValueMax) + 1) {}

void Histogram::record(std::uint64_t ns, std::uint64_t times) {
  if (times == 0) return;
  buckets_[bucket_of(std::min(ns, kValueMax))] += times;
  count_ += times;
  sum_ += ns * times;
  min_ = std::min(min_, ns);
  max_ = std::max(max_, ns);
}

void Histogram::add(const Histogram& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

std::uint64_t Histogram::percentile(double percent) const {
  if (count_ == 0) return 0;
  const double share = std::clamp(percent, 0.0, 100.0) / 100 * static_cast<double>(count_);
  const std::uint64_t rank =
      std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= rank) return std::clamp(upper_end(i), min_, max_);
  }
  return max_;
}

}  // namespace chayan::loadtest
