#include "api/verify_batch.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <utility>

#include "api/batch_rows.h"
#include "api/environment.h"
#include "api/field_value.h"
#include "api/guarded.h"
#include "api/problem.h"
#include "api/table_writer.h"
#include "base/limits.h"
#include "base/text.h"

namespace chayan::api {
namespace {

using Outcome = Result<VerifyCertificate::Output>;

// What a row's faults are told as. Storage faults are the operator's, as everywhere.
Error told(const Error& error) {
  if (error.code != ErrorCode::corrupt && error.code != ErrorCode::io) return error;
  return {error.code,
          {},
          {"This row cannot be read at the moment, through no fault of yours; ask again later.",
           "该行暂时无法查验，与您的数据无关，请稍后重试。"}};
}

// The number's limits count from whomever the questions come.
Error too_often(const guard::Refusal& refusal) {
  const std::string seconds = std::to_string(refusal.retry_after.count());
  return {ErrorCode::unavailable,
          "certificate_number",
          {"This number was asked about too often; ask again after " + seconds + " seconds.",
           "该编号的查询过于频繁，请在 " + seconds + " 秒后重试。"}};
}

struct Counts {
  std::int64_t rows = 0;
  std::int64_t match = 0;
  std::int64_t no_match = 0;
  std::int64_t error = 0;

  std::string_view add(const Outcome& outcome) {
    ++rows;
    if (!outcome) return ++error, "error";
    if (!*outcome) return ++no_match, "no_match";
    return ++match, "match";
  }
};

// One form of the answer: rows as they come, and the end.
class BatchWriter {
 public:
  explicit BatchWriter(Language language) : language_(language) {}
  virtual ~BatchWriter() = default;
  virtual void begin(std::string& out) const = 0;
  virtual void row(std::string& out, const BatchRow& row, const Outcome& outcome,
                   const Counts& counts) const = 0;
  virtual void end(std::string& out, const Counts& counts, const QuotaStanding& quota) const = 0;

 protected:
  const Language language_;
};

class NdjsonBatch final : public BatchWriter {
 public:
  using BatchWriter::BatchWriter;

  void begin(std::string&) const override {}

