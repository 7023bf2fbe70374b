#include "api/check_list_page.h"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/admission.h"
#include "api/authorization.h"
#include "api/batch_judge.h"
#include "api/environment.h"
#include "api/field_value.h"
#include "api/guarded.h"
#include "api/page.h"
#include "api/verification_page.h"
#include "api/verify_batch.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/xlsx_reader.h"
#include "http/multipart.h"

namespace chayan::api {
namespace {

constexpr std::array<std::string_view, 2> kControls = {"credential", "file"};

// ---- What the form holds.

struct ListForm {
  std::string_view credential;
  std::string_view file;
  std::optional<TableFormat> format;  // nullopt: a page
};

Result<ListForm> read_form(const http::Request& request) {
  const auto parts = http::parse_multipart(request.field("Content-Type"), request.body);
  if (!parts) return parts.error();
  ListForm form;
  for (const http::FormPart& part : *parts) {
    if (part.name == "credential") {
      form.credential = trim(part.content);
    } else if (part.name == "file") {
      form.file = part.content;
    } else if (part.name == "answer" && part.content == "csv") {
      form.format = TableFormat::csv;
    } else if (part.name == "answer" && part.content == "xlsx") {
      form.format = TableFormat::xlsx;
    } else if (part.name != "answer" || part.content != "page") {
      return invalid("body", "The form has a field that this page does not know.",
                     "表单中有本页面不认识的项目。");
    }
  }
  return form;
}

Error wrong_credential(bool mistyped, bool is_empty) {
  if (is_empty) {
    return invalid("credential", "Give the credential of your organization.",
                   "请填写用人单位的凭证。");
  }
  if (mistyped) {
    const Problem problem = no_credential(true);
    return {ErrorCode::invalid_argument, "credential", problem.detail};
  }
  return invalid(
      "credential",
      "This credential does not count here and now: it is unknown, has expired, was "
      "revoked, or is not good for the network that you ask from.",
      "该凭证当前不可在此处使用：可能不存在、已到期、已撤销，或不允许在您所在的网络使用。");
}

Error spent(const QuotaStanding& quota, std::size_t rows) {
  const std::string left = std::to_string(quota.left);
  const std::string wanted = std::to_string(rows);
  return invalid("file",
                 "The list has " + wanted + " rows, and " + left +
                     " are left of the day's quota; nothing was asked.",
                 "名单有 " + wanted + " 行，而当日额度只剩 " + left + " 行，本次未作查验。");
}

// ---- The page.

// Why nobody can ask here; nullopt: somebody can.
std::optional<Message> obstacle(const Call& call) {
  if (auto given = require_batches(call); !given) return given.error().message;
  const auto& has_employers = call.environment.services.has_employers;
  if (!has_employers || has_employers()) return std::nullopt;
  return Message{"Lists cannot be checked here yet: no employer has been given a credential.",
                 "此服务尚未向任何用人单位发放凭证，暂不能批量查验。"};
}

std::string joined_columns() {
  std::string names;
  for (const Column& column : batch_columns()) {
    names.append(names.empty() ? "" : "|").append(header_of(column));
  }
  return names;
}

PageData list_page(const Call& call) {
  PageData data = page_data(Section::check, {"Check a list", "批量查验"});
  const auto against = obstacle(call);
  data.set("available", !against);
  set_message(data, "obstacle", against.value_or(Message()));
  data.set("rows_max", std::to_string(limits::kVerificationBatchRowsMax));
  data.set("bytes_max", std::to_string(limits::kVerificationBatchBodyBytesMax));
  data.set("mebibytes_max", std::to_string(limits::kVerificationBatchBodyBytesMax >> 20));
  data.set("columns", joined_columns());
  return data;
}

Result<void> show_problem(const Call& call, const Error& error, http::Response& response) {
  PageData data = list_page(call);
  set_form_problem(call, error, kControls, data, response);
  render_page(call, "check_list.html", data, response);
  return {};
}

// What is wrong with the file is said beside it, whatever part of it is to blame.
Result<void> show_file_problem(const Call& call, Error error, http::Response& response) {
  error.field = "file";
  return show_problem(call, error, response);
}

// ---- The result.

enum class Kind { good, revoked, unauthorized, no_match, error };

Kind kind_of(const BatchOutcome& outcome) {
  if (!outcome) return Kind::error;
  if (!*outcome) return Kind::no_match;
  const VerifyCertificate::Match& match = **outcome;
  const std::string_view status = match.certificate.status();
  if (status == "revoked" || status == "cancelled") return Kind::revoked;
  return match.decision.entitlement.holds() ? Kind::good : Kind::unauthorized;
}

void set_match(PageData& row, const VerifyCertificate::Match& match) {
  const CertificateFacts& facts = match.certificate.facts;
  const auto& issuer = match.decision.institution;
  const std::string where = issuer ? issuer->institution.name : std::string(facts.issuer.text());
  const std::string what = facts.occupation_name + "，" + std::string(name_zh(facts.level)) + "，" +
                           where + "，" + facts.issued_on.text();
  set_message(row, "detail", {what, what});
}

PageData row_data(const BatchRow& row, const BatchOutcome& outcome) {
  PageData data;
  data.set("line", std::to_string(row.line));
  set_optional(data, "number", row.input ? row.input->number.text() : std::string_view());
  switch (kind_of(outcome)) {
    case Kind::good:
    case Kind::revoked:
      data.set("tone", kind_of(outcome) == Kind::good ? "good" : "bad");
      set_message(data, "words", status_name((*outcome)->certificate.status()));
      set_match(data, **outcome);
      break;
    case Kind::unauthorized:
      data.set("tone", "bad");
      set_message(data, "words", {"Issuer not entitled", "机构无权评价"});
      set_message(data, "detail", sentence((*outcome)->decision.entitlement.reason));
      break;
    case Kind::no_match: {
      data.set("tone", "bad");
      set_message(data, "words", {"No match", "未查到"});
      Message help;
      for (const Message& one : no_match_help(*row.input)) {
        help.en += (help.en.empty() ? "" : " ") + one.en;
        help.zh += one.zh;
      }
      set_message(data, "detail", help);
      break;
    }
    case Kind::error:
      data.set("tone", "warn");
      set_message(data, "words", {"Could not be asked", "无法查验"});
      set_message(data, "detail", told(outcome.error()).message);
      break;
  }
  return data;
}

// A table of the page: its first rows, and how many it would have.
struct ShownRows {
  PageData rows{PageData::type::list};
  std::size_t count = 0;

