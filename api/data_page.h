// GET /data: figures, the log, limits and downloads; GET /data/stored: what is stored about whom.
#pragma once

#include "api/endpoint.h"
#include "api/page.h"

namespace chayan::api {

// Gives a page the log's name, checkpoint and verifier keys.
void set_log(const Call& call, PageData& data);

Result<void> answer_data_page(const Call& call, http::Response& response);
Result<void> answer_stored_page(const Call& call, http::Response& response);

}  // namespace chayan::api
