#include "api/create_report.h"

#include <utility>
#include <vector>

#include "api/environment.h"
#include "api/form.h"
#include "api/guarded.h"
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

Result<ReportOrder> ReportOrder::parse_form(std::string_view body) {
  auto form = Form::parse(body);
  if (!form) return form.error();
  auto proof = read_holder_proof(*form);
  const auto days = read_valid_days(*form);
  auto names = form->take_all("show_");
  std::erase(names, "none");
  if (auto finished = form->finish(); !finished) return finished.error();
  if (!proof) return proof.error();
  if (!days) return days.error();
  if (names.empty()) {
    return invalid("show", "Choose something to show.", "请至少选择一项要展示的内容。");
  }
  auto shows = ReportFields::parse(names);
  if (!shows) return shows.error();
  return ReportOrder{std::move(*proof), *days, *shows};
}

Result<ReportCreation> create_report(const Call& call, const ReportOrder& order) {
  auto proven = prove_holder(call, reader_of(call), order.proof);
  if (!proven) return proven.error();
  if (!proven->certificate) return ReportCreation{std::move(proven->refusal), {}};

  const Services& services = call.environment.services;
  const ReportCode code = ReportCode::from_random(crypto::random_bytes(ReportCode::kRandomBytes));
  ShareReport report;
  report.code = services.store.keyed_index().report(code.text());
  report.shows = order.shows;
  report.created = now(call);
  report.expires = report.created + std::chrono::days(order.valid_days);
  auto added = services.amend([&](index::RowBatch& rows) {
    return index::add_report(rows, services.store.sealer(), proven->certificate->issued_seq,
                             report);
  });
  if (!added) return added.error();
  return ReportCreation{{}, MadeReport{code, std::move(report)}};
}

Result<void> answer_report_creation(const Call& call, http::Response& response) {
  if (auto kept = require_reports(call); !kept) return kept;
  const auto order = ReportOrder::parse(call.request.body);
  if (!order) return order.error();
  const auto creation = create_report(call, *order);
  if (!creation) return creation.error();
  if (creation->refusal) {
    write_refusal(call, *creation->refusal, response);
    return {};
  }
  JsonWriter json(response.body);
  if (!creation->made) {
    response.status = 200;
    VerifyCertificate::write(json, call.language, order->proof, std::nullopt);
    return {};
  }
  write_created(json, call, creation->made->code, creation->made->report);
  return {};
}

}  // namespace chayan::api
