#include "api/guarded.h"

#include <chrono>

#include "api/environment.h"
#include "api/page.h"
#include "api/problem.h"

namespace chayan::api {
namespace {

using SteadyClock = std::chrono::steady_clock;

guard::Outcome outcome_of(const Result<VerifyCertificate::Output>& output) {
  if (!output) return guard::Outcome::fault;
  return *output ? guard::Outcome::match : guard::Outcome::no_match;
}

void set_refusal_fields(const guard::Refusal& refusal, http::Response& response) {
  response.set("Retry-After", std::to_string(refusal.retry_after.count()));
  response.set(kChallengeField, refusal.challenge);
}

}  // namespace

Result<Guarded> judge_guarded(const Services& services, const guard::Caller& caller,
                              guard::AuditKind kind, std::string_view number, const Judge& judge) {
  guard::Question record{.kind = kind, .caller = caller, .number = number, .seq = {}};
  const auto begin = SteadyClock::now();
  const auto tell = [&] {
    if (services.trail == nullptr) return;
    record.duration = SteadyClock::now() - begin;
    services.trail->record(record);
  };
  auto refusal = services.guard != nullptr ? services.guard->reserve(caller, number) : std::nullopt;
  if (refusal) {
    record.outcome = guard::Outcome::limited;
    tell();
    return Guarded{std::nullopt, std::move(refusal)};
  }
  auto output = judge();
  record.outcome = outcome_of(output);
  if (record.outcome == guard::Outcome::match) record.seq = (*output)->certificate.issued_seq;
  // A fault of ours told the caller nothing, so it was no guess.
  if (services.guard != nullptr && record.outcome != guard::Outcome::no_match) {
    services.guard->give_back(number);
  }
  tell();
  if (!output) return output.error();
  return Guarded{std::move(*output), std::nullopt};
}

Result<Guarded> verify_guarded(const Call& call, const index::Reader& reader,
                               const VerifyCertificate::Input& input) {
  const Services& services = call.environment.services;
  auto refusal = services.guard != nullptr
                     ? services.guard->admit(call.caller, call.request.field(kProofField))
                     : std::nullopt;
  if (!refusal) {
    return judge_guarded(services, call.caller, guard::AuditKind::verification, input.number.text(),
                         [&] { return VerifyCertificate::handle(reader, input); });
  }
  if (services.trail != nullptr) {
    services.trail->record({.kind = guard::AuditKind::verification,
                            .outcome = guard::Outcome::limited,
                            .caller = call.caller,
                            .number = input.number.text(),
                            .seq = {}});
  }
  return Guarded{std::nullopt, std::move(refusal)};
}

void write_refusal(const Call& call, const guard::Refusal& refusal, http::Response& response) {
  write_problem(too_many_requests(), call.language, response);
  set_refusal_fields(refusal, response);
}

void write_refusal_page(const Call& call, const guard::Refusal& refusal, http::Response& response) {
  const std::string seconds = std::to_string(refusal.retry_after.count());
  Problem problem = too_many_requests();  // a person sees no Retry-After
  problem.detail = {"Wait " + seconds + " seconds, then ask again.",
                    "请等候 " + seconds + " 秒，再重新查询。"};
  write_problem_page(call.environment, problem, call.language, response);
  set_refusal_fields(refusal, response);
}

}  // namespace chayan::api
