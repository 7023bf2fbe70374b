// Work that an operator orders on the admin listener and that takes its time: making a snapshot or
// a backup, rotating the data keys or counting what each seals. Whoever runs the service does it on a thread of its own (Services::start_job).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "index/rotation.h"

namespace chayan::api {

enum class JobKind : std::uint8_t { snapshot, backup, key_rotation, key_count };
enum class JobState : std::uint8_t { waiting, running, done, failed };

struct Job {
  std::uint64_t number = 0;
  JobKind kind = JobKind::snapshot;
  JobState state = JobState::waiting;
  std::string result;      // done: the snapshot's file, the backup's number, the active key
  std::uint64_t size = 0;  // done: entries in it; rows that were sealed anew
  std::vector<index::KeyUse> keys;  // done, of the keys' kinds: every key there is
  std::string error;                // failed: a sentence for the operator

  bool is_over() const { return state == JobState::done || state == JobState::failed; }
  bool operator==(const Job&) const = default;
};

std::string_view name(JobKind kind);
std::string_view name(JobState state);

}  // namespace chayan::api
