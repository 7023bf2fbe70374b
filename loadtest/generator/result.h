// The result of a run, for a person, for a program, and as an exit code.
#pragma once

#include <iosfwd>
#include <string>

#include "loadtest/generator/options.h"
#include "loadtest/generator/tally.h"

namespace chayan::loadtest {

enum class Verdict { good = 0, wrong = 1, goal_missed = 3 };  // exit codes

// Latencies are the open loop's own; where refusals are allowed, those of admitted requests.
Verdict verdict(const Options& options, const Tally& tally);
void print_result(const Options& options, const Tally& tally, std::ostream& out);
// Integers only: nanoseconds, thousandths of a percent.
std::string json_result(const Options& options, const Tally& tally);

}  // namespace chayan::loadtest
