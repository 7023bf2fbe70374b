// Numbers about requests, in Prometheus' text format. Counting is a few relaxed atomic additions:
// the library's own histogram takes a lock, which every thread would meet on every request.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/services.h"

namespace chayan::api {

class Metrics {
 public:
  // Upper bounds of the latency buckets in seconds; a point read takes some 10 µs.
  static constexpr std::array<double, 13> kBounds = {
      25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 100e-3, 500e-3, 2.0};

  explicit Metrics(std::vector<std::string_view> routes);

  // Thread-safe. `route` is an index into the routes it was made with.
  void count(std::size_t route, int status, std::chrono::nanoseconds duration);

  // `samples` are shown as they are, beside what is counted here.
  std::string text(const std::vector<Sample>& samples) const;

 private:
  struct alignas(64) Counts {
    std::array<std::atomic<std::uint64_t>, 5> by_class{};  // 1xx to 5xx
    std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> buckets{};
    std::atomic<std::uint64_t> nanoseconds{0};
  };

  std::vector<std::string_view> routes_;
  std::unique_ptr<Counts[]> counts_;
};

}  // namespace chayan::api