  void add(const PageData& row) {
    if (count++ < limits::kListRowsShownMax) rows.push_back(row);
  }
  void put(PageData& data, const std::string& name) {
    data.set(name, rows);
    data.set("has_" + name, count > 0);
    data.set(name + "_count", std::to_string(count));
    data.set(name + "_cut", count > limits::kListRowsShownMax);
  }
};

// What the rows come to, row by row.
class Tally {
 public:
  void add(const BatchRow& row, const BatchOutcome& outcome) {
    const Kind kind = kind_of(outcome);
    ++counts_[static_cast<std::size_t>(kind)];
    const bool is_good = kind == Kind::good;
    const bool is_shown = all_.count < limits::kListRowsShownMax ||
                          (!is_good && problems_.count < limits::kListRowsShownMax);
    const PageData made = is_shown ? row_data(row, outcome) : PageData();
    all_.add(made);
    if (!is_good) problems_.add(made);
  }

  PageData result(const QuotaStanding& quota) {
    PageData data;
    problems_.put(data, "problems");
    all_.put(data, "rows");
    set_count(data, "good", Kind::good);
    set_count(data, "revoked", Kind::revoked);
    set_count(data, "unauthorized", Kind::unauthorized);
    set_count(data, "no_match", Kind::no_match);
    set_count(data, "error", Kind::error);
    data.set("shown_max", std::to_string(limits::kListRowsShownMax));
    data.set("quota", std::to_string(quota.limit));
    data.set("left", std::to_string(quota.left));
    return data;
  }

 private:
  void set_count(PageData& data, const std::string& name, Kind kind) const {
    const std::size_t count = counts_[static_cast<std::size_t>(kind)];
    data.set(name, std::to_string(count));
    data.set("has_" + name, count > 0);
  }

  ShownRows problems_;
  ShownRows all_;
  std::array<std::size_t, 5> counts_{};
};

// The page of a list, made while it is sent: a line break, which means nothing before a document,
// for each chunk of rows, so that the thread's other connections have their turn; then the page.
class CheckedList final : public http::BodySource {
 public:
  CheckedList(const Call& call, const Employer& employer, std::vector<BatchRow> rows,
              const QuotaStanding& quota)
      : environment_(call.environment),
        language_(call.language),
        page_(list_page(call)),
        judge_(call, employer, std::move(rows)),
        quota_(quota) {}

