// Proving to be the holder: the certificate's number with the full name and the whole document
// number. What makes, extends and ends share reports; there is no further secret to lose or steal.
#pragma once

#include <optional>

#include "api/endpoint.h"
#include "api/form.h"
#include "api/verify_certificate.h"
#include "base/json_reader.h"
#include "base/result.h"

namespace chayan::api {

// Read the three members, all of them required, and leave finish() to the caller. Errors name the
// member.
Result<VerifyCertificate::Input> read_holder_proof(JsonObject& body);
Result<VerifyCertificate::Input> read_holder_proof(Form& form);

struct HolderProof {
  std::optional<Certificate> certificate;  // if the proof holds
  std::optional<guard::Refusal> refusal;   // a limit's
};

// For the same work, whatever did not match. A proof is a question like any verification: it is
// asked within the limits and stands in the audit trail.
Result<HolderProof> prove_holder(const Call& call, const index::Reader& reader,
                                 const VerifyCertificate::Input& proof);

// Errors of reading a body with a proof: they repeat no name that is not ours.
Error holder_body_error(Error error, std::initializer_list<std::string_view> more_members);

}  // namespace chayan::api
