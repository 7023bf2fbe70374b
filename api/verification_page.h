// GET /check: the form of a verification; POST /verify: its answer as a page, by the same handle()
// as /v1/verifications. Number and name travel in the body and stand in no address. A form that
// cannot be read comes back with what is wrong beside its control, and without what was typed: no
// answer of an error holds anything personal.
#pragma once

#include <string>
#include <string_view>

#include "api/endpoint.h"
#include "api/page.h"
#include "api/verify_certificate.h"

namespace chayan::api {

Result<void> answer_check_page(const Call& call, http::Response& response);
Result<void> answer_verification_page(const Call& call, http::Response& response);

// Gives a page {{#help}}: no_match_help, a sentence a line.
void set_help(PageData& data, const VerifyCertificate::Input& input);

// {"Revoked", "已撤销"}, of a certificate's status or of a change of it.
Message status_name(std::string_view status);

}  // namespace chayan::api
