#include "loadtest/generator/result.h"

#include <array>
#include <cmath>
#include <iomanip>
#include <ostream>

#include "base/json_writer.h"

namespace chayan::loadtest {
namespace {

struct Shown {
  const char* name;
  double percent;
};
constexpr std::array<Shown, 8> kShown = {{{"p50", 50},
                                          {"p75", 75},
                                          {"p90", 90},
                                          {"p95", 95},
                                          {"p99", 99},
                                          {"p99.9", 99.9},
                                          {"p99.99", 99.99},
                                          {"max", 100}}};

double rate_of(std::uint64_t count, const Options& options) {
  return static_cast<double>(count) / options.seconds;
}

double milliseconds(std::uint64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

std::int64_t integer(double value) {
  return std::llround(value);
}
std::int64_t integer(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

// Percent of the run that the generator's threads computed; near 100 in a closed loop it was the
// generator that was measured. (An open loop polls before due times, and so is always busy.)
double busy_percent(const Options& options, const Tally& tally) {
  return 100 * tally.cpu_seconds / options.seconds / options.threads;
}

// A curve: percentiles ever denser towards 100, as many as there are answers for.
void write_histogram(JsonWriter& json, std::string_view name, const Histogram& histogram) {
  json.key(name).begin_object();
  json.member("count", integer(histogram.count()));
  json.member("min_ns", integer(histogram.min())).member("mean_ns", integer(histogram.mean()));
  json.member("p50_ns", integer(histogram.percentile(50)));
  json.member("p90_ns", integer(histogram.percentile(90)));
  json.member("p99_ns", integer(histogram.percentile(99)));
  json.member("p999_ns", integer(histogram.percentile(99.9)));
  json.member("max_ns", integer(histogram.max()));
  json.key("curve").begin_array();
  constexpr int kStepsAHalving = 8;
  for (double above = 1; above * static_cast<double>(histogram.count()) >= 1;) {
    for (int step = 0; step < kStepsAHalving; ++step) {
      const double percent = 100 * (1 - above + above / 2 * step / kStepsAHalving);
      json.begin_array().number(integer(percent * 1000));
      json.number(integer(histogram.percentile(percent))).end_array();
    }
    above /= 2;
  }
  json.end_array().end_object();
}

}  // namespace

Verdict verdict(const Options& options, const Tally& tally) {
  if (tally.wrong > 0 || (!options.allow_refusals && (tally.broken > 0 || tally.unanswered > 0))) {
    return Verdict::wrong;
  }
  if (tally.good() == 0) return Verdict::wrong;
  const bool is_slow =
      options.goal_p99_ms && milliseconds(tally.latency.percentile(99)) > *options.goal_p99_ms;
  const bool is_few = options.goal_rate && rate_of(tally.good(), options) < *options.goal_rate;
  return is_slow || is_few ? Verdict::goal_missed : Verdict::good;
}

void print_result(const Options& options, const Tally& tally, std::ostream& out) {
  out << std::fixed << std::setprecision(0);
  if (!options.label.empty()) out << options.label << ": ";
  out << rate_of(tally.good(), options) << " answers/s";
  if (options.rate) out << " of " << *options.rate << " asked for";
  out << " (" << options.connections << " connections, " << options.threads << " threads, "
      << std::defaultfloat << std::setprecision(6) << options.seconds << std::fixed << " s)\n"
      << std::setprecision(3) << "latency ms";
  for (const Shown& shown : kShown) {
    out << "  " << shown.name << ' ' << milliseconds(tally.latency.percentile(shown.percent));
  }
  out << std::setprecision(0) << "\nchecked " << tally.checked << ", wrong " << tally.wrong
      << ", refused " << tally.refused() << ", broken connections " << tally.broken
      << ", unanswered " << tally.unanswered << ", unsent " << tally.unsent << "; generator busy "
      << busy_percent(options, tally) << " %\n";
  for (const std::string& fault : tally.faults) out << "wrong: " << fault << '\n';
  if (verdict(options, tally) == Verdict::goal_missed) out << "A goal was missed.\n";
}

std::string json_result(const Options& options, const Tally& tally) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("label", options.label).member("url", options.url);
  json.member("loop", options.rate ? "open" : "closed");
  json.member("asked_per_s", integer(options.rate.value_or(0)));
  json.member("answers_per_s", integer(rate_of(tally.good(), options)));
  json.member("refused_per_s", integer(rate_of(tally.refused(), options)));
  json.member("bytes_per_s", integer(rate_of(tally.bytes, options)));
  json.member("connections", std::int64_t{options.connections});
  json.member("pipeline", std::int64_t{options.pipeline});
  json.member("threads", std::int64_t{options.threads});
  json.member("measured_ms", integer(options.seconds * 1000));
  json.member("checked", integer(tally.checked)).member("wrong", integer(tally.wrong));
  json.member("broken", integer(tally.broken)).member("reconnected", integer(tally.reconnected));
  json.member("unsent", integer(tally.unsent)).member("unanswered", integer(tally.unanswered));
  json.member("generator_busy_percent", integer(busy_percent(options, tally)));
  json.key("statuses").begin_object();
  for (std::size_t status = 0; status < tally.statuses.size(); ++status) {
    if (tally.statuses[status] == 0) continue;
    json.member(std::to_string(status), integer(tally.statuses[status]));
  }
  json.end_object();
  write_histogram(json, "latency", tally.latency);
  write_histogram(json, "service", tally.service);
  write_histogram(json, "refusals", tally.refusals);
  write_histogram(json, "lateness", tally.lateness);
  json.member("exit_code", static_cast<std::int64_t>(verdict(options, tally)));
  json.end_object();
  return text + '\n';
}

}  // namespace chayan::loadtest
