#include "api/routes.h"

#include "api/assets.h"
#include "api/check_authorization.h"
#include "api/download_export.h"
#include "api/find_catalog_items.h"
#include "api/find_institutions.h"
#include "api/find_occupations.h"
#include "api/institutions_page.h"
#include "api/list_changes.h"
#include "api/list_snapshots.h"
#include "api/openapi.h"
#include "api/page.h"
#include "api/record_batch.h"
#include "api/run_job.h"
#include "api/show_catalog_item.h"
#include "api/show_health.h"
#include "api/show_institution.h"
#include "api/show_institution_history.h"
#include "api/show_limits.h"
#include "api/show_log.h"
#include "api/show_occupation.h"
#include "api/show_snapshot.h"
#include "api/table_writer.h"
#include "api/verification_page.h"
#include "api/verify_certificate.h"
#include "base/limits.h"

namespace chayan::api {
namespace {

constexpr std::string_view kString = R"({"type":"string"})";
constexpr std::string_view kDate = R"({"type":"string","format":"date"})";
constexpr std::string_view kLists = R"({"enum":["foreign","dual"]})";
constexpr std::string_view kExports =
    R"({"enum":["catalog.csv","catalog.xlsx","catalog.ndjson","institutions.csv",)"
    R"("institutions.xlsx","institutions.ndjson"]})";
constexpr std::string_view kPositive = R"({"type":"integer","minimum":1})";
constexpr std::string_view kFromZero = R"({"type":"integer","minimum":0})";
constexpr std::string_view kLimit = R"({"type":"integer","minimum":1,"maximum":100})";
constexpr std::string_view kStates =
    R"({"enum":["effective","in_procedure","not_yet_valid","suspended","expired","revoked",)"
    R"("cancelled","any"],"default":"effective"})";

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kNdjson = "application/x-ndjson";
constexpr std::string_view kForm = "application/x-www-form-urlencoded";

const Parameter kOn = {"on", kDate, "The day the answer is for; today in Shanghai if left out."};
const Parameter kOccupation = {
    "occupation", kString,
    "Code (4-10-01-05) or name (养老护理员). One that is not recorded is an error that lists the "
    "nearest names."};
const Parameter kWorkType = {
    "work_type", kString,
    "Work type of the occupation; lines for the whole occupation match too. Alone it stands for "
    "its occupation."};
const Parameter kLevel = {"level", kString, "3, 三级, 高级工 or 高级工（三级）."};
const Parameter kCreditCode = {"credit_code", kString,
                               "Unified social credit code, 18 characters."};
const Parameter kQ = {"q", kString,
                      "Words to search: characters, pinyin (yanglao) or initials (ylhly)."};

const std::vector<Parameter> kInstitutionParameters = {
    kOccupation,
    kWorkType,
    kLevel,
    {"region", kString, "GB/T 2260 code, and everything inside it: 310000 is all of Shanghai."},
    {"list", kLists, "Lines that name an item of this catalog."},
    {"item", kString, "Lines that name this catalog item: foreign/1/3."},
    kQ,
    {"status", kStates, "State of the filing on the day."},
    kOn,
    {"limit", kLimit, "Institutions a page; 20 if left out."},
    {"cursor", kString, "next_cursor of the page before, with the same other parameters."}};

const std::vector<Route> kRoutes = {
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
     .handler = answer_verification},
    {.pattern = "/v1/institutions",
     .operation = "findInstitutions",
     .summary = "Filed institutions that may assess this on that day, with the matching lines.",
     .parameters = kInstitutionParameters,
     .answer_schema = "InstitutionPage",
     .cost = 5,
     .handler = answer_json<FindInstitutions>},
    {.pattern = "/v1/institutions/{credit_code}",
     .operation = "showInstitution",
     .summary = "One institution, its scope and where its filings stand on the day.",
     .parameters = {kCreditCode, kOn},
     .answer_schema = "Institution",
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
     .parameters = {{"list", kLists, "foreign: 国（境）外; dual: 一试双证."},
                    {"country", kString, "As printed: 英国."},
                    {"awarding_body", kString, "A part of its name, or its abbreviation: KNX."},
                    kOccupation,
                    kWorkType,
                    kLevel,
                    kQ,
                    kOn},
     .answer_schema = "CatalogPage",
     .cost = 2,
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
     .handler = answer_json<FindOccupations>},
    {.pattern = "/v1/occupations/{code}",
     .operation = "showOccupation",
     .summary = "One occupation: work types, levels, catalog items, number of institutions.",
     .parameters = {{"code", kString, "4-10-01-05"}, kOn},
     .answer_schema = "OccupationDetail",
     .cost = 5,
     .handler = answer_json<ShowOccupation>},
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
    {.pattern = "/v1/jobs/{job}",
     .operation = "showJob",
     .summary = "How a snapshot or backup that was ordered stands.",
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
    {.pattern = "/",
     .operation = "homePage",
     .summary = "The two forms.",
     .answer_type = kHtml,
     .cache = Cache::page,
     .page = true,
     .handler = answer_home_page},
    {.pattern = "/institutions",
     .operation = "institutionsPage",
     .summary = "What /v1/institutions answers, as a page.",
     .parameters = kInstitutionParameters,
     .answer_type = kHtml,
     .cost = 5,
     .page = true,
     .handler = answer_institutions_page},
    {.verb = Verb::post,
     .pattern = "/verify",
     .operation = "verificationPage",
     .summary = "What /v1/verifications answers, as a page.",
     .body_type = kForm,
     .body_schema = "VerificationForm",
     .body_bytes_max = limits::kVerificationBodyBytesMax,
     .answer_type = kHtml,
     .cache = Cache::no_store,
     .page = true,
     .handler = answer_verification_page},
    {.pattern = "/assets/{file}",
     .operation = "showAsset",
     .summary = "The style sheet; its name holds the digest of its content.",
     .parameters = {{"file", kString, "File name."}},
     .answer_type = "text/css; charset=utf-8",
     .cache = Cache::immutable,
     .handler = answer_asset},
    {.pattern = "/favicon.ico",
     .operation = "showIcon",
     .summary = "No icon; 204 keeps browsers from asking again.",
     .answer_type = {},
     .answer_status = 204,
     .cache = Cache::immutable,
     .handler = answer_icon},
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace chayan::api
