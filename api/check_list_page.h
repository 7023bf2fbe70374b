// The page of lists: GET /check-list is the form, POST /verify-list what the rows of its file come
// to, by the same functions and at the same price as POST /v1/verifications/batch. The credential is
// typed into the form; it stands in no answer, and in no address.
//
// Shown are the counts and, first, the rows that want attention; the complete result is what the
// form gives as CSV or XLSX, for a page cannot ask again without the file. The page is made whole
// before it is sent: 10,000 rows keep a thread for some 0.3 s.
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_check_list_page(const Call& call, http::Response& response);
Result<void> answer_checked_list_page(const Call& call, http::Response& response);
// GET /check-list/{file}: an empty list to fill in, template.csv or template.xlsx.
Result<void> answer_list_template(const Call& call, http::Response& response);

}  // namespace chayan::api
