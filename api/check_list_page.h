// The page of lists: GET /check-list is the form, POST /verify-list what the rows of its file come
// to, by the same functions and at the same price as POST /v1/verifications/batch. The credential is
// typed into the form; it stands in no answer, and in no address.
//
// Shown are the counts and, first, the rows that want attention; the complete result is what the
// form gives as CSV or XLSX, for a page cannot ask again without the file. The rows are answered
// piece by piece while the page waits to be sent, so a thread is held for some 10 ms at a time, and
// for some 70 ms at the end, when the page is made of at most 2 * limits::kListRowsShownMax rows.
//
// A page without scripts can send a credential in its form and nowhere else, and what a form holds
// is its body: unlike the batch endpoint, whose Authorization is refused by the head, this route
// reads what anybody sends, up to limits::kListFormBytesMax within limits::kBodyMax, in memory that
// grows with what has arrived. Before the credential is known nothing is done with it but to find
// the fields. (With scripts the list goes to the batch endpoint.)
#pragma once

#include "api/endpoint.h"

namespace chayan::api {

Result<void> answer_check_list_page(const Call& call, http::Response& response);
Result<void> answer_checked_list_page(const Call& call, http::Response& response);
// GET /check-list/{file}: an empty list to fill in, template.csv or template.xlsx.
Result<void> answer_list_template(const Call& call, http::Response& response);

}  // namespace chayan::api
