#include "api/share_reports.h"

#include <chrono>
#include <utility>

#include "api/address.h"
#include "api/client_prefix.h"
#include "api/environment.h"
#include "api/guarded.h"
#include "guard/audit_trail.h"

namespace chayan::api {
namespace {

constexpr std::string_view kReportPage = "/r/";

using SteadyClock = std::chrono::steady_clock;

// A code that was asked for stands in the audit trail as a number does: by its MAC.
void tell_trail(const Call& call, const ReportCode& code, guard::Outcome outcome,
                std::optional<std::uint64_t> seq, SteadyClock::time_point begin) {
  guard::AuditTrail* trail = call.environment.services.trail;
  if (trail == nullptr) return;
  trail->record({.kind = guard::AuditKind::report,
                 .outcome = outcome,
                 .caller = call.caller,
                 .number = code.text(),
                 .seq = seq,
                 .duration = SteadyClock::now() - begin});
}

guard::Outcome outcome_of(const Result<OpenReport>& report) {
  if (report) return guard::Outcome::match;
  return report.error().code == ErrorCode::not_found ? guard::Outcome::no_match
                                                     : guard::Outcome::fault;
}

}  // namespace

Result<void> require_reports(const Call& call) {
  if (call.environment.services.amend) return {};
  return Error{ErrorCode::unavailable,
               {},
               {"This service keeps no share reports: it is a mirror, or read-only. Ask the "
                "registry itself.",
                "此服务不提供分享报告（镜像或只读），请访问原登记处。"}};
}

bool may_look_up_code(const Call& call, http::Response& response) {
  guard::Guard* guard = call.environment.services.guard;
  if (guard == nullptr) return true;
  const auto refusal = guard->admit(call.caller, call.request.field(kProofField));
  if (!refusal) return true;
  if (call.request.target.starts_with(kReportPage)) {
    write_refusal_page(call, *refusal, response);
  } else {
    write_refusal(call, *refusal, response);
  }
  return false;
}

Result<ReportCode> report_code_of(const Call& call) {
  return ReportCode::parse(call.path.decoded[0], "code");
}

Error no_such_report() {
  return {ErrorCode::not_found,
          "code",
          {"No report opens with this code: it may have ended or expired; ask the holder for "
           "another.",
           "没有可打开的分享报告：可能已结束或过期，请向持证人索取新的分享码。"}};
}

Seconds now(const Call& call) {
  return std::chrono::floor<std::chrono::seconds>(call.environment.services.clock.now());
}

Result<OpenReport> find_open_report(const Call& call, const ReportCode& code) {
  const index::Reader reader = reader_of(call);
  auto found = reader.report(code);
  if (!found) return found.error();
  if (!*found || !(*found)->report.is_active(now(call))) return no_such_report();
  auto certificate = reader.certificate_issued_at((*found)->issued_seq);
  if (!certificate) return certificate.error();
  if (!*certificate) return no_such_report();
  const CertificateFacts& facts = (*certificate)->facts;
  auto decision =
      reader.decide(facts.issuer, {facts.item, facts.occupation, facts.work_type, facts.level},
                    (*certificate)->first_issued_on);
  if (!decision) return decision.error();
  return OpenReport{std::move(**found), {std::move(**certificate), std::move(*decision), {}}};
}

Result<std::optional<OpenReport>> open_report(const Call& call, http::Response& response) {
  if (auto kept = require_reports(call); !kept) return kept.error();
  const auto code = report_code_of(call);
  if (!code) return code.error();
  const auto begin = SteadyClock::now();
  if (!may_look_up_code(call, response)) {
    tell_trail(call, *code, guard::Outcome::limited, {}, begin);
    return std::optional<OpenReport>();
  }
  auto report = find_open_report(call, *code);
  tell_trail(call, *code, outcome_of(report),
             report ? std::optional(report->found.issued_seq) : std::nullopt, begin);
  if (!report) return report.error();
  const auto& record = call.environment.services.record_opening;
  if (call.request.method == http::Method::get && record) {
    auto recorded = record({report->found.report.code,
                            {now(call), client_prefix(call.caller.client.address().text())}});
    if (!recorded) return recorded.error();
  }
  return std::optional<OpenReport>(std::move(*report));
}

std::optional<std::string> report_url(const Call& call, const ReportCode& code) {
  return public_address(call, std::string(kReportPage) + std::string(code.text()));
}

void write_report_terms(JsonWriter& json, const ShareReport& report) {
  json.key("shows").begin_array();
  for (const ReportField field : report.shows.list()) json.string(code(field));
  json.end_array().member("created_at", rfc3339_utc(report.created));
  json.member("expires_at", rfc3339_utc(report.expires));
}

void set_report_headers(http::Response& response) {
  response.set("Referrer-Policy", "no-referrer");
  response.set("X-Robots-Tag", "noindex, nofollow");
}

}  // namespace chayan::api
