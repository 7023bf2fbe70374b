#include "api/data_page.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "api/environment.h"
#include "api/page.h"
#include "api/plot.h"
#include "base/limits.h"
#include "log/note.h"

namespace chayan::api {
namespace {

std::string text(std::uint64_t number) {
  return std::to_string(number);
}

PageData occupations_plot(const Figures& figures) {
  std::vector<PlotRow> rows;
  rows.reserve(figures.by_occupation.size());
  for (const Figures::ByOccupation& one : figures.by_occupation) {
    const Occupation& occupation = one.occupation;
    const std::string& en = occupation.name_en.empty() ? occupation.name : occupation.name_en;
    rows.push_back({{en, occupation.name}, one.institutions});
  }
  return row_plot(rows);
}

void set_figures(const Figures& figures, PageData& data) {
  data.set("on", figures.on.text());
  data.set("seq", text(figures.seq));
  data.set("institutions", text(figures.institutions));
  data.set("effective_institutions", text(figures.effective_institutions));
  data.set("effective_filings", text(figures.effective_filings));
  data.set("catalog_items", text(figures.catalog_items));
  data.set("occupations", occupations_plot(figures));
  data.set("filings", month_plot(figures.filings));
  data.set("has_filings", !figures.filings.empty());
  data.set("certificates", month_plot(figures.certificates));
  data.set("has_certificates", !figures.certificates.empty());
  std::uint64_t certificates = 0;
  for (const auto& [month, count] : figures.certificates) certificates += count;
  data.set("certificate_count", text(certificates));
  data.set("counted", text(figures.counted));
  data.set("counts_on", figures.counted < figures.seq);
}

std::string seconds(std::chrono::milliseconds value) {
  const auto whole = value.count() / 1000;
  const auto tenths = value.count() % 1000 / 100;
  return std::to_string(whole) + (tenths == 0 ? "" : "." + std::to_string(tenths));
}

void add_bound(PageData& list, const Message& what, const Message& bound) {
  PageData row;
  set_message(row, "what", what);
  set_message(row, "bound", bound);
  list.push_back(row);
}

void add_rate(PageData& list, const Message& what, guard::Rate rate) {
  const std::string burst = std::to_string(rate.burst);
  const std::string each = seconds(rate.interval);
  add_bound(list, what,
            {burst + " at once, then one each " + each + " s",
             "一次 " + burst + " 次，此后每 " + each + " 秒 1 次"});
}

// Those that a person can meet; /v1/limits has all.
PageData bounds(const guard::Guard* guard) {
  PageData list(PageData::type::list);
  if (guard != nullptr) {
    const guard::Limits& limits = guard->limits();
    add_rate(list, {"Checks by one address", "同一网络地址查验"}, limits.client_free);
    add_rate(list, {"The same, with a proof of work each", "同上，每次附工作量证明"},
             limits.client_proven);
    add_rate(list, {"Checks of one certificate number, by all", "同一证书编号（所有人合计）"},
             limits.number);
    const std::string failures = std::to_string(limits.failures_an_hour);
    add_bound(list, {"Checks of one number that do not match", "同一编号未相符的查验"},
              {failures + " an hour", "每小时 " + failures + " 次"});
  }
  const std::string rows = std::to_string(limits::kVerificationBatchRowsMax);
  add_bound(list, {"Rows of a batch", "批量查验每批"}, {rows + " rows", rows + " 行"});
  const std::string page = std::to_string(limits::kPageItemsMax);
  add_bound(list, {"Institutions a page", "机构名单每页"}, {page, page + " 家"});
  const std::string days = std::to_string(limits::kReportDaysMax);
  add_bound(list, {"Validity of a share report", "分享报告有效期"}, {days + " days", days + " 天"});
  const std::string entries = std::to_string(limits::kFeedEntriesMax);
  add_bound(list, {"Entries an answer of the change feed", "变更流每次"},
            {entries + " entries", entries + " 条"});
  return list;
}

}  // namespace

void set_log(const Call& call, PageData& data) {
  const index::Store& store = call.environment.services.store;
  data.set("origin", store.origin());
  data.set("is_mirror", store.is_mirror());
  const auto published = store.published();
  data.set("has_checkpoint", published != nullptr);
  if (published != nullptr) {
    data.set("size", text(published->checkpoint.size));
    data.set("root", to_hex(view(published->checkpoint.root)));
    data.set("checkpoint", published->note);
  }
  PageData keys(PageData::type::list);
  const auto add = [&](const log::NoteKey& key) {
    PageData one;
    one.set("vkey", log::verifier_line(key));
    keys.push_back(one);
  };
  add(store.log_key());
  if (const auto* second = store.second_log_key(); second != nullptr) add(*second);
  data.set("keys", keys);
}

Result<void> answer_data_page(const Call& call, http::Response& response) {
  const index::Reader reader = reader_of(call);
  const auto figures = call.environment.figures.find(reader, call.today);
  if (!figures) return figures.error();
  PageData data = page_data(Section::data, {"Data and API", "数据与接口"});
  set_figures(**figures, data);
  set_log(call, data);
  data.set("bounds", bounds(call.environment.services.guard));
  render_page(call, "data.html", data, response);
  return {};
}

Result<void> answer_stored_page(const Call& call, http::Response& response) {
  PageData data = page_data(Section::data, {"What is stored", "存储哪些信息"});
  data.set("audit_days", std::to_string(limits::kAuditRetentionDaysMin));
  data.set("access_days", std::to_string(limits::kReportAccessDaysMax));
  data.set("accesses", std::to_string(limits::kReportAccessesMax));
  render_page(call, "stored.html", data, response);
  return {};
}

}  // namespace chayan::api
