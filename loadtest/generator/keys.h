// Which of n keys the next request asks for. Const and shared by all threads: each brings a random
// generator of its own.
#pragma once

#include <cstdint>
#include <random>

namespace chayan::loadtest {

using Random = std::mt19937_64;

// [0, 1)
double uniform_share(Random& random);
// [0, count)
std::uint64_t uniform_below(Random& random, std::uint64_t count);

// Ranks 1..count, rank r with a probability in proportion to r^-exponent, in constant time and
// memory (Hörmann and Derflinger 1996, rejection-inversion): a table of 10^7 would push the
// requests out of the generator's cache.
class Zipf {
 public:
  // count >= 1, exponent > 0.
  Zipf(std::uint64_t count, double exponent);
  std::uint64_t operator()(Random& random) const;

 private:
  double integral(double x) const;  // of the hat function x^-exponent
  double integral_inverse(double y) const;
  double hat(double x) const;

  double count_;
  double exponent_;
  double integral_from_;  // integral(1.5) - 1
  double integral_to_;    // integral(count + 0.5)
  double sure_;           // a candidate this near to its rank is taken without a look at the hat
};

enum class Distribution { uniform, zipf };

class KeyChooser {
 public:
  // count >= 1.
  KeyChooser(std::uint64_t count, Distribution distribution, double exponent);
  std::uint64_t operator()(Random& random) const;
  // Where the key of rank r (0 is the most frequent) stands: a permutation, so that frequent keys
  // are no neighbours in the file they came from.
  std::uint64_t scattered(std::uint64_t rank) const;

 private:
  std::uint64_t count_;
  Distribution distribution_;
  Zipf zipf_;
  std::uint64_t step_;  // without common divisor with count_
};

}  // namespace chayan::loadtest
