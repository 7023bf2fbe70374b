// Has a running service make a snapshot or a backup, or look after its keys: the process that serves holds the data
// directory, so nobody else can.
#pragma once

#include <string>

#include "api/job.h"
#include "base/result.h"

namespace chayan::commands {

// Orders it on the admin listener at `server` ("http://127.0.0.1:9090") and waits for its end,
// however long. The job of the answer is done; one that failed is the error.
Result<api::Job> run_remote_job(const std::string& server, api::JobKind kind);

}  // namespace chayan::commands
