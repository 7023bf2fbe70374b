// A question about a certificate as a stranger may ask it: within the limits, and on the record.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "api/services.h"
#include "api/verify_certificate.h"
#include "guard/audit_trail.h"
#include "guard/guard.h"

namespace chayan::api {

struct Guarded {
  VerifyCertificate::Output output;  // nullopt: no match, or refused
  std::optional<guard::Refusal> refusal;
};
// Asks the number's limits, then `judge`, then tells the audit trail. Without a guard or a trail
// among the services that step is left out.
using Judge = std::function<Result<VerifyCertificate::Output>()>;
Result<Guarded> judge_guarded(const Services& services, const guard::Caller& caller,
                              guard::AuditKind kind, std::string_view number, const Judge& judge);
// A single question: the caller's own limit first.
Result<Guarded> verify_guarded(const Call& call, const index::Reader& reader,
                               const VerifyCertificate::Input& input);

// The request field that a proof of work comes in, and the answer field that asks for one.
inline constexpr std::string_view kProofField = "Chayan-Proof";
inline constexpr std::string_view kChallengeField = "Chayan-Challenge";

// Makes the response the one 429 that there is: the same bytes whichever limit it was.
void write_refusal(const Call& call, const guard::Refusal& refusal, http::Response& response);
void write_refusal_page(const Call& call, const guard::Refusal& refusal, http::Response& response);

}  // namespace chayan::api
