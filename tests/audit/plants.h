// The clean log, with every edge of the rules in it that is still right; and the violations, each
// with the context that makes it the only thing wrong.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/audit/audited.h"

namespace chayan::test {

PlantedLog clean_log();

struct Plant {
  std::string name;
  std::function<Found(PlantedLog& log)> plant;  // appends; gives what an audit has to find
};
std::vector<Plant> plants();

}  // namespace chayan::test
