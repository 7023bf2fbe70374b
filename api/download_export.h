// GET /v1/exports/{file}: the catalog or the institutions on a day as a file (export_tables.h,
// table_writer.h).
//
// The answer says where it stands: Chayan-Size is the size of the log it was read from, and the
// file name holds day and size. Last-Modified is the time of the log's last entry, but where the
// day is left open not before today began: at midnight states change without an entry. It is a weak
// validator (two commits may share a second); the ETag is the strong one, and goes before.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_export(const Call& call, http::Response& response);

}  // namespace chayan::api
