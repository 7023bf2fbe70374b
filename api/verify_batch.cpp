#include "api/verify_batch.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "api/environment.h"
#include "api/field_value.h"
#include "api/guarded.h"
#include "api/problem.h"
#include "base/limits.h"
#include "base/text.h"

namespace chayan::api {
namespace {

// One form of the answer: rows as they come, and the end.
class BatchWriter {
 public:
  explicit BatchWriter(Language language) : language_(language) {}
  virtual ~BatchWriter() = default;
  virtual void begin(std::string& out) = 0;
  virtual void row(std::string& out, const BatchRow& row, const BatchOutcome& outcome,
                   const BatchCounts& counts) = 0;
  virtual void end(std::string& out, const BatchCounts& counts, const QuotaStanding& quota) = 0;
  // After end(): what it was given cannot be written.
  virtual std::optional<Error> fault() const { return std::nullopt; }

 protected:
  const Language language_;
};

class NdjsonBatch final : public BatchWriter {
 public:
  using BatchWriter::BatchWriter;

  void begin(std::string&) override {}

  void row(std::string& out, const BatchRow& row, const BatchOutcome& outcome,
           const BatchCounts& counts) override {
    JsonWriter json(out);
    json.begin_object().member("row", counts.rows);
    json.member("line", static_cast<std::int64_t>(row.line));
    if (outcome) {
      VerifyCertificate::write_members(json, language_, *row.input, *outcome);
    } else {
      const Error error = told(outcome.error());
      json.member("result", "error").optional_member("field", error.field);
      json.member("detail", in(language_, error.message));
    }
    json.end_object();
    out.push_back('\n');
  }

  void end(std::string& out, const BatchCounts& counts, const QuotaStanding& quota) override {
    JsonWriter json(out);
    json.begin_object().member("result", "summary").member("rows", counts.rows);
    json.member("match", counts.match).member("no_match", counts.no_match);
    json.member("error", counts.error).key("quota").begin_object();
    json.member("rows_per_day", static_cast<std::int64_t>(quota.limit));
    json.member("left", static_cast<std::int64_t>(quota.left));
    json.member("resets_in_seconds", quota.until_reset.count()).end_object().end_object();
    out.push_back('\n');
  }
};

constexpr std::array<Column, 18> kColumns = {{
    {"row", "行号", 6, CellKind::number},
    {"line", "文件行", 6, CellKind::number},
    {"result", "结果"},
    {"status", "证书状态"},
    {"status_on", "状态日期"},
    {"holder", "持证人"},
    {"occupation", "职业编码"},
    {"occupation_name", "职业名称"},
    {"work_type", "工种"},
    {"level_name", "等级"},
    {"issuer", "发证机构代码"},
    {"issuer_name", "发证机构"},
    {"issued_on", "发证日期"},
    {"item", "目录项目"},
    {"issuer_authorized", "发证当日机构有权评价"},
    {"filing", "备案编号"},
    {"field", "有误字段"},
    {"detail", "说明"},
}};

using Cells = std::array<std::string, kColumns.size()>;

void put_match(Language language, Cells& cells, const VerifyCertificate::Match& match) {
  const Certificate& certificate = match.certificate;
  const CertificateFacts& facts = certificate.facts;
  cells[kBatchResultColumn] = "match";
  cells[3] = certificate.status();
  cells[4] = certificate.history.back().on.text();
  cells[5] = mask_name(certificate.secrets.holder_name);
  cells[6] = facts.occupation.text();
  cells[7] = facts.occupation_name;
  cells[8] = facts.work_type;
  cells[9] = name_zh(facts.level);
  cells[10] = facts.issuer.text();
  const auto& institution = match.decision.institution;
  if (institution) cells[11] = institution->institution.name;
  cells[12] = facts.issued_on.text();
  if (const CatalogItem* item = basis_of(match)) cells[13] = item->id.text();
  const Entitlement& entitlement = match.decision.entitlement;
  cells[14] = entitlement.holds() ? "true" : "false";
  if (entitlement.filing != nullptr) cells[15] = entitlement.filing->id;
  if (!entitlement.holds()) {
    cells[kBatchDetailColumn] = in(language, sentence(entitlement.reason));
  }
}

Cells cells_of(Language language, const BatchRow& row, const BatchOutcome& outcome,
               const BatchCounts& counts) {
  Cells cells;
  cells[0] = std::to_string(counts.rows);
  cells[1] = std::to_string(row.line);
  if (!outcome) {
    const Error error = told(outcome.error());
    cells[kBatchResultColumn] = "error";
    cells[kBatchFieldColumn] = error.field;
    cells[kBatchDetailColumn] = in(language, error.message);
  } else if (!*outcome) {
    cells[kBatchResultColumn] = "no_match";
    for (const Message& help : no_match_help(*row.input))
      cells[kBatchDetailColumn] += in(language, help);
  } else {
    put_match(language, cells, **outcome);
  }
  return cells;
}

Cells cells_of(const BatchCounts& counts, const QuotaStanding& quota) {
  Cells cells;
  cells[kBatchResultColumn] = "summary";
  cells[kBatchDetailColumn] =
      "rows " + std::to_string(counts.rows) + ", match " + std::to_string(counts.match) +
      ", no_match " + std::to_string(counts.no_match) + ", error " + std::to_string(counts.error) +
      ", quota left " + std::to_string(quota.left);
  return cells;
}

class CsvBatch final : public BatchWriter {
 public:
  using BatchWriter::BatchWriter;

