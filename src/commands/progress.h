// A progress bar on stderr; where stderr is not a terminal, a line every few seconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace chayan::commands {

class ProgressBar {
 public:
  explicit ProgressBar(std::string label);
  ~ProgressBar();  // ends the line

  // Cheap to call often: it redraws at most ten times a second. `all` of 0: unknown.
  void update(std::uint64_t done, std::uint64_t all);

 private:
  void draw(std::uint64_t done, std::uint64_t all);

  std::string label_;
  bool terminal_;
  bool drawn_ = false;
  std::uint64_t last_done_ = 0;
  std::uint64_t last_all_ = 0;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace chayan::commands
