// What an operator orders, on the admin listener:
//
//   POST /v1/snapshots        make a snapshot of what is published now
//   POST /v1/backups          make a backup, where the service was started with --backup-dir
//   POST /v1/keys/rotations   rotate the data keys, or go on with the rotation that was begun
//   POST /v1/keys/counts      count the records under each data key
//   GET  /v1/jobs/{job}       how it stands; with `wait`, once it is over
//
// A POST answers 202 with the job's number at once: the work is done on a thread that answers no
// requests. One that is ordered while the same is waiting joins it.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_snapshot_order(const Call& call, http::Response& response);
Result<void> answer_backup_order(const Call& call, http::Response& response);
Result<void> answer_rotation_order(const Call& call, http::Response& response);
Result<void> answer_key_count_order(const Call& call, http::Response& response);
Result<void> answer_job(const Call& call, http::Response& response);

}  // namespace chayan::api