  void begin(std::string& out) override { out.append(csv_beginning(kColumns)); }
  void row(std::string& out, const BatchRow& row, const BatchOutcome& outcome,
           const BatchCounts& counts) override {
    append_csv_row(out, kColumns, cells_of(language_, row, outcome, counts));
  }
  void end(std::string& out, const BatchCounts& counts, const QuotaStanding& quota) override {
    append_csv_row(out, kColumns, cells_of(counts, quota));
  }
};

// The file is there when its last row is.
class XlsxBatch final : public BatchWriter {
 public:
  XlsxBatch(Language language, std::unique_ptr<TableWriter> table)
      : BatchWriter(language), table_(std::move(table)) {}

  void begin(std::string&) override {}
  void row(std::string&, const BatchRow& row, const BatchOutcome& outcome,
           const BatchCounts& counts) override {
    put(cells_of(language_, row, outcome, counts));
  }
  void end(std::string& out, const BatchCounts& counts, const QuotaStanding& quota) override {
    put(cells_of(counts, quota));
    auto file = fault_ ? Result<std::string>(*fault_) : table_->finish();
    if (!file) {
      fault_ = file.error();
    } else {
      out.append(*file);
    }
  }
  std::optional<Error> fault() const override { return fault_; }

 private:
  void put(const Cells& cells) {
    if (fault_) return;
    if (const auto written = table_->row(cells); !written) fault_ = written.error();
  }

  const std::unique_ptr<TableWriter> table_;
  std::optional<Error> fault_;
};

Result<std::unique_ptr<BatchWriter>> make_writer(const Call& call, TableFormat format) {
  using Made = std::unique_ptr<BatchWriter>;
  if (format == TableFormat::csv) return Made(std::make_unique<CsvBatch>(call.language));
  if (format == TableFormat::ndjson) return Made(std::make_unique<NdjsonBatch>(call.language));
  const auto head = reader_of(call).head();
  if (!head) return head.error();
  const auto now = call.environment.services.clock.now();
  auto table = make_xlsx_writer(kColumns, {"批量查验", head->size, call.today,
                                           std::chrono::floor<std::chrono::seconds>(now)});
  if (!table) return table.error();
  return Made(std::make_unique<XlsxBatch>(call.language, std::move(*table)));
}

class BatchAnswer final : public http::BodySource {
 public:
  BatchAnswer(const Call& call, const Employer& employer, std::vector<BatchRow> rows,
              const QuotaStanding& quota, std::unique_ptr<BatchWriter> writer)
      : services_(call.environment.services),
        judge_(call, employer, std::move(rows)),
        quota_(quota),
        end_(std::chrono::steady_clock::now() + limits::kVerificationBatchMax),
        writer_(std::move(writer)) {
    writer_->begin(text_);
  }

