#include "api/plot.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"

namespace chayan::api {
namespace {

// "2026-12" → "2027-01". `month` is one that figures.h made.
std::string next_month(const std::string& month) {
  int year = std::stoi(month.substr(0, 4));
  int number = std::stoi(month.substr(5));
  if (++number > 12) {
    number = 1;
    ++year;
  }
  std::string text = std::to_string(year);
  text += number < 10 ? "-0" : "-";
  return text += std::to_string(number);
}

std::vector<std::pair<std::string, std::uint64_t>> every_month(const CountByMonth& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> months;
  if (counts.empty()) return months;
  const std::string& last = counts.rbegin()->first;
  for (std::string month = counts.begin()->first; month <= last; month = next_month(month)) {
    const auto found = counts.find(month);
    months.emplace_back(month, found == counts.end() ? 0 : found->second);
  }
  return months;
}

}  // namespace

std::string percent(std::uint64_t part, std::uint64_t whole) {
  const std::uint64_t hundredths = whole == 0 ? 0 : part * 10'000 / whole;
  const std::uint64_t fraction = hundredths % 100;
  std::string text = std::to_string(hundredths / 100);
  text += fraction < 10 ? ".0" : ".";
  text += std::to_string(fraction);
  return text += '%';
}

PageData row_plot(const std::vector<PlotRow>& rows) {
  std::uint64_t most = 0;
  for (const PlotRow& row : rows) most = std::max(most, row.count);
  PageData list(PageData::type::list);
  for (const PlotRow& row : rows) {
    PageData one;
    set_message(one, "name", row.name);
    one.set("count", std::to_string(row.count));
    one.set("width", percent(row.count, most));
    list.push_back(one);
  }
  return list;
}

PageData month_plot(const CountByMonth& counts) {
  auto months = every_month(counts);
  std::uint64_t earlier = 0;
  if (months.size() > limits::kPlotMonthsMax) {
    const auto first = months.end() - limits::kPlotMonthsMax;
    for (auto at = months.begin(); at != first; ++at) earlier += at->second;
    months.erase(months.begin(), first);
  }
  std::uint64_t most = 0;
  for (const auto& [month, count] : months) most = std::max(most, count);
  PageData bars(PageData::type::list);
  PageData rows(PageData::type::list);
  for (std::size_t i = 0; i < months.size(); ++i) {
    const auto& [month, count] = months[i];
    PageData bar;  // nine tenths of its place, so that columns stand apart
    bar.set("x", percent(i, months.size()));
    bar.set("width", percent(9, 10 * months.size()));
    bar.set("y", percent(most - count, most));
    bar.set("height", percent(count, most));
    bars.push_back(bar);
    PageData row;
    row.set("month", month);
    row.set("count", std::to_string(count));
    rows.push_back(row);
  }
  PageData data;
  data.set("bars", bars);
  data.set("months", rows);
  data.set("most", std::to_string(most));
  data.set("has_earlier", earlier > 0);
  data.set("earlier", std::to_string(earlier));
  data.set("first", months.empty() ? std::string() : months.front().first);
  data.set("last", months.empty() ? std::string() : months.back().first);
  return data;
}

}  // namespace chayan::api
