// chayan-load: asks a server questions at a rate, tells how long the answers took, and whether they
// were right. loadtest/generator holds its parts; `chayan-load --help` its options.
//
//   chayan-load http://127.0.0.1:8080 --truth demo/truth.ndjson --rate 20000 --seconds 10
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "loadtest/generator/options.h"
#include "loadtest/generator/result.h"
#include "loadtest/generator/worker.h"
#include "loadtest/generator/workload.h"

namespace chayan::loadtest {
namespace {

constexpr auto kProgressInterval = std::chrono::milliseconds(500);
constexpr Nanoseconds kBeforeStart = 20'000'000;  // until every thread waits

Nanoseconds nanoseconds(double seconds) {
  return static_cast<Nanoseconds>(seconds * 1e9);
}

// A descriptor a connection, where the system allows it.
void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// One line that rewrites itself, until the end.
void show_progress(const Timetable& timetable,
                   const std::vector<std::unique_ptr<Worker>>& workers) {
  std::uint64_t before = 0;
  for (Nanoseconds now = steady_now(); now < timetable.end; now = steady_now()) {
    std::this_thread::sleep_for(kProgressInterval);
    std::uint64_t answered = 0, wrong = 0;
    for (const auto& worker : workers) {
      answered += worker->answered();
      wrong += worker->wrong();
    }
    const auto left = std::max<Nanoseconds>(0, timetable.end - steady_now()) / 1'000'000'000;
    std::cerr << '\r' << (now < timetable.measured_from ? "warming up, " : "measuring, ")
              << (answered - before) * 1000 / kProgressInterval.count() << " answers/s, " << wrong
              << " wrong, " << left << " s left   " << std::flush;
    before = answered;
  }
  std::cerr << "\r\033[K";
}

Tally run_load(const Options& options) {
  const Workload workload(options);
  const Destination destination(options.host, options.port, options.tls);
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::uint32_t i = 0; i < options.threads; ++i) {
    workers.push_back(std::make_unique<Worker>(options, workload, destination, i));
    workers.back()->connect();
  }
  Timetable timetable{};
  timetable.start = steady_now() + kBeforeStart;
  timetable.measured_from = timetable.start + nanoseconds(options.warm_up);
  timetable.end = timetable.measured_from + nanoseconds(options.seconds);

  std::vector<std::exception_ptr> failures(options.threads);
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < options.threads; ++i) {
    threads.emplace_back([&, i] {
      try {
        workers[i]->run(timetable);
      } catch (...) {
        failures[i] = std::current_exception();
      }
    });
  }
  if (::isatty(STDERR_FILENO) == 1) show_progress(timetable, workers);
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  Tally tally;
  for (const auto& worker : workers) tally.add(worker->tally());
  return tally;
}

int run(const Options& options) {
  raise_descriptor_limit();
  const Tally tally = run_load(options);
  print_result(options, tally, std::cout);
  if (!options.json.empty()) {
    std::ofstream out(options.json);
    out << json_result(options, tally);
    if (!out.flush()) throw std::runtime_error("Cannot write " + options.json + ".");
  }
  return static_cast<int>(verdict(options, tally));
}

}  // namespace
}  // namespace chayan::loadtest

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto options = chayan::loadtest::parse_options(argc, argv, exit_code);
  if (!options) return exit_code;
  try {
    return chayan::loadtest::run(*options);
  } catch (const std::exception& error) {
    std::cerr << "chayan-load: " << error.what() << '\n';
    return 1;
  }
}
