#include "api/create_report.h"

#include <utility>

#include "api/environment.h"
#include "api/holder_proof.h"
#include "api/report_terms.h"
#include "api/share_reports.h"
#include "base/json_reader.h"
#include "crypto/digest.h"

namespace chayan::api {
namespace {

void write_created(JsonWriter& json, const Call& call, const ReportCode& code,
                   const ShareReport& report) {
  json.begin_object().member("result", "created").member("code", code.text());
  const auto url = report_url(call, code);
  json.key("url");
  url ? json.string(*url) : json.null();
  json.key("qr");
  url ? json.string("/v1/reports/" + std::string(code.text()) + "/qr.svg") : json.null();
  write_report_terms(json, report);
  json.end_object();
}

}  // namespace

Result<ReportOrder> ReportOrder::parse(std::string_view json_body) {
  thread_local JsonParser parser;
  auto body = parser.parse_object(json_body);
  if (!body) return holder_body_error(body.error(), {});
  auto proof = read_holder_proof(*body);
  const auto days = read_valid_days(*body);
  const auto names = body->strings("show");
  if (const auto finished = body->finish(); !finished) {
    return holder_body_error(finished.error(), {"show", "valid_days"});
  }
  if (!proof) return proof.error();
  if (!days) return days.error();
  auto shows = ReportFields::parse(names);
  if (!shows) return shows.error();
  return ReportOrder{std::move(*proof), *days, *shows};
}

Result<void> answer_report_creation(const Call& call, http::Response& response) {
  if (auto kept = require_reports(call); !kept) return kept;
  const auto input = ReportOrder::parse(call.request.body);
  if (!input) return input.error();
  const auto proven = prove_holder(call, reader_of(call), input->proof, response);
  if (!proven) return proven.error();
  if (proven->refused) return {};
  JsonWriter json(response.body);
  if (!proven->certificate) {
    response.status = 200;
    VerifyCertificate::write(json, call.language, input->proof, std::nullopt);
    return {};
  }

  const Services& services = call.environment.services;
  const ReportCode code = ReportCode::from_random(crypto::random_bytes(ReportCode::kRandomBytes));
  ShareReport report;
  report.code = services.store.keyed_index().report(code.text());
  report.shows = input->shows;
  report.created = now(call);
  report.expires = report.created + std::chrono::days(input->valid_days);
  auto added = services.amend([&](index::RowBatch& rows) {
    return index::add_report(rows, services.store.sealer(), proven->certificate->issued_seq,
                             report);
  });
  if (!added) return added;
  write_created(json, call, code, report);
  return {};
}

}  // namespace chayan::api
