// How long a report is to be valid, as a body says it: valid_days, 1 to limits::kReportDaysMax.
#pragma once

#include "api/form.h"
#include "base/json_reader.h"
#include "base/result.h"

namespace chayan::api {

Result<int> read_valid_days(JsonObject& body);
Result<int> read_valid_days(Form& form);

}  // namespace chayan::api
