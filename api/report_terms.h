// How long a report is to be valid, as a body says it.
#pragma once

#include <string>

#include "base/json_reader.h"
#include "base/limits.h"
#include "base/result.h"

namespace chayan::api {

// The member valid_days, 1 to limits::kReportDaysMax.
inline Result<int> read_valid_days(JsonObject& body) {
  const auto days = body.optional_integer("valid_days");
  if (days && *days >= 1 && *days <= limits::kReportDaysMax) return static_cast<int>(*days);
  const std::string most = std::to_string(limits::kReportDaysMax);
  return invalid("valid_days", "Give the days that the report is to be valid, 1 to " + most + ".",
                 "请填写有效天数，1 至 " + most + " 天。");
}

}  // namespace chayan::api
