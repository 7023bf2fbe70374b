#include "api/manage_report.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "api/environment.h"
#include "api/guarded.h"
#include "api/holder_proof.h"
#include "api/report_terms.h"
#include "api/share_reports.h"
#include "base/json_reader.h"

namespace chayan::api {
namespace {

struct Input {
  ReportCode code;
  VerifyCertificate::Input proof;
  int valid_days = 0;  // 0: not taken here
};

enum class Takes { proof, proof_and_days };

Result<Input> parse(const Call& call, Takes takes) {
  auto code = report_code_of(call);
  if (!code) return code.error();
  thread_local JsonParser parser;
  auto body = parser.parse_object(call.request.body);
  if (!body) return holder_body_error(body.error(), {});
  auto proof = read_holder_proof(*body);
  const auto days = takes == Takes::proof_and_days ? read_valid_days(*body) : Result<int>(0);
  if (const auto finished = body->finish(); !finished) {
    return holder_body_error(finished.error(), {"valid_days"});
  }
  if (!proof) return proof.error();
  if (!days) return days.error();
  return Input{std::move(*code), std::move(*proof), *days};
}

// The report, where the proof is of its certificate's holder. nullopt: `response` is a limit's.
Result<std::optional<ShareReport>> find_own_report(const Call& call, const Input& input,
                                                   http::Response& response) {
  const index::Reader reader = reader_of(call);
  const auto proven = prove_holder(call, reader, input.proof);
  if (!proven) return proven.error();
  if (proven->refusal) {
    write_refusal(call, *proven->refusal, response);
    return std::optional<ShareReport>();
  }
  auto found = reader.report(input.code);
  if (!found) return found.error();
  if (!proven->certificate || !*found || (*found)->issued_seq != proven->certificate->issued_seq) {
    return no_such_report();
  }
  return std::optional<ShareReport>(std::move((*found)->report));
}

void write_optional_time(JsonWriter& json, std::string_view name,
                         const std::optional<Seconds>& time) {
  json.key(name);
  time ? json.string(rfc3339_utc(*time)) : json.null();
}

void write_managed(JsonWriter& json, const Call& call, ShareReport report) {
  report.forget_before(now(call));
  json.begin_object().member("state", report.state(now(call)));
  write_report_terms(json, report);
  write_optional_time(json, "ended_at", report.ended);
  json.member("access_count", static_cast<std::int64_t>(report.access_count));
  json.key("accesses").begin_array();
  for (auto access = report.accesses.rbegin(); access != report.accesses.rend(); ++access) {
    json.begin_object().member("at", rfc3339_utc(access->at)).member("client", access->client);
    json.end_object();
  }
  json.end_array().end_object();
}

// Without `edit_of` the report is shown and left as it is.
Result<void> answer(const Call& call, Takes takes,
                    const std::function<ReportEdit(const Input&)>& edit_of,
                    http::Response& response) {
  if (auto kept = require_reports(call); !kept) return kept;
  const auto input = parse(call, takes);
  if (!input) return input.error();
  auto own = find_own_report(call, *input, response);
  if (!own) return own.error();
  if (!*own) return {};
  auto report = edit_of ? edit_report(call, **own, edit_of(*input)) : std::move(**own);
  if (!report) return report.error();
  set_report_headers(response);
  JsonWriter json(response.body);
  write_managed(json, call, std::move(*report));
  return {};
}

Result<VerifyCertificate::Input> parse_proof(const Call& call) {
  thread_local JsonParser parser;
  auto body = parser.parse_object(call.request.body);
  if (!body) return holder_body_error(body.error(), {});
  auto proof = read_holder_proof(*body);
  if (const auto finished = body->finish(); !finished) {
    return holder_body_error(finished.error(), {});
  }
  return proof;
}

using OfCertificate = std::function<Result<std::vector<ShareReport>>(std::uint64_t issued_seq)>;

Result<void> answer_own(const Call& call, const OfCertificate& reports_of,
                        http::Response& response) {
  if (auto kept = require_reports(call); !kept) return kept;
  const auto proof = parse_proof(call);
  if (!proof) return proof.error();
  const auto proven = prove_holder(call, reader_of(call), *proof);
  if (!proven) return proven.error();
  if (proven->refusal) {
    write_refusal(call, *proven->refusal, response);
    return {};
  }
  set_report_headers(response);
  JsonWriter json(response.body);
  if (!proven->certificate) {
    VerifyCertificate::write(json, call.language, *proof, std::nullopt);
    return {};
  }
  auto reports = reports_of(proven->certificate->issued_seq);
  if (!reports) return reports.error();
  json.begin_object().member("result", "match").key("reports").begin_array();
  for (auto report = reports->rbegin(); report != reports->rend(); ++report) {
    write_managed(json, call, std::move(*report));
  }
  json.end_array().end_object();
  return {};
}

Error not_active() {
  return {ErrorCode::conflict,
          "code",
          {"This report has ended or expired; make a new one.",
           "该分享报告已结束或过期，请重新生成。"}};
}

}  // namespace

ReportEdit extension(Seconds now, int valid_days) {
  return [=](ShareReport& report) -> Result<void> {
    if (!report.is_active(now)) return not_active();
    report.expires = std::max(report.expires, now + std::chrono::days(valid_days));
    return {};
  };
}

ReportEdit ending(Seconds now) {
  return [=](ShareReport& report) -> Result<void> {
    if (!report.ended) report.ended = now;
    return {};
  };
}

Result<ShareReport> edit_report(const Call& call, const ShareReport& own, const ReportEdit& edit) {
  const Services& services = call.environment.services;
  ShareReport edited;
  const auto amended = services.amend([&](index::RowBatch& rows) {
    return index::change_report(rows, services.store.sealer(), own.code,
                                [&](ShareReport& report) -> Result<void> {
                                  auto changed = edit(report);
                                  edited = report;
                                  return changed;
                                });
  });
  if (amended) return edited;
  return amended.error().code == ErrorCode::not_found ? no_such_report() : amended.error();
}

Result<std::vector<ShareReport>> end_reports(const Call& call, std::uint64_t issued_seq) {
  const Services& services = call.environment.services;
  const Seconds at = now(call);
  Result<std::vector<ShareReport>> left = std::vector<ShareReport>();
  const auto amended = services.amend([&](index::RowBatch& rows) -> Result<void> {
    const crypto::Sealer& sealer = services.store.sealer();
    auto ended = index::change_reports(rows, sealer, issued_seq, [&](ShareReport& report) {
      if (report.is_active(at)) report.ended = at;
    });
    if (ended) left = index::find_reports(rows, sealer, issued_seq);
    return ended;
  });
  if (!amended) return amended.error();
  return left;
}

Result<void> answer_report_extension(const Call& call, http::Response& response) {
  const auto extend = [&](const Input& input) { return extension(now(call), input.valid_days); };
  return answer(call, Takes::proof_and_days, extend, response);
}

Result<void> answer_report_revocation(const Call& call, http::Response& response) {
  const auto end = [&](const Input&) { return ending(now(call)); };
  return answer(call, Takes::proof, end, response);
}

Result<void> answer_report_accesses(const Call& call, http::Response& response) {
  return answer(call, Takes::proof, {}, response);
}

Result<void> answer_own_reports(const Call& call, http::Response& response) {
  const auto list = [&](std::uint64_t seq) { return reader_of(call).reports_of(seq); };
  return answer_own(call, list, response);
}

Result<void> answer_own_reports_revocation(const Call& call, http::Response& response) {
  const auto end = [&](std::uint64_t seq) { return end_reports(call, seq); };
  return answer_own(call, end, response);
}

}  // namespace chayan::api
