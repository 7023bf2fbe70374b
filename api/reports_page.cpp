#include "api/reports_page.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/create_report.h"
#include "api/form.h"
#include "api/guarded.h"
#include "api/holder_proof.h"
#include "api/manage_report.h"
#include "api/page.h"
#include "api/qr_code.h"
#include "api/report_terms.h"
#include "api/share_reports.h"
#include "api/times.h"
#include "api/verification_page.h"
#include "base/bytes.h"
#include "base/limits.h"

namespace chayan::api {
namespace {

using F = ReportField;

constexpr std::array<std::string_view, 5> kControls = {"certificate_number", "holder_name",
                                                       "document_number", "valid_days", "show"};

constexpr int kPresetDays = 30;  // an application for a job and its answer

struct Choice {
  F field;
  std::string_view zh;
  std::string_view en;
  bool preset;  // what an employer asks for, and no number that is good for anything else
};

constexpr Choice kNameChoices[] = {
    {F::holder_name_masked, "部分遮盖，如“张*”", "In part, such as 张*", true},
    {F::holder_name, "完整姓名", "Whole", false}};
constexpr Choice kNumberChoices[] = {
    {F::certificate_number_masked, "只显示后四位", "Its last four characters", true},
    {F::certificate_number, "完整编号", "Whole", false}};
constexpr Choice kChoices[] = {
    {F::occupation, "职业（工种）", "Occupation", true},
    {F::level, "等级", "Level", true},
    {F::issuer, "发证机构", "Issuer", true},
    {F::issued_on, "发证日期", "Issued on", true},
    {F::basis, "比照认定依据", "Basis", true},
    {F::issuer_authorized, "发证机构当日有无资格", "Whether the issuer was entitled", true},
    {F::status_history, "状态记录（更正、补证等）", "History: corrections and the like", true},
    {F::document_type, "证件类型", "Type of the document", false},
    {F::document_last_four, "证件号码后四位", "Last four characters of the document number", false},
    {F::original_certificate, "原证书编号", "Number of the original certificate", false}};

Message name_of(F field) {
  if (field == F::holder_name) return {"Name", "姓名"};
  if (field == F::holder_name_masked) return {"Name in part", "姓名（部分遮盖）"};
  if (field == F::certificate_number) return {"Certificate number", "证书编号"};
  if (field == F::certificate_number_masked) return {"Certificate number in part", "编号后四位"};
  for (const Choice& choice : kChoices) {
    if (choice.field == field) return {std::string(choice.en), std::string(choice.zh)};
  }
  return {};
}

template <std::size_t N>
PageData choices_data(const Choice (&choices)[N]) {
  PageData list(PageData::type::list);
  for (const Choice& choice : choices) {
    PageData row;
    row.set("value", std::string(code(choice.field)));
    set_message(row, "name", {std::string(choice.en), std::string(choice.zh)});
    row.set("preset", choice.preset);
    list.push_back(row);
  }
  return list;
}

PageData page_of_reports() {
  PageData data = page_data(Section::check, {"Share reports", "分享报告"});
  data.set("days_max", std::to_string(limits::kReportDaysMax));
  data.set("days", std::to_string(kPresetDays));
  return data;
}

PageData making_data() {
  PageData data = page_of_reports();
  data.set("names", choices_data(kNameChoices));
  data.set("numbers", choices_data(kNumberChoices));
  data.set("choices", choices_data(kChoices));
  data.set("reports_max", std::to_string(limits::kReportsPerCertificateMax));
  return data;
}

PageData shown_data(const ReportFields& shows) {
  PageData list(PageData::type::list);
  const auto fields = shows.list();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    PageData row;
    set_message(row, "name", name_of(fields[i]));
    row.set("more", i + 1 < fields.size());
    list.push_back(row);
  }
  return list;
}

void answer_form(const Call& call, std::string_view file, PageData data, const Error& error,
                 http::Response& response) {
  set_form_problem(call, error, kControls, data, response);
  render_page(call, file, data, response);
}

void answer_no_match(const Call& call, std::string_view file, PageData data,
                     const VerifyCertificate::Input& proof, http::Response& response) {
  data.set("no_match", true);
  set_help(data, proof);
  render_page(call, file, data, response);
}

// ---- one that was made

Result<PageData> made_data(const Call& call, const MadeReport& made) {
  PageData data = page_of_reports();
  data.set("code", std::string(made.code.text()));
  data.set("grouped", made.code.grouped());
  data.set("expires", shanghai_time(made.report.expires));
  data.set("shows", shown_data(made.report.shows));
  const auto url = report_url(call, made.code);
  data.set("has_qr", url.has_value());
  if (!url) return data;
  data.set("url", *url);
  auto drawing = draw_qr(*url);
  if (!drawing) return drawing.error();
  set_message(data, "qr_name", {"QR code of the report's address", "报告网址的二维码"});
  data.set("modules", std::to_string(drawing->modules));
  data.set("path", drawing->path);
  return data;
}

// ---- all of a certificate

Message state_name(std::string_view state) {
  if (state == "active") return {"Active", "有效"};
  return state == "ended" ? Message{"Ended", "已结束"} : Message{"Expired", "已过期"};
}

std::string mark_of(const ShareReport& report) {
  return to_hex(std::string_view(report.code.data(), report.code.size()));
}

// The id of the control that extends it.
std::string days_control(const ShareReport& report) {
  return "days-" + mark_of(report);
}

PageData report_data(ShareReport report, Seconds at, std::string_view wrong_control) {
  report.forget_before(at);
  PageData row;
  row.set("days_control", days_control(report));
  row.set("wrong", days_control(report) == wrong_control);
  row.set("mark", mark_of(report));
  set_message(row, "state", state_name(report.state(at)));
  row.set("active", report.is_active(at));
  row.set("created", shanghai_time(report.created));
  row.set("expires", shanghai_time(report.expires));
  row.set("has_ended", report.ended.has_value());
  if (report.ended) row.set("ended", shanghai_time(*report.ended));
  row.set("shows", shown_data(report.shows));
  row.set("count", std::to_string(report.access_count));
  PageData accesses(PageData::type::list);
  for (auto access = report.accesses.rbegin(); access != report.accesses.rend(); ++access) {
    PageData one;
    one.set("at", shanghai_time(access->at));
    one.set("client", access->client);
    accesses.push_back(one);
  }
  row.set("has_accesses", !report.accesses.empty());
  row.set("accesses", accesses);
  return row;
}

PageData list_data(const VerifyCertificate::Input& proof, const std::vector<ShareReport>& reports,
                   Seconds at, std::string_view wrong_control) {
  PageData data = page_of_reports();
  data.set("certificate_number", std::string(proof.number.text()));
  data.set("holder_name", proof.holder_name);
  data.set("document_number", proof.document_number);
  PageData rows(PageData::type::list);
  std::size_t active = 0;
  for (auto report = reports.rbegin(); report != reports.rend(); ++report) {
    rows.push_back(report_data(*report, at, wrong_control));
    if (report->is_active(at)) ++active;
  }
  data.set("reports", rows);
  data.set("none", reports.empty());
  data.set("has_active", active > 0);
  data.set("active", std::to_string(active));
  return data;
}

// What a form of the list orders. The proof is read first: without it nothing is shown.
struct Order {
  VerifyCertificate::Input proof;
  std::string mark;                      // of the report; empty: of all
  std::optional<Result<int>> days = {};  // where the form has them
};

enum class Takes { proof, report, report_and_days };

Result<Order> read_order(std::string_view body, Takes takes) {
  auto form = Form::parse(body);
  if (!form) return form.error();
  auto proof = read_holder_proof(*form);
  const auto mark = takes != Takes::proof ? form->take("report") : std::nullopt;
  std::optional<Result<int>> days;
  if (takes == Takes::report_and_days) days = read_valid_days(*form);
  if (auto finished = form->finish(); !finished) return finished.error();
  if (!proof) return proof.error();
  return Order{std::move(*proof), std::string(mark.value_or("")), std::move(days)};
}

// Done to the reports of the certificate; gives what the page is to say of it.
using Deed = std::function<Result<Message>(const Order&, std::uint64_t issued_seq)>;

// The reports, after `deed` (if any). What is wrong with the deed stands above the list.
Result<void> answer_list(const Call& call, Takes takes, const Deed& deed,
                         http::Response& response) {
  if (auto kept = require_reports(call); !kept) return kept;
  const auto order = read_order(call.request.body, takes);
  if (!order) {
    answer_form(call, "own_reports.html", page_of_reports(), order.error(), response);
    return {};
  }
  const auto proven = prove_holder(call, reader_of(call), order->proof);
  if (!proven) return proven.error();
  if (proven->refusal) {
    write_refusal_page(call, *proven->refusal, response);
    return {};
  }
  if (!proven->certificate) {
    answer_no_match(call, "own_reports.html", page_of_reports(), order->proof, response);
    return {};
  }
  const std::uint64_t seq = proven->certificate->issued_seq;
  const auto done = deed ? deed(*order, seq) : Result<Message>(Message{});
  const auto reports = reader_of(call).reports_of(seq);
  if (!reports) return reports.error();
  const std::string wrong_control = done ? std::string() : done.error().field;
  PageData data = list_data(order->proof, *reports, now(call), wrong_control);
  if (done) {
    data.set("done", !done->zh.empty());
    set_message(data, "deed", *done);
  } else {
    if (problem_of(done.error()).status >= 500) return done.error();
    const std::string_view controls[] = {
        wrong_control.starts_with("days-") ? std::string_view(wrong_control) : "-"};
    set_form_problem(call, done.error(), controls, data, response);
  }
  render_page(call, "report_list.html", data, response);
  return {};
}

Result<ShareReport> find_marked(const Call& call, std::uint64_t seq, std::string_view mark) {
  auto reports = reader_of(call).reports_of(seq);
  if (!reports) return reports.error();
  const auto own = std::find_if(reports->begin(), reports->end(),
                                [&](const ShareReport& one) { return mark_of(one) == mark; });
  if (own == reports->end()) return no_such_report();
  return std::move(*own);
}

}  // namespace

