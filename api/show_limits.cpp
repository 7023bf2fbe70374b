#include "api/show_limits.h"

#include <array>
#include <chrono>
#include <utility>

#include "api/environment.h"
#include "base/limits.h"

namespace chayan::api {
namespace {

constexpr std::int64_t seconds(std::chrono::seconds value) {
  return value.count();
}
constexpr std::int64_t number(std::size_t value) {
  return static_cast<std::int64_t>(value);
}

constexpr std::array<std::pair<std::string_view, std::int64_t>, 26> kBounds = {{
    {"head_bytes_max", number(limits::kHeadBytesMax)},
    {"fields_max", number(limits::kFieldsMax)},
    {"target_bytes_max", number(limits::kTargetBytesMax)},
    {"query_parameters_max", number(limits::kQueryParametersMax)},
    {"query_text_bytes_max", number(limits::kQueryTextBytesMax)},
    {"json_depth_max", number(limits::kJsonDepthMax)},
    {"certificate_number_bytes_max", number(limits::kCertificateNumberBytesMax)},
    {"holder_name_bytes_max", number(limits::kPersonNameBytesMax)},
    {"document_number_bytes_max", number(limits::kDocumentNumberBytesMax)},
    {"verification_batch_rows_max", number(limits::kVerificationBatchRowsMax)},
    {"header_search_rows_max", number(limits::kHeaderSearchRowsMax)},
    {"sheet_columns_read_max", number(limits::kSheetColumnsReadMax)},
    {"sheet_inflated_bytes_max", number(limits::kSheetInflatedBytesMax)},
    {"page_items_default", number(limits::kPageItemsDefault)},
    {"page_items_max", number(limits::kPageItemsMax)},
    {"scan_rows_max", number(limits::kScanRowsMax)},
    {"sheet_rows_max", number(limits::kSheetRowsMax)},
    {"cursor_life_seconds", seconds(limits::kCursorLife)},
    {"report_days_max", std::int64_t{limits::kReportDaysMax}},
    {"reports_per_certificate_max", number(limits::kReportsPerCertificateMax)},
    {"report_accesses_max", number(limits::kReportAccessesMax)},
    {"requests_per_connection_max", number(limits::kRequestsPerConnectionMax)},
    {"head_seconds_max", seconds(limits::kHeadMax)},
    {"body_seconds_max", seconds(limits::kBodyMax)},
    {"idle_seconds_max", seconds(limits::kIdleMax)},
    {"compress_above_bytes", number(limits::kCompressAboveBytes)},
}};

}  // namespace

namespace {

void write_rate(JsonWriter& json, std::string_view name, guard::Rate rate) {
  json.key(name).begin_object();
  json.member("burst", std::int64_t{rate.burst});
  json.member("interval_milliseconds", std::int64_t{rate.interval.count()}).end_object();
}

void write_guard(JsonWriter& json, const guard::Limits& limits) {
  json.key("verification").begin_object();
  write_rate(json, "client", limits.client_free);
  write_rate(json, "client_with_proof", limits.client_proven);
  write_rate(json, "number", limits.number);
  json.member("number_failures_an_hour_max", std::int64_t{limits.failures_an_hour});
  json.member("proof_bits", std::int64_t{limits.proof_bits});
  json.member("proof_life_seconds", seconds(limits::kProofLife)).end_object();
}

}  // namespace

std::string limits_document(std::span<const Route> routes, const guard::Guard* guard) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  for (const auto& [name, value] : kBounds) json.member(name, value);
  if (guard != nullptr) write_guard(json, guard->limits());
  json.key("routes").begin_array();
  for (const Route& route : routes) {
    if ((route.listeners & kPublic) == 0) continue;
    json.begin_object()
        .member("method", route.verb == Verb::get ? "GET" : "POST")
        .member("path", route.pattern)
        .member("body_bytes_max", number(route.body_bytes_max))
        .member("cost", std::int64_t{route.cost})
        .end_object();
  }
  json.end_array().end_object();
  return out;
}

Result<void> answer_limits(const Call& call, http::Response& response) {
  response.body = call.environment.limits;
  return {};
}

}  // namespace chayan::api