  void row(std::string& out, const BatchRow& row, const Outcome& outcome,
           const Counts& counts) const override {
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

  void end(std::string& out, const Counts& counts, const QuotaStanding& quota) const override {
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

class CsvBatchWriter final : public BatchWriter {
 public:
  using BatchWriter::BatchWriter;

  void begin(std::string& out) const override { out.append(csv_beginning(kColumns)); }

  void row(std::string& out, const BatchRow& row, const Outcome& outcome,
           const Counts& counts) const override {
    Cells cells;
    cells[0] = std::to_string(counts.rows);
    cells[1] = std::to_string(row.line);
    if (!outcome) {
      const Error error = told(outcome.error());
      cells[kBatchResultColumn] = "error";
      cells[kBatchFieldColumn] = error.field;
      cells[kBatchDetailColumn] = in(language_, error.message);
    } else if (!*outcome) {
      cells[kBatchResultColumn] = "no_match";
      for (const Message& help : no_match_help(*row.input))
        cells[kBatchDetailColumn] += in(language_, help);
    } else {
      put_match(cells, **outcome);
    }
    append_csv_row(out, kColumns, cells);
  }

  void end(std::string& out, const Counts& counts, const QuotaStanding& quota) const override {
    Cells cells;
    cells[kBatchResultColumn] = "summary";
    cells[kBatchDetailColumn] =
        "rows " + std::to_string(counts.rows) + ", match " + std::to_string(counts.match) +
        ", no_match " + std::to_string(counts.no_match) + ", error " +
        std::to_string(counts.error) + ", quota left " + std::to_string(quota.left);
    append_csv_row(out, kColumns, cells);
  }

 private:
  using Cells = std::array<std::string, kColumns.size()>;

  void put_match(Cells& cells, const VerifyCertificate::Match& match) const {
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
    const auto& institution = match.decision->institution;
    if (institution) cells[11] = institution->institution.name;
    cells[12] = facts.issued_on.text();
    if (const CatalogItem* item = basis_of(match)) cells[13] = item->id.text();
    const Entitlement& entitlement = match.decision->entitlement;
    cells[14] = entitlement.holds() ? "true" : "false";
    if (entitlement.filing != nullptr) cells[15] = entitlement.filing->id;
    if (!entitlement.holds()) {
      cells[kBatchDetailColumn] = in(language_, sentence(entitlement.reason));
    }
  }
};

// Who asks, by the credential: it has a pace of its own, and the audit trail names it.
guard::Caller caller_of(const Call& call, std::string_view credential) {
  guard::Caller caller = call.caller;
  caller.credential = credential;
  caller.credential_rate = {limits::kCredentialBurst, limits::kCredentialInterval};
  return caller;
}

class BatchAnswer final : public http::BodySource {
 public:
  BatchAnswer(const Call& call, std::vector<BatchRow> rows, const QuotaStanding& quota, bool as_csv)
      : environment_(call.environment),
        credential_(call.employer->credential),
        caller_(caller_of(call, credential_)),
        rows_(std::move(rows)),
        quota_(quota),
        end_(std::chrono::steady_clock::now() + limits::kVerificationBatchMax) {
    if (as_csv) {
      writer_ = std::make_unique<CsvBatchWriter>(call.language);
    } else {
      writer_ = std::make_unique<NdjsonBatch>(call.language);
    }
    writer_->begin(text_);
  }

  std::size_t read(std::span<char> room) override {
    if (std::chrono::steady_clock::now() > end_) late_ = true;
    if (late_) return 0;
    while (text_.size() - sent_ < room.size() && !ended_) answer_more();
    const std::size_t count = std::min(room.size(), text_.size() - sent_);
    std::copy_n(text_.data() + sent_, count, room.data());
    sent_ += count;
    return count;
  }
  bool failed() const override { return late_; }

 private:
  void answer_more() {
    text_.erase(0, std::exchange(sent_, 0));
    if (next_ == rows_.size()) {
      writer_->end(text_, counts_, quota_);
      ended_ = true;
      return;
    }
    const std::size_t count = std::min(limits::kVerificationBatchChunkRows, rows_.size() - next_);
    answer_rows(std::span(rows_).subspan(next_, count));
    next_ += count;
  }

  void answer_rows(std::span<const BatchRow> rows) {
    std::vector<CertificateNumber> numbers;
    for (const BatchRow& row : rows) {
      if (row.input) numbers.push_back(row.input->number);
    }
    // Not one reader for the whole batch: what is erased while somebody reads slowly is gone for
    // the rows to come, and its bytes are held by no snapshot.
    const index::Reader reader = environment_.services.store.reader();
    const auto held = require_records(reader);  // a mirror's may fail meanwhile
    auto found = reader.nearest_certificates(numbers);
    auto next = found.begin();
    for (const BatchRow& row : rows) {
      const Outcome outcome = !row.input ? Outcome(row.input.error())
                              : !held    ? Outcome(held.error())
                                         : judge(reader, *row.input, std::move(*next++));
      counts_.add(outcome);
      writer_->row(text_, row, outcome, counts_);
    }
  }

  Outcome judge(const index::Reader& reader, const VerifyCertificate::Input& input,
                Result<std::optional<index::Reader::Nearest>> nearest) const {
    auto guarded = judge_guarded(
        environment_.services, caller_, guard::AuditKind::batch_row, input.number.text(), [&] {
          return nearest ? VerifyCertificate::judge(reader, input, std::move(*nearest))
                         : Outcome(nearest.error());
        });
    if (!guarded && environment_.services.report_fault) {
      environment_.services.report_fault(guarded.error());
    }
    if (!guarded) return guarded.error();
    if (guarded->refusal) return too_often(*guarded->refusal);
    return std::move(guarded->output);
  }

  const Environment& environment_;
  const std::string credential_;  // outlives the call, as the answer does
  const guard::Caller caller_;    // names it
  const std::vector<BatchRow> rows_;
  const QuotaStanding quota_;
  const std::chrono::steady_clock::time_point end_;
  std::unique_ptr<BatchWriter> writer_;
  std::size_t next_ = 0;  // row to be answered
  Counts counts_;
  std::string text_;
  std::size_t sent_ = 0;  // of text_
  bool ended_ = false;
  bool late_ = false;
};

// draft-ietf-httpapi-ratelimit-headers
void set_rate_limit(const QuotaStanding& quota, http::Response& response) {
  response.set("RateLimit-Policy", "\"rows\";q=" + std::to_string(quota.limit) + ";w=86400");
  response.set("RateLimit", "\"rows\";r=" + std::to_string(quota.left) +
                                ";t=" + std::to_string(quota.until_reset.count()));
}

// The credential's pace; how much a day, the quota says.
std::optional<guard::Refusal> admit(const Call& call, std::size_t rows) {
  guard::Guard* guard = call.environment.services.guard;
  if (guard == nullptr) return std::nullopt;
  return guard->admit(caller_of(call, call.employer->credential), {},
                      static_cast<std::uint32_t>(rows));
}

}  // namespace

std::span<const Column> batch_columns() {
  return kColumns;
}

Result<void> answer_verification_batch(const Call& call, http::Response& response) {
  const Services& services = call.environment.services;
  if (!services.spend_quota) {
    return Error{
        ErrorCode::unavailable, {}, {"This service answers no batches.", "此服务不提供批量查验。"}};
  }
  if (auto held = require_records(reader_of(call)); !held) return held;
  const bool is_csv = has_media_type(call.request.field("Content-Type"), "text/csv");
  auto rows = read_batch(is_csv ? BatchForm::csv : BatchForm::ndjson, call.request.body);
  if (!rows) return rows.error();
  if (auto refusal = admit(call, rows->size())) {
    write_refusal(call, *refusal, response);
    return {};
  }
  const auto quota = services.spend_quota(*call.employer, rows->size());
  if (!quota) return quota.error();
  if (!quota->granted) {
    write_problem(quota_spent(), call.language, response);
    response.set("Retry-After", std::to_string(quota->until_reset.count()));
    set_rate_limit(*quota, response);
    return {};
  }
  const bool as_csv = call.request.field("Accept").find("text/csv") != std::string_view::npos;
  if (as_csv) response.content_type = media_type(TableFormat::csv);
  set_rate_limit(*quota, response);
  response.source = std::make_unique<BatchAnswer>(call, std::move(*rows), *quota, as_csv);
  response.source_bytes = http::kUnknownLength;
  return {};
}

}  // namespace chayan::api
