// POST /v1/batches, on the admin listener: records changes while the service runs. The body holds
// the lines that `import` takes, the header Idempotency-Key names the batch: sent again with the
// same body it answers what was recorded the first time, with another it is a conflict. All lines
// are recorded or none; 422 lists the lines that are refused, each with its field.
//
// A failed commit is answered 503 and means *unknown*: the process ends, and the client asks again
// with its key.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_batch(const Call& call, http::Response& response);

}  // namespace chayan::api
