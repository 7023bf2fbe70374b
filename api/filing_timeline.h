// Filings drawn over time: bars as shares of one axis, and the same in words.
#pragma once

#include <span>

#include "api/page.h"
#include "domain/date.h"
#include "domain/filing.h"

namespace chayan::api {

// The days that a drawing spans; both ends belong to it.
struct Axis {
  Date first;
  Date last;
};

// Wide enough for every step of these filings, their validity, and both days.
Axis axis_of(std::span<const Filing> filings, Date on, Date today);

// {bars: [{x, width, tone, …}], periods: [{from, to, state, …}], day_x, first, last}, where x and
// width are percentages of the axis ("12.50%") and periods say in words what the bars show.
PageData timeline_data(const Filing& filing, const Axis& axis, Date on);

}  // namespace chayan::api
