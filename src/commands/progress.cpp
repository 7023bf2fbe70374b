#include "commands/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace chayan::commands {
namespace {

using namespace std::chrono_literals;
constexpr int kBarWidth = 30;
constexpr auto kRedrawEvery = 100ms;
constexpr auto kLineEvery = 5s;

}  // namespace

ProgressBar::ProgressBar(std::string label)
    : label_(std::move(label)),
      terminal_(isatty(STDERR_FILENO) == 1),
      started_(std::chrono::steady_clock::now()),
      next_(started_ + (terminal_ ? std::chrono::nanoseconds(kRedrawEvery) : kLineEvery)) {}

ProgressBar::~ProgressBar() {
  if (terminal_ && last_all_ > 0) draw(last_done_, last_all_);
  if (terminal_ && drawn_) std::fputc('\n', stderr);
}

void ProgressBar::update(std::uint64_t done, std::uint64_t all) {
  last_done_ = done;
  last_all_ = all;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + (terminal_ ? std::chrono::nanoseconds(kRedrawEvery) : kLineEvery);
  draw(done, all);
}

void ProgressBar::draw(std::uint64_t done, std::uint64_t all) {
  const double share =
      all == 0 ? 0.0 : static_cast<double>(done) / static_cast<double>(std::max(all, done));
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  const double left = share > 0.01 ? seconds / share - seconds : 0.0;
  const int filled = static_cast<int>(share * kBarWidth);
  if (terminal_) {
    std::fprintf(stderr, "\r%s [%.*s%*s] %3d%%  %.0fs left ", label_.c_str(), filled,
                 "##############################", kBarWidth - filled, "",
                 static_cast<int>(share * 100), left);
    drawn_ = true;
  } else {
    std::fprintf(stderr, "%s %d%%, %.0fs left\n", label_.c_str(), static_cast<int>(share * 100),
                 left);
  }
}

}  // namespace chayan::commands
