#include "api/job.h"

namespace chayan::api {

std::string_view name(JobKind kind) {
  switch (kind) {
    case JobKind::snapshot:
      return "snapshot";
    case JobKind::backup:
      return "backup";
    case JobKind::key_rotation:
      return "key_rotation";
    case JobKind::key_count:
      break;
  }
  return "key_count";
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
