#include "api/filing_timeline.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "api/page_words.h"
#include "api/plot.h"
#include "domain/timeline.h"

namespace chayan::api {
namespace {

constexpr int kMarginDays = 30;  // so that a bar that ends with the axis is seen to go on

std::string share(int days, int whole) {
  return percent(static_cast<std::uint64_t>(days), static_cast<std::uint64_t>(whole));
}

}  // namespace

Axis axis_of(std::span<const Filing> filings, Date on, Date today) {
  Axis axis{std::min(on, today), std::max(on, today)};
  for (const Filing& filing : filings) {
    for (const TimelineStep& step : timeline(filing)) {
      axis.first = std::min(axis.first, step.from);
      axis.last = std::max(axis.last, step.validity ? step.validity->to : step.from);
    }
  }
  axis.last = axis.last.plus_days(kMarginDays);
  return axis;
}

PageData timeline_data(const Filing& filing, const Axis& axis, Date on) {
  const Timeline steps = timeline(filing);
  const int whole = axis.last.days() - axis.first.days() + 1;
  PageData bars(PageData::type::list);
  PageData periods(PageData::type::list);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const TimelineStep& step = steps[i];
    const bool is_last = i + 1 == steps.size();
    const Date next = is_last ? axis.last.plus_days(1) : steps[i + 1].from;
    PageData bar;
    bar.set("x", share(step.from.days() - axis.first.days(), whole));
    bar.set("width", share(next.days() - step.from.days(), whole));
    bar.set("tone", std::string(tone(step.state)));
    bars.push_back(bar);
    PageData period;
    period.set("from", step.from.text());
    set_optional(period, "to", is_last ? std::string() : next.plus_days(-1).text());
    period.set("tone", std::string(tone(step.state)));
    set_message(period, "state", state_name(step.state));
    periods.push_back(period);
  }
  PageData data;
  data.set("bars", bars);
  data.set("periods", periods);
  data.set("day_x", share(on.days() - axis.first.days(), whole));
  data.set("first", axis.first.text());
  data.set("last", axis.last.text());
  return data;
}

}  // namespace chayan::api
