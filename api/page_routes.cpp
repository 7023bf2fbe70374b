#include "api/page_routes.h"

#include "api/api_reference_page.h"
#include "api/assets.h"
#include "api/catalog_page.h"
#include "api/check_list_page.h"
#include "api/compare_page.h"
#include "api/data_page.h"
#include "api/institution_page.h"
#include "api/institutions_page.h"
#include "api/page.h"
#include "api/parameters.h"
#include "api/receipt_page.h"
#include "api/report_page.h"
#include "api/reports_page.h"
#include "api/table_writer.h"
#include "api/verification_page.h"
#include "base/limits.h"

namespace chayan::api {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr std::string_view kFormWithFile = "multipart/form-data";

// A page that is read; both languages stand on it, the reader's first.
Route page(std::string_view pattern, std::string_view operation, std::string_view summary,
           Handler handler) {
  Route route;
  route.pattern = pattern;
  route.operation = operation;
  route.summary = summary;
  route.answer_type = kHtml;
  route.cache = Cache::page;
  route.localized = true;
  route.page = true;
  route.handler = handler;
  return route;
}

// One that shows rows of the registry.
Route registry_page(std::string_view pattern, std::string_view operation, std::string_view summary,
                    int cost, std::vector<Parameter> parameters, Handler handler) {
  Route route = page(pattern, operation, summary, handler);
  route.cache = Cache::registry;
  route.cost = cost;
  route.parameters = std::move(parameters);
  return route;
}

std::vector<Parameter> with_compare(std::vector<Parameter> parameters) {
  parameters.push_back({"compare", kString,
                        "Credit codes, joined by commas, of the institutions that the reader is "
                        "about to compare."});
  return parameters;
}

// One that answers to what was posted; what it says may be about a person.
Route posted_page(std::string_view pattern, std::string_view operation, std::string_view summary,
                  std::string_view body_schema, std::size_t body_bytes_max, int cost,
                  Handler handler) {
  Route route = page(pattern, operation, summary, handler);
  route.verb = Verb::post;
  route.body_type = kForm;
  route.body_schema = body_schema;
  route.body_bytes_max = body_bytes_max;
  route.cache = Cache::no_store;
  route.cost = cost;
  return route;
}

Route check_page() {
  Route route = page("/check", "checkPage",
                     "The form of a verification, and what a number looks like; scans QR codes.",
                     answer_check_page);
  route.camera = true;
  return route;
}

Route verification_page() {
  Route route =
      posted_page("/verify", "verificationPage",
                  "What /v1/verifications answers, as a page; of a match with a receipt.",
                  "VerificationForm", limits::kFormBodyBytesMax, 2, answer_verification_page);
  route.guarded = true;
  return route;
}

Route check_list_page() {
  Route route = page("/check-list", "checkListPage", "The form in which an employer checks a list.",
                     answer_check_list_page);
  route.cache = Cache::registry;  // the first credential opens it
  return route;
}

Route checked_list_page() {
  Route route = posted_page("/verify-list", "checkedListPage",
                            "What /v1/verifications/batch answers, as a page or a file.",
                            "ListForm", limits::kListFormBytesMax, 20, answer_checked_list_page);
  route.body_type = kFormWithFile;
  route.more_answer_types = {media_type(TableFormat::csv), kXlsxType};
  route.quota = true;
  return route;
}

// What holders do with share reports: each body proves that whoever sends it is one.
Route holders_page(std::string_view pattern, std::string_view operation, std::string_view summary,
                   std::string_view body_schema, Handler handler) {
  Route route =
      posted_page(pattern, operation, summary, body_schema, limits::kFormBodyBytesMax, 5, handler);
  route.guarded = true;
  return route;
}

Route list_template() {
  Route route;
  route.pattern = "/check-list/{file}";
  route.operation = "showListTemplate";
  route.summary = "An empty list to fill in.";
  route.parameters = {{"file", R"({"enum":["template.csv","template.xlsx"]})", "As what."}};
  route.answer_type = media_type(TableFormat::csv);
  route.more_answer_types = {kXlsxType};
  route.cache = Cache::page;
  route.handler = answer_list_template;
  return route;
}

Route saved_receipt() {
  Route route =
      posted_page("/verify/receipt", "saveReceipt", "The receipt that a page holds, as a file.",
                  "ReceiptForm", limits::kReceiptFormBytesMax, 2, answer_saved_receipt);
  route.answer_type = "application/json";
  route.localized = false;
  return route;
}

Route report_page() {
  Route route = registry_page("/r/{code}", "reportPage",
                              "What /v1/reports/{code} answers, as a page to read or print.", 2,
                              {kReportCode}, answer_report_page);
  route.cache = Cache::no_store;
  route.guarded = true;
  return route;
}

Route catalog_page() {
  std::vector<Parameter> parameters = catalog_parameters();
  parameters.push_back({"by", R"({"enum":["certificate","occupation"]})",
                        "Which side of the equivalences leads; the certificates if left out."});
  return registry_page("/catalog", "catalogPage", "What /v1/catalog answers, as a table to print.",
                       2, std::move(parameters), answer_catalog_page);
}

Route asset() {
  Route route;
  route.pattern = "/assets/{file}";
  route.operation = "showAsset";
  route.summary = "A file that pages name; its name holds the digest of its content.";
  route.parameters = {{"file", kString, "File name."}};
  route.answer_type = "text/css; charset=utf-8";
  route.more_answer_types = {kScriptType, kPictureType};
  route.cache = Cache::immutable;
  route.handler = answer_asset;
  return route;
}

Route icon() {
  Route route;
  route.pattern = "/favicon.ico";
  route.operation = "showIcon";
  route.summary = "None under this name; 204 keeps browsers from asking again.";
  route.answer_type = {};
  route.answer_status = 204;
  route.cache = Cache::immutable;
  route.handler = answer_icon;
  return route;
}

}  // namespace