Result<void> answer_reports_page(const Call& call, http::Response& response) {
  if (auto kept = require_reports(call); !kept) return kept;
  render_page(call, "reports.html", making_data(), response);
  return {};
}

Result<void> answer_own_reports_form(const Call& call, http::Response& response) {
  if (auto kept = require_reports(call); !kept) return kept;
  render_page(call, "own_reports.html", page_of_reports(), response);
  return {};
}

Result<void> answer_made_report_page(const Call& call, http::Response& response) {
  if (auto kept = require_reports(call); !kept) return kept;
  const auto order = ReportOrder::parse_form(call.request.body);
  if (!order) {
    answer_form(call, "reports.html", making_data(), order.error(), response);
    return {};
  }
  const auto creation = create_report(call, *order);
  if (!creation) {
    if (problem_of(creation.error()).status >= 500) return creation.error();
    answer_form(call, "reports.html", making_data(), creation.error(), response);
    return {};
  }
  if (creation->refusal) {
    write_refusal_page(call, *creation->refusal, response);
  } else if (!creation->made) {
    answer_no_match(call, "reports.html", making_data(), order->proof, response);
  } else {
    const auto data = made_data(call, *creation->made);
    if (!data) return data.error();
    render_page(call, "report_made.html", *data, response);
  }
  return {};
}