  std::size_t read(std::span<char> room) override {
    if (std::chrono::steady_clock::now() > end_) failed_ = true;
    if (failed_) return 0;
    while (text_.size() - sent_ < room.size() && !ended_) answer_more();
    const std::size_t count = std::min(room.size(), text_.size() - sent_);
    std::copy_n(text_.data() + sent_, count, room.data());
    sent_ += count;
    return count;
  }
  bool failed() const override { return failed_; }

 private:
  void answer_more() {
    text_.erase(0, std::exchange(sent_, 0));
    const bool any = judge_.next([&](const BatchRow& row, const BatchOutcome& outcome) {
      counts_.add(outcome);
      writer_->row(text_, row, outcome, counts_);
    });
    if (any) return;
    writer_->end(text_, counts_, quota_);
    ended_ = true;
    const auto fault = writer_->fault();
    failed_ = fault.has_value();
    if (fault && services_.report_fault) services_.report_fault(*fault);
  }

  const Services& services_;
  BatchJudge judge_;
  const QuotaStanding quota_;
  const std::chrono::steady_clock::time_point end_;
  const std::unique_ptr<BatchWriter> writer_;
  BatchCounts counts_;
  std::string text_;
  std::size_t sent_ = 0;  // of text_
  bool ended_ = false;
  bool failed_ = false;  // late, or the writer's fault
};

// draft-ietf-httpapi-ratelimit-headers
void set_rate_limit(const QuotaStanding& quota, http::Response& response) {
  response.set("RateLimit-Policy", "\"rows\";q=" + std::to_string(quota.limit) + ";w=86400");
  response.set("RateLimit", "\"rows\";r=" + std::to_string(quota.left) +
                                ";t=" + std::to_string(quota.until_reset.count()));
}

BatchForm form_of(std::string_view content_type) {
  if (has_media_type(content_type, "text/csv")) return BatchForm::csv;
  return has_media_type(content_type, kXlsxType) ? BatchForm::xlsx : BatchForm::ndjson;
}

TableFormat wanted_format(std::string_view accept) {
  if (accept.find(kXlsxType) != std::string_view::npos) return TableFormat::xlsx;
  return accept.find("text/csv") != std::string_view::npos ? TableFormat::csv : TableFormat::ndjson;
}

}  // namespace

std::span<const Column> batch_columns() {
  return kColumns;
}

Result<std::optional<BatchStart>> write_batch(const Call& call, const Employer& employer,
                                              std::vector<BatchRow> rows, TableFormat format,
                                              http::Response& response) {
  auto writer = make_writer(call, format);
  if (!writer) return writer.error();
  auto start = start_batch(call, employer, rows.size());
  if (!start) return start.error();
  if (!start->may_go()) return std::optional(std::move(*start));
  response.content_type = media_type(format);
  set_rate_limit(start->quota, response);
  response.set("Chayan-Rows", std::to_string(rows.size()));
  response.source = std::make_unique<BatchAnswer>(call, employer, std::move(rows), start->quota,
                                                  std::move(*writer));
  response.source_bytes = http::kUnknownLength;
  return std::optional<BatchStart>();
}

Result<void> answer_verification_batch(const Call& call, http::Response& response) {
  if (auto given = require_batches(call); !given) return given;
  auto rows = read_batch(form_of(call.request.field("Content-Type")), call.request.body);
  if (!rows) return rows.error();
  const auto refused = write_batch(call, *call.employer, std::move(*rows),
                                   wanted_format(call.request.field("Accept")), response);
  if (!refused) return refused.error();
  if (!*refused) return {};
  if ((*refused)->refusal) {
    write_refusal(call, *(*refused)->refusal, response);
    return {};
  }
  const QuotaStanding& quota = (*refused)->quota;
  write_problem(quota_spent(), call.language, response);
  response.set("Retry-After", std::to_string(quota.until_reset.count()));
  set_rate_limit(quota, response);
  return {};
}

}  // namespace chayan::api
