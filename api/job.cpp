#include "api/job.h"

namespace chayan::api {

std::string_view name(JobKind kind) {
  return kind == JobKind::snapshot ? "snapshot" : "backup";
}

std::string_view name(JobState state) {
  switch (state) {
    case JobState::waiting:
      return "waiting";
    case JobState::running:
      return "running";
    case JobState::done:
      return "done";
    case JobState::failed:
      break;
  }
  return "failed";
}

}  // namespace chayan::api
