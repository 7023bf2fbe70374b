#include "guard/rate_table.h"

#include <algorithm>

namespace chayan::guard {
namespace {

constexpr unsigned kTatBits = 40;  // of milliseconds: 34 years
constexpr std::uint64_t kTatMask = (std::uint64_t{1} << kTatBits) - 1;
constexpr std::uint64_t kTagMask = ~kTatMask;
constexpr Time kEpoch = std::chrono::sys_days{std::chrono::year{2020} / 1 / 1};

std::uint64_t tat_of(std::uint64_t slot) {
  return slot & kTatMask;
}

std::uint64_t milliseconds(Time now) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(now - kEpoch).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(since, 0));
}

std::uint64_t milliseconds(Rate rate, std::uint32_t acts) {
  return acts * static_cast<std::uint64_t>(std::max<std::int64_t>(rate.interval.count(), 1));
}

std::uint64_t later(std::uint64_t now, std::uint64_t tat, std::uint64_t ahead_max) {
  return std::clamp(tat, now, now + ahead_max);
}

}  // namespace

std::optional<std::chrono::milliseconds> RateTable::take(std::uint64_t key, Rate rate, Time time,
                                                         std::uint32_t acts) {
  const std::uint64_t now = milliseconds(time);
  const std::uint64_t ahead_max = milliseconds(rate, rate.burst);
  const std::uint64_t tag = key & kTagMask;
  const std::lock_guard lock(mutex(key));
  Set& set = sets_[index(key)];

  const auto known = std::find_if(set.slots.begin(), set.slots.end(),
                                  [&](Slot slot) { return slot != 0 && (slot & kTagMask) == tag; });
  const bool is_known = known != set.slots.end();
  const std::uint64_t tat = later(now, is_known ? tat_of(*known) : set.floor, ahead_max);
  if (is_known) *known = tag | tat;  // a debt from before the clock was set back ends too
  const std::uint64_t next = tat + milliseconds(rate, acts);
  if (next > now + ahead_max) return std::chrono::milliseconds(next - now - ahead_max);

  if (is_known) {
    *known = tag | (next & kTatMask);
    return std::nullopt;
  }
  const auto earliest = std::min_element(set.slots.begin(), set.slots.end(),
                                         [](Slot a, Slot b) { return tat_of(a) < tat_of(b); });
  if (tat_of(*earliest) > now) set.floor = std::max(set.floor, tat_of(*earliest));
  *earliest = tag | (next & kTatMask);
  return std::nullopt;
}

void RateTable::give_back(std::uint64_t key, Rate rate, std::uint32_t acts) {
  const std::uint64_t tag = key & kTagMask;
  const std::uint64_t charged = milliseconds(rate, acts);
  const std::lock_guard lock(mutex(key));
  for (Slot& slot : sets_[index(key)].slots) {
    if (slot == 0 || (slot & kTagMask) != tag) continue;
    slot = tag | (tat_of(slot) - std::min(tat_of(slot), charged));
    return;
  }
}

}  // namespace chayan::guard