std::vector<Route> page_routes() {
  return {
      page("/", "homePage", "Where both questions begin.", answer_home_page),
      check_page(),
      verification_page(),
      check_list_page(),
      checked_list_page(),
      list_template(),
      saved_receipt(),
      page("/reports", "reportsPage", "The form in which a holder makes a share report.",
           answer_reports_page),
      holders_page("/reports/new", "makeReportPage", "What POST /v1/reports does, as a page.",
                   "ReportForm", answer_made_report_page),
      page("/reports/own", "ownReportsForm", "The form in which a holder asks for his reports.",
           answer_own_reports_form),
      holders_page("/reports/list", "ownReportsPage", "What /v1/reports/list answers, as a page.",
                   "HolderProofForm", answer_own_reports_page),
      holders_page("/reports/extend", "extendReportPage",
                   "Extends a report of the list, and shows the list again.", "ReportExtensionForm",
                   answer_extended_report_page),
      holders_page("/reports/end", "endReportPage",
                   "Ends a report of the list, and shows the list again.", "ReportEndForm",
                   answer_ended_report_page),
      holders_page("/reports/end-all", "endReportsPage", "What /v1/reports/revoke does, as a page.",
                   "HolderProofForm", answer_ended_reports_page),
      report_page(),
      registry_page("/institutions", "institutionsPage",
                    "What /v1/institutions answers, as a page.", 5,
                    with_compare(institution_parameters()), answer_institutions_page),
      registry_page("/institutions/{credit_code}", "institutionPage",
                    "One institution: scope, contacts, filings over time, and whether it was filed "
                    "on a day.",
                    1, {kCreditCode, kOn}, answer_institution_page),
      registry_page("/compare", "comparePage", "Two or three institutions side by side.", 2,
                    {{"codes", kString, "Credit codes, joined by commas; three at most."}, kOn},
                    answer_compare_page),
      catalog_page(),
      registry_page("/data", "dataPage",
                    "Figures of the registry, the log, the limits and the downloads.", 5, {},
                    answer_data_page),
      page("/data/api", "apiReferencePage", "What /openapi.json says, as a page.",
           answer_api_reference_page),
      page("/data/receipts", "receiptsPage", "How a receipt is verified.", answer_receipts_page),
      posted_page("/data/receipts/check", "checkReceiptPage", "What a receipt proves, as a page.",
                  "ReceiptForm", limits::kReceiptFormBytesMax, 2, answer_checked_receipt),
      page("/data/stored", "storedPage", "What is stored about whom, and for how long.",
           answer_stored_page),
      page("/design", "designPage", "The components that the pages are made of.",
           answer_design_page),
      asset(),
      icon(),
  };
}

}  // namespace chayan::api
