#include "domain/timeline.h"

#include <algorithm>

namespace chayan {

Timeline timeline(const Filing& filing) {
  // The state can change only on the day of an event and at the ends of a validity period.
  std::vector<Date> days;
  for (const RecordedFilingEvent& recorded : filing.events) {
    const FilingEvent& event = recorded.event;
    days.push_back(event.on);
    if (event.kind == FilingEventKind::filed || event.kind == FilingEventKind::renewed) {
      days.push_back(event.valid_from);
      days.push_back(event.valid_to.plus_days(1));
    }
  }
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());

  Timeline steps;
  for (const Date day : days) {
    TimelineStep step{day, state_on(filing, day), validity_on(filing, day)};
    const bool same = !steps.empty() && steps.back().state == step.state &&
                      steps.back().validity == step.validity;
    if (!same && (step.state != FilingState::unknown || !steps.empty())) {
      steps.push_back(step);
    }
  }
  return steps;
}

const TimelineStep* step_on(const Timeline& steps, Date day) {
  const auto after =
      std::upper_bound(steps.begin(), steps.end(), day,
                       [](Date d, const TimelineStep& step) { return d < step.from; });
  return after == steps.begin() ? nullptr : &*std::prev(after);
}

}  // namespace chayan
