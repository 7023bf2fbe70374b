#include "api/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>

namespace chayan::api {
namespace {

prometheus::ClientMetric labelled(std::string_view route) {
  prometheus::ClientMetric metric;
  metric.label = {{"route", std::string(route)}};
  return metric;
}

prometheus::MetricFamily family(std::string name, std::string help, prometheus::MetricType type) {
  prometheus::MetricFamily made;
  made.name = std::move(name);
  made.help = std::move(help);
  made.type = type;
  return made;
}

}  // namespace

Metrics::Metrics(std::vector<std::string_view> routes)
    : routes_(std::move(routes)), counts_(std::make_unique<Counts[]>(routes_.size())) {}

void Metrics::count(std::size_t route, int status, std::chrono::nanoseconds duration) {
  Counts& counts = counts_[route];
  const auto status_class = static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1);
  counts.by_class[status_class].fetch_add(1, std::memory_order_relaxed);
  const double seconds = std::chrono::duration<double>(duration).count();
  const auto bucket = static_cast<std::size_t>(
      std::lower_bound(kBounds.begin(), kBounds.end(), seconds) - kBounds.begin());
  counts.buckets[bucket].fetch_add(1, std::memory_order_relaxed);
  counts.nanoseconds.fetch_add(static_cast<std::uint64_t>(duration.count()),
                               std::memory_order_relaxed);
}

std::string Metrics::text(const std::vector<Sample>& samples) const {
  using prometheus::MetricType;
  auto requests = family("chayan_requests_total", "Requests answered, by route and status class.",
                         MetricType::Counter);
  auto latency =
      family("chayan_request_duration_seconds",
             "Time from a complete request to its complete answer.", MetricType::Histogram);
  for (std::size_t route = 0; route < routes_.size(); ++route) {
    const Counts& counts = counts_[route];
    for (std::size_t i = 0; i < counts.by_class.size(); ++i) {
      const auto value = counts.by_class[i].load(std::memory_order_relaxed);
      if (value == 0) continue;
      auto metric = labelled(routes_[route]);
      metric.label.push_back({"status", std::to_string(i + 1) + "xx"});
      metric.counter.value = static_cast<double>(value);
      requests.metric.push_back(std::move(metric));
    }
    auto metric = labelled(routes_[route]);
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < counts.buckets.size(); ++i) {
      total += counts.buckets[i].load(std::memory_order_relaxed);
      const double bound =
          i < kBounds.size() ? kBounds[i] : std::numeric_limits<double>::infinity();
      metric.histogram.bucket.push_back({total, bound});
    }
    if (total == 0) continue;
    metric.histogram.sample_count = total;
    metric.histogram.sample_sum =
        static_cast<double>(counts.nanoseconds.load(std::memory_order_relaxed)) * 1e-9;
    latency.metric.push_back(std::move(metric));
  }

  std::vector<prometheus::MetricFamily> families = {std::move(requests), std::move(latency)};
  for (const Sample& sample : samples) {
    auto made =
        family(sample.name, sample.help, sample.counter ? MetricType::Counter : MetricType::Gauge);
    prometheus::ClientMetric metric;
    (sample.counter ? metric.counter.value : metric.gauge.value) = sample.value;
    made.metric.push_back(std::move(metric));
    families.push_back(std::move(made));
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace chayan::api
