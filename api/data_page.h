// GET /data: figures, the log, limits and downloads; GET /data/receipts and GET /data/stored: how a
// receipt is verified, and what is stored about whom.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_data_page(const Call& call, http::Response& response);
Result<void> answer_receipts_page(const Call& call, http::Response& response);
Result<void> answer_stored_page(const Call& call, http::Response& response);

}  // namespace chayan::api
