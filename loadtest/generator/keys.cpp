#include "loadtest/generator/keys.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace chayan::loadtest {
namespace {

// log(1 + x) / x and (exp(x) - 1) / x, continued through 0, where an exponent of 1 leads.
double log1p_over(double x) {
  return std::abs(x) > 1e-8 ? std::log1p(x) / x : 1 - x / 2;
}
double expm1_over(double x) {
  return std::abs(x) > 1e-8 ? std::expm1(x) / x : 1 + x / 2;
}

}  // namespace

double uniform_share(Random& random) {
  return static_cast<double>(random() >> 11) * 0x1p-53;
}

std::uint64_t uniform_below(Random& random, std::uint64_t count) {
  return static_cast<std::uint64_t>(uniform_share(random) * static_cast<double>(count));
}

Zipf::Zipf(std::uint64_t count, double exponent)
    : count_(static_cast<double>(count)),
      exponent_(exponent),
      integral_from_(integral(1.5) - 1),
      integral_to_(integral(count_ + 0.5)),
      sure_(2 - integral_inverse(integral(2.5) - hat(2))) {}

std::uint64_t Zipf::operator()(Random& random) const {
  for (;;) {
    const double area = integral_to_ + uniform_share(random) * (integral_from_ - integral_to_);
    const double x = integral_inverse(area);
    const double rank = std::clamp(std::floor(x + 0.5), 1.0, count_);
    if (rank - x <= sure_ || area >= integral(rank + 0.5) - hat(rank)) {
      return static_cast<std::uint64_t>(rank);
    }
  }
}

double Zipf::integral(double x) const {
  const double log_x = std::log(x);
  return expm1_over((1 - exponent_) * log_x) * log_x;
}

double Zipf::integral_inverse(double y) const {
  const double t = std::max(y * (1 - exponent_), -1.0);  // below -1 by rounding alone
  return std::exp(log1p_over(t) * y);
}

double Zipf::hat(double x) const {
  return std::exp(-exponent_ * std::log(x));
}

KeyChooser::KeyChooser(std::uint64_t count, Distribution distribution, double exponent)
    : count_(count),
      distribution_(distribution),
      zipf_(count, exponent),
      step_(static_cast<std::uint64_t>(static_cast<double>(count) * 0.618) + 1) {
  while (std::gcd(step_, count_) != 1) ++step_;
}

std::uint64_t KeyChooser::operator()(Random& random) const {
  if (distribution_ == Distribution::uniform) return uniform_below(random, count_);
  return scattered(zipf_(random) - 1);
}

std::uint64_t KeyChooser::scattered(std::uint64_t rank) const {
  return rank * step_ % count_;
}

}  // namespace chayan::loadtest
