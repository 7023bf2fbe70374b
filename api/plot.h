// Counts as bars: the numbers for SVG marks beside their words. Templates draw them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/figures.h"
#include "api/page.h"

namespace chayan::api {

// `part` of `whole` as "12.50%", without a locale's comma; of nothing, "0.00%".
std::string percent(std::uint64_t part, std::uint64_t whole);

struct PlotRow {
  Message name;
  std::uint64_t count = 0;
};
// A list of {name, count, width}: one bar below another, the longest across the whole width.
PageData row_plot(const std::vector<PlotRow>& rows);

// {bars: [{x, width, y, height}], months: [{month, count}], first, last, most, earlier}: one column a
// month up to the last that has any, those without any included; `earlier` is the sum of what lies
// before the limits::kPlotMonthsMax that are drawn.
PageData month_plot(const CountByMonth& counts);

}  // namespace chayan::api
