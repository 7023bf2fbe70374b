#include "api/routes.h"

#include "api/check_authorization.h"
#include "api/create_report.h"
#include "api/download_export.h"
#include "api/find_catalog_items.h"
#include "api/find_institutions.h"
#include "api/find_occupations.h"
#include "api/list_changes.h"
#include "api/list_snapshots.h"
#include "api/manage_report.h"
#include "api/openapi.h"
#include "api/page_routes.h"
#include "api/parameters.h"
#include "api/record_batch.h"
#include "api/report_page.h"
#include "api/run_job.h"
#include "api/show_catalog_item.h"
#include "api/show_health.h"
#include "api/show_institution.h"
#include "api/show_institution_history.h"
#include "api/show_limits.h"
#include "api/show_log.h"
#include "api/show_occupation.h"
#include "api/show_report.h"
#include "api/show_snapshot.h"
#include "api/suggest.h"
#include "api/table_writer.h"
#include "api/verify_batch.h"
#include "api/verify_certificate.h"
#include "base/limits.h"

namespace chayan::api {
namespace {

constexpr std::string_view kExports =
    R"({"enum":["catalog.csv","catalog.xlsx","catalog.ndjson","institutions.csv",)"
    R"("institutions.xlsx","institutions.ndjson"]})";
constexpr std::string_view kNdjson = "application/x-ndjson";
constexpr Parameter kRequiredQ = {"q", kString, kQ.doc, true};

// What a holder does with reports that were made, one of them by its code or all: each body proves him.
Route holders_route(std::string_view pattern, std::string_view operation, std::string_view summary,
                    std::string_view body_schema, int cost, Handler handler) {
  const bool is_one = pattern.find("{code}") != std::string_view::npos;
  Route route;
  route.verb = Verb::post;
  route.pattern = pattern;
  route.operation = operation;
  route.summary = summary;
  if (is_one) route.parameters = {kReportCode};
  route.body_type = "application/json";
  route.body_schema = body_schema;
  route.body_bytes_max = limits::kReportBodyBytesMax;
  route.answer_schema = is_one ? "ManagedReport" : "OwnReports";
  route.cache = Cache::no_store;
  route.cost = cost;
  route.localized = !is_one;  // a wrong proof gets what a verification answers
  route.guarded = true;
  route.handler = handler;
  return route;
}

const std::vector<Route> kApiRoutes = {
    {.verb = Verb::post,
     .pattern = "/v1/verifications",
     .operation = "verifyCertificate",
     .summary = "Is this certificate genuine? Number, with name or document number.",
     .body_type = "application/json",
     .body_schema = "VerificationQuestion",
     .body_bytes_max = limits::kVerificationBodyBytesMax,
     .answer_schema = "Verification",
     .cache = Cache::no_store,
     .localized = true,
     .guarded = true,
     .handler = answer_verification},
    {.verb = Verb::post,
     .pattern = "/v1/verifications/batch",
     .operation = "verifyCertificates",
     .summary = "Many certificates at once, for employers with a credential: a result for each row "
                "in the order of the rows, then a summary.",
     .body_type = kNdjson,
     .more_body_types = {"text/csv", kXlsxType},
     .body_schema = "BatchQuestion",
     .body_bytes_max = limits::kVerificationBatchBodyBytesMax,
     .answer_type = kNdjson,
     .more_answer_types = {media_type(TableFormat::csv), kXlsxType},
     .answer_schema = "BatchLine",
     .cache = Cache::no_store,
     .cost = 20,
     .localized = true,
     .credential = true,
     .quota = true,
     .handler = answer_verification_batch},
    {.verb = Verb::post,
     .pattern = "/v1/reports",
     .operation = "createReport",
     .summary = "The holder makes a code that lets its bearer see what the holder chose. 200 where "
                "the proof is wrong.",
     .body_type = "application/json",
     .body_schema = "ReportOrder",
     .body_bytes_max = limits::kReportBodyBytesMax,
     .answer_schema = "ReportCreation",
     .answer_status = 201,
     .cache = Cache::no_store,
     .cost = 5,
     .localized = true,
     .guarded = true,
     .handler = answer_report_creation},
    holders_route("/v1/reports/list", "listOwnReports",
                  "All reports of the holder's certificate, newest first, without their codes. The "
                  "same 200 as a verification where the proof is wrong.",
                  "HolderProof", 5, answer_own_reports),
    holders_route("/v1/reports/revoke", "endOwnReports",
                  "Ends all active reports of the holder's certificate, whoever made them.",
                  "HolderProof", 5, answer_own_reports_revocation),
    {.pattern = "/v1/reports/{code}",
     .operation = "showReport",
     .summary = "What the holder chose to show, as it stands now. The holder sees that it was "
                "opened.",
     .parameters = {kReportCode},
     .answer_schema = "Report",
     .cache = Cache::no_store,
     .cost = 2,
     .guarded = true,
     .handler = answer_report},
    holders_route("/v1/reports/{code}/extend", "extendReport",
                  "Valid for that many days from now on, where that is longer.", "ReportExtension",
                  5, answer_report_extension),
    holders_route("/v1/reports/{code}/revoke", "endReport", "Ends a report before its time.",
                  "HolderProof", 5, answer_report_revocation),
    holders_route("/v1/reports/{code}/accesses", "listReportAccesses",
                  "When a report was opened, and from which network; newest first.", "HolderProof",
                  2, answer_report_accesses),
    {.pattern = "/v1/reports/{code}/qr.svg",
     .operation = "showReportQr",
     .summary = "QR code of the address of the report's page.",
     .parameters = {kReportCode},
     .answer_type = "image/svg+xml",
     .cache = Cache::no_store,
     .cost = 2,
     .guarded = true,
     .handler = answer_report_qr},
    {.pattern = "/v1/institutions",
     .operation = "findInstitutions",
     .summary = "Filed institutions that may assess this on that day, with the matching lines.",
     .parameters = institution_parameters(),
     .answer_schema = "InstitutionPage",
     .cost = 5,
     .prepared = true,
     .handler = answer_json<FindInstitutions>},
    {.pattern = "/v1/institutions/{credit_code}",
     .operation = "showInstitution",
     .summary = "One institution, its scope and where its filings stand on the day.",
     .parameters = {kCreditCode, kOn},
     .answer_schema = "Institution",
     .prepared = true,
     .handler = answer_json<ShowInstitution>},
    {.pattern = "/v1/institutions/{credit_code}/history",
     .operation = "showInstitutionHistory",
     .summary = "Every entry of the change log that concerns the institution, as recorded.",
     .parameters = {kCreditCode},
     .answer_schema = "History",
     .cost = 2,
     .handler = answer_json<ShowInstitutionHistory>},
    {.pattern = "/v1/catalog",
     .operation = "findCatalogItems",
     .summary = "Equivalences in force on the day, by certificate or by occupation and level.",
     .parameters = catalog_parameters(),
     .answer_schema = "CatalogPage",
     .cost = 2,
     .prepared = true,
     .handler = answer_json<FindCatalogItems>},
    {.pattern = "/v1/catalog/{list}/{batch}/{row}",
     .operation = "showCatalogItem",
     .summary = "One catalog item, every version of it.",
     .parameters = {{"list", kLists, "Catalog."},
                    {"batch", kPositive, "第一批 is 1."},
                    {"row", kPositive, "Row as printed."}},
     .answer_schema = "CatalogItemVersions",
     .handler = answer_json<ShowCatalogItem>},
    {.pattern = "/v1/occupations",
     .operation = "findOccupations",
     .summary = "Recorded occupations and their work types.",
     .parameters = {kQ},
     .answer_schema = "OccupationPage",
     .cost = 2,
     .prepared = true,
     .handler = answer_json<FindOccupations>},
    {.pattern = "/v1/occupations/{code}",
     .operation = "showOccupation",
     .summary = "One occupation: work types, levels, catalog items, number of institutions.",
     .parameters = {{"code", kString, "4-10-01-05"}, kOn},
     .answer_schema = "OccupationDetail",
     .cost = 5,
     .handler = answer_json<ShowOccupation>},
    {.pattern = "/v1/suggestions",
     .operation = "suggest",
     .summary = "What may be meant by the beginning of a word: occupations, certificates of the "
                "catalogs, institutions.",
     .parameters = {kRequiredQ},
     .answer_schema = "SuggestionList",
     .cost = 5,
     .handler = answer_json<Suggest>},
    {.pattern = "/v1/authorizations",
     .operation = "checkAuthorization",
     .summary = "Was this institution entitled to this on that day? Yes or no, and why.",
     .parameters = {{"institution", kString, "Credit code.", true},
                    {"item", kString, "Catalog item; or occupation and level instead."},
                    kOccupation,
                    kWorkType,
                    kLevel,
                    kOn},
     .answer_schema = "Authorization",
     .localized = true,
     .handler = answer_json<CheckAuthorization>},
    {.pattern = "/v1/changes",
     .operation = "listChanges",
     .summary = "Entries of the change log from a seq on, then the signed checkpoint over them.",
     .parameters = {{"after", kFromZero, "The last seq you have; leave it out to begin at 0."},
                    {"limit", R"({"type":"integer","minimum":1,"maximum":10000})",
                     "Entries an answer; 1000 if left out. An answer also ends at 1 MiB."},
                    {"wait", R"({"type":"integer","minimum":0,"maximum":60})",
                     "Seconds to wait for the first new entry where there is none yet."}},
     .answer_type = kNdjson,
     .cache = Cache::no_store,
     .cost = 5,
     .listeners = kPublic | kPartner,
     .handler = answer_changes},
    {.pattern = "/v1/log",
     .operation = "showLog",
     .summary = "The log's name, size and verifier keys.",
     .answer_schema = "Log",
     .cache = Cache::log_head,
     .listeners = kPublic | kPartner,
     .handler = answer_log},
    {.pattern = "/checkpoint",
     .operation = "showCheckpoint",
     .summary = "The newest checkpoint of the log (C2SP tlog-checkpoint).",
     .answer_type = "text/plain; charset=utf-8",
     .cache = Cache::log_head,
     .listeners = kPublic | kPartner,
     .handler = answer_checkpoint},
    {.pattern = "/tile/entries/{tile...}",
     .operation = "showEntryBundle",
     .summary = "256 entries of the log, each behind its length in two bytes (C2SP tlog-tiles).",
     .parameters = {{"tile", kString, "000, x001/234; with .p/W for the first W alone."}},
     .answer_type = "application/octet-stream",
     .cache = Cache::immutable,
     .cost = 2,
     .listeners = kPublic | kPartner,
     .handler = answer_entries},
    {.pattern = "/tile/{level}/{tile...}",
     .operation = "showTile",
     .summary = "256 hashes of one level of the tree (C2SP tlog-tiles).",
     .parameters = {{"level", kFromZero, "0 holds the entries' hashes."},
                    {"tile", kString, "000, x001/234; with .p/W for the first W alone."}},
     .answer_type = "application/octet-stream",
     .compress = false,
     .cache = Cache::immutable,
     .listeners = kPublic | kPartner,
     .handler = answer_tile},
    {.pattern = "/v1/exports/{file}",
     .operation = "downloadExport",
     .summary =
         "The catalog or the institutions on that day as one file; Chayan-Size says the size "
         "of the change log it was read from.",
     .parameters = {{"file", kExports, "What, and as what."}, kOn},
     .answer_type = media_type(TableFormat::csv),
     .more_answer_types = {media_type(TableFormat::xlsx), media_type(TableFormat::ndjson)},
     .cost = 20,
     .handler = answer_export},
    {.pattern = "/v1/snapshots",
     .operation = "listSnapshots",
     .summary = "Snapshots of the log, newest first, with their checkpoints.",
     .answer_schema = "SnapshotList",
     .cache = Cache::log_head,
     .cost = 2,
     .listeners = kPublic | kPartner,
     .handler = answer_snapshots},
    {.pattern = "/v1/snapshots/latest",
     .operation = "showLatestSnapshot",
     .summary = "Leads to the newest snapshot.",
     .answer_type = {},
     .answer_status = 307,
     .cache = Cache::no_store,
     .cost = 2,
     .listeners = kPublic | kPartner,
     .handler = answer_latest_snapshot},
    {.pattern = "/v1/snapshots/{file}",
     .operation = "showSnapshot",
     .summary = "The log's feed from its first entry on, one zstd frame a page.",
     .parameters = {{"file", kString, "As /v1/snapshots lists it."}},
     .answer_type = "application/zstd",
     .parts = true,
     .compress = false,
     .cache = Cache::immutable,
     .cost = 2,
     .listeners = kPublic | kPartner,
     .handler = answer_snapshot},
    {.verb = Verb::post,
     .pattern = "/v1/snapshots",
     .operation = "makeSnapshot",
     .summary = "Has a snapshot made, on the admin listener only.",
     .answer_schema = "Job",
     .answer_status = 202,
     .cache = Cache::no_store,
     .listeners = kAdmin,
     .handler = answer_snapshot_order},
    {.verb = Verb::post,
     .pattern = "/v1/backups",
     .operation = "makeBackup",
     .summary = "Has a backup made, on the admin listener only.",
     .answer_schema = "Job",
     .answer_status = 202,
     .cache = Cache::no_store,
     .listeners = kAdmin,
     .handler = answer_backup_order},
    {.verb = Verb::post,
     .pattern = "/v1/keys/rotations",
     .operation = "rotateKeys",
     .summary = "Has the data keys rotated, on the admin listener only.",
     .answer_schema = "Job",
     .answer_status = 202,
     .cache = Cache::no_store,
     .listeners = kAdmin,
     .handler = answer_rotation_order},
    {.verb = Verb::post,
     .pattern = "/v1/keys/counts",
     .operation = "countKeyUses",
     .summary = "Has the records under each data key counted, on the admin listener only.",
     .answer_schema = "Job",
     .answer_status = 202,
     .cache = Cache::no_store,
     .listeners = kAdmin,
     .handler = answer_key_count_order},
    {.pattern = "/v1/jobs/{job}",
     .operation = "showJob",
     .summary = "How work that was ordered stands.",
     .parameters = {{"job", kFromZero, "Its number."},
                    {"wait", R"({"type":"integer","minimum":0,"maximum":60})",
                     "Seconds to wait for its end."}},
     .answer_schema = "Job",
     .cache = Cache::no_store,
     .listeners = kAdmin,
     .handler = answer_job},
    {.pattern = "/v1/limits",
     .operation = "showLimits",
     .summary = "The bounds that a client can meet.",
     .answer_schema = "Limits",
     .cache = Cache::page,
     .handler = answer_limits},
    {.pattern = "/openapi.json",
     .operation = "showOpenApi",
     .summary = "This document.",
     .answer_schema = "OpenApi",
     .cache = Cache::page,
     .handler = answer_openapi},
    {.verb = Verb::post,
     .pattern = "/v1/batches",
     .operation = "recordBatch",
     .summary = "Record changes, all or none, under the Idempotency-Key of the header.",
     .body_type = kNdjson,
     .body_schema = "ImportLines",
     .body_bytes_max = limits::kBatchBodyBytesMax,
     .answer_schema = "BatchReceipt",
     .cache = Cache::no_store,
     .localized = true,
     .listeners = kAdmin,
     .handler = answer_batch},
    {.pattern = "/livez",
     .operation = "showLiveness",
     .summary = "The process answers.",
     .answer_schema = "Alive",
     .cache = Cache::no_store,
     .listeners = kPublic | kAdmin | kPartner,
     .handler = answer_livez},
    {.pattern = "/readyz",
     .operation = "showReadiness",
     .summary = "It should be sent requests; 503 while it drains.",
     .answer_schema = "Ready",
     .cache = Cache::no_store,
     .listeners = kPublic | kAdmin | kPartner,
     .handler = answer_readyz},
    {.pattern = "/metrics",
     .operation = "showMetrics",
     .summary = "Prometheus metrics, on the admin listener only.",
     .answer_type = "text/plain; version=0.0.4; charset=utf-8",
     .cache = Cache::no_store,
     .listeners = kAdmin,
     .handler = answer_metrics},
};

std::vector<Route> all_routes() {
  std::vector<Route> all = kApiRoutes;
  const std::vector<Route> pages = page_routes();
  all.insert(all.end(), pages.begin(), pages.end());
  return all;
}

}  // namespace

std::span<const Route> routes() {
  static const std::vector<Route> all = all_routes();
  return all;
}

}  // namespace chayan::api
