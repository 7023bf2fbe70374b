// GET /r/{code}: a share report as a page to read or print, complete without JavaScript; and
// GET /v1/reports/{code}/qr.svg, the QR code that leads to it.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_report_page(const Call& call, http::Response& response);
// Error unavailable: it is not known where the public finds this service (serve --public-url).
Result<void> answer_report_qr(const Call& call, http::Response& response);

}  // namespace chayan::api
