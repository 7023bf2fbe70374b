// The rows by which an institution is found: a pure function of its record.
#pragma once

#include <map>
#include <string>

#include "index/record.h"
#include "index/schema.h"

namespace chayan::index {

// Key and value of every offering row of one institution: one for each facet that a scope line of
// any of its filings belongs to. Empty where it never submitted a filing.
std::map<std::string, std::string> offering_rows(const InstitutionRecord& record);

// All offerings of an institution: what its row of the facet that restricts nothing holds.
OfferingRecord all_offerings(const InstitutionRecord& record);

}  // namespace chayan::index
