// Receipts for people: what a page of a match lets the asker take along, and GET /data/receipts,
// which says how a receipt is verified and verifies one.
//
// A page that shows a match holds the receipt's file itself, in a form that POST /verify/receipt
// gives back as a download, so that the digest which the page prints is of that very file. Nothing
// about it stands in an address: it opens the number and the name that the asker gave.
#pragma once

#include "api/endpoint.h"
#include "api/page.h"
#include "api/verify_certificate.h"

namespace chayan::api {

// Gives the page of a match {{#receipt}}: the file's text (the answer of POST /v1/verifications
// with its receipt), its digest, and a QR code of where it can be verified, where the public
// address is known.
Result<void> set_receipt(const Call& call, const VerifyCertificate::Input& input,
                         const VerifyCertificate::Output& output, PageData& data);

// The posted receipt as a file. Error invalid_argument: it is not one of this registry's, for
// nobody is to be given files of strangers under its name.
Result<void> answer_saved_receipt(const Call& call, http::Response& response);

Result<void> answer_receipts_page(const Call& call, http::Response& response);
// The same page with what a pasted receipt proves.
Result<void> answer_checked_receipt(const Call& call, http::Response& response);

}  // namespace chayan::api
