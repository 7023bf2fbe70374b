// A filing's states as a step function of the day, so that a list can answer "on day D" without the
// filing's events.
#pragma once

#include <optional>
#include <vector>

#include "domain/rules.h"

namespace chayan {

struct TimelineStep {
  Date from;  // the step holds from this day until the next step's
  FilingState state = FilingState::unknown;
  std::optional<ValidityPeriod> validity;

  bool operator==(const TimelineStep&) const = default;
};

using Timeline =
    std::vector<TimelineStep>;  // ascending by from; before the first step the state is unknown

// Agrees with rules.h on every day: step_on(timeline(f), d) has the state and validity of
// state_on(f, d) and validity_on(f, d).
Timeline timeline(const Filing& filing);

// The step that holds on `day`; null before the first one. Points into `steps`.
const TimelineStep* step_on(const Timeline& steps, Date day);

}  // namespace chayan