  std::size_t read(std::span<char> room) override {
    const auto take = [this](const BatchRow& row, const BatchOutcome& outcome) {
      tally_.add(row, outcome);
    };
    if (judge_.next(take)) {
      room.front() = '\n';
      return 1;
    }
    if (text_.empty()) {
      page_.set("result", tally_.result(quota_));
      text_ = rendered_page(environment_, language_, "check_list.html", page_);
    }
    const std::size_t count = text_.copy(room.data(), room.size(), sent_);
    sent_ += count;
    return count;
  }

 private:
  const Environment& environment_;
  const Language language_;
  PageData page_;
  BatchJudge judge_;
  const QuotaStanding quota_;
  Tally tally_;
  std::string text_;
  std::size_t sent_ = 0;
};

void set_attachment(http::Response& response, const std::string& name, TableFormat format) {
  response.set("Content-Disposition",
               "attachment; filename=" + name + "." + std::string(extension(format)));
}

Result<void> show_refusal(const Call& call, const BatchStart& start, std::size_t rows,
                          http::Response& response) {
  if (start.refusal) {
    write_refusal_page(call, *start.refusal, response);
    return {};
  }
  auto shown = show_problem(call, spent(start.quota, rows), response);
  response.status = 429;
  response.set("Retry-After", std::to_string(start.quota.until_reset.count()));
  return shown;
}

Result<void> check_list(const Call& call, const ListForm& form, const Employer& employer,
                        http::Response& response) {
  auto rows = read_batch(BatchForm::csv, form.file);
  if (!rows) return show_file_problem(call, rows.error(), response);
  const std::size_t count = rows->size();
  if (form.format) {
    const auto refused = write_batch(call, employer, std::move(*rows), *form.format, response);
    if (!refused) return refused.error();
    if (*refused) return show_refusal(call, **refused, count, response);
    set_attachment(response, "chayan-check-list-" + call.today.text(), *form.format);
    return {};
  }
  const auto start = start_batch(call, employer, count);
  if (!start) return start.error();
  if (!start->may_go()) return show_refusal(call, *start, count, response);
  response.source = std::make_unique<CheckedList>(call, employer, std::move(*rows), start->quota);
  response.source_bytes = http::kUnknownLength;
  return {};
}

constexpr std::array<Column, 3> kTemplateColumns = {{{"certificate_number", "证书编号", 26},
                                                     {"holder_name", "姓名", 16},
                                                     {"document_number", "证件号码", 24}}};

}  // namespace

Result<void> answer_check_list_page(const Call& call, http::Response& response) {
  render_page(call, "check_list.html", list_page(call), response);
  return {};
}

Result<void> answer_checked_list_page(const Call& call, http::Response& response) {
  if (auto given = require_batches(call); !given) return given;
  const Services& services = call.environment.services;
  const auto form = read_form(call.request);
  if (!form) return show_problem(call, form.error(), response);
  const Authorization authorization =
      authorize_token(services, form->credential, client_of(services, call.request));
  if (!authorization.employer) {
    return show_problem(call, wrong_credential(authorization.mistyped, form->credential.empty()),
                        response);
  }
  if (form->file.empty()) {
    return show_file_problem(call,
                             invalid("file", "Choose the file of the list, CSV or XLSX.",
                                     "请选择名单文件（CSV 或 XLSX）。"),
                             response);
  }
  return check_list(call, *form, *authorization.employer, response);
}

Result<void> answer_list_template(const Call& call, http::Response& response) {
  const std::string& file = call.path.decoded[0];
  const bool is_csv = file == "template.csv";
  if (!is_csv && file != "template.xlsx") {
    return Error{
        ErrorCode::not_found,
        "file",
        {"There is template.csv and template.xlsx.", "只有 template.csv 与 template.xlsx。"}};
  }
  const TableFormat format = is_csv ? TableFormat::csv : TableFormat::xlsx;
  auto table = make_table_writer(format, kTemplateColumns, {"名单", 0, call.today, std::nullopt});
  if (!table) return table.error();
  auto made = (*table)->finish();
  if (!made) return made.error();
  response.body = std::move(*made);
  response.content_type = media_type(format);
  set_attachment(response, "chayan-list", format);
  return {};
}

}  // namespace chayan::api