Result<void> answer_own_reports_page(const Call& call, http::Response& response) {
  return answer_list(call, Takes::proof, {}, response);
}

Result<void> answer_extended_report_page(const Call& call, http::Response& response) {
  const Deed extend = [&](const Order& order, std::uint64_t seq) -> Result<Message> {
    const auto own = find_marked(call, seq, order.mark);
    if (!own) return own.error();
    if (const Result<int>& days = *order.days; !days) {
      Error error = days.error();
      error.field = days_control(*own);
      return error;
    }
    const auto edited = edit_report(call, *own, extension(now(call), **order.days));
    if (!edited) return edited.error();
    const std::string until = shanghai_time(edited->expires);
    return Message{"Valid until " + until + " now.", "有效期现至 " + until + "。"};
  };
  return answer_list(call, Takes::report_and_days, extend, response);
}

Result<void> answer_ended_report_page(const Call& call, http::Response& response) {
  const Deed end = [&](const Order& order, std::uint64_t seq) -> Result<Message> {
    const auto own = find_marked(call, seq, order.mark);
    if (!own) return own.error();
    const auto edited = edit_report(call, *own, ending(now(call)));
    if (!edited) return edited.error();
    return Message{"The report has ended: its code opens nothing any more.",
                   "报告已结束，分享码不能再打开。"};
  };
  return answer_list(call, Takes::report, end, response);
}

Result<void> answer_ended_reports_page(const Call& call, http::Response& response) {
  const Deed end = [&](const Order&, std::uint64_t seq) -> Result<Message> {
    const auto left = end_reports(call, seq);
    if (!left) return left.error();
    return Message{"All reports of this certificate have ended.", "这张证书的全部报告已结束。"};
  };
  return answer_list(call, Takes::proof, end, response);
}

}  // namespace chayan::api
