#include "index/reports.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/limits.h"
#include "index/fold.h"
#include "index/record.h"
#include "index/schema.h"

namespace chayan::index {
namespace {

Error gone() {
  return {ErrorCode::not_found, {}, {"There is no such report.", "没有这份分享报告。"}};
}

void put_reports(RowBatch& rows, const crypto::Sealer& sealer, std::uint64_t issued_seq,
                 const std::vector<ShareReport>& reports) {
  const std::string key = reports_key(issued_seq);
  std::string sealed;
  sealer.seal(sealing_context(key), encode(reports), sealed);
  rows.put(key, std::move(sealed));
}

auto with_code(std::vector<ShareReport>& reports, const crypto::RowKey& code) {
  return std::find_if(reports.begin(), reports.end(),
                      [&](const ShareReport& report) { return report.code == code; });
}

Result<std::optional<std::uint64_t>> find_certificate_of(const RowView& rows,
                                                         const crypto::RowKey& code) {
  const auto bytes = rows.get(report_code_key(code));
  if (!bytes) return bytes.error();
  if (!*bytes) return std::optional<std::uint64_t>();
  ByteReader reader(**bytes);
  const std::uint64_t seq = reader.u64();
  if (!reader.at_end()) return corrupt("a report code row does not decode");
  return std::optional<std::uint64_t>(seq);
}

}  // namespace

Result<std::vector<ShareReport>> find_reports(const RowView& rows, const crypto::Sealer& sealer,
                                              std::uint64_t issued_seq) {
  const std::string key = reports_key(issued_seq);
  const auto sealed = rows.get(key);
  if (!sealed) return sealed.error();
  if (!*sealed) return std::vector<ShareReport>();
  std::string plain;
  const auto opened = sealer.open(sealing_context(key), **sealed, plain);
  if (!opened) return opened.error();
  auto reports = decode_reports(plain);
  if (!reports) return corrupt("a reports row does not decode");
  return std::move(*reports);
}

Result<std::optional<FoundReport>> find_report(const RowView& rows, const crypto::Sealer& sealer,
                                               const crypto::RowKey& code) {
  const auto seq = find_certificate_of(rows, code);
  if (!seq) return seq.error();
  if (!*seq) return std::optional<FoundReport>();
  auto reports = find_reports(rows, sealer, **seq);
  if (!reports) return reports.error();
  const auto found = with_code(*reports, code);
  if (found == reports->end()) return corrupt("a report code leads to no report");
  return std::optional<FoundReport>(FoundReport{**seq, std::move(*found)});
}

Result<void> add_report(RowBatch& rows, const crypto::Sealer& sealer, std::uint64_t issued_seq,
                        const ShareReport& report) {
  const auto issued = rows.get(issued_key(issued_seq));
  if (!issued) return issued.error();
  if (!*issued) return gone();
  auto reports = find_reports(rows, sealer, issued_seq);
  if (!reports) return reports.error();
  if (reports->size() >= limits::kReportsPerCertificateMax) {
    const auto inactive =
        std::find_if(reports->begin(), reports->end(),
                     [&](const ShareReport& old) { return !old.is_active(report.created); });
    if (inactive == reports->end()) {
      const std::string most = std::to_string(limits::kReportsPerCertificateMax);
      return Error{ErrorCode::conflict,
                   {},
                   {most + " reports of this certificate are active; end one of them first.",
                    "该证书已有 " + most + " 份有效的分享报告，请先结束其中一份。"}};
    }
    rows.erase(report_code_key(inactive->code));
    reports->erase(inactive);
  }
  reports->push_back(report);
  put_reports(rows, sealer, issued_seq, *reports);
  std::string seq;
  put_u64(seq, issued_seq);
  rows.put(report_code_key(report.code), std::move(seq));
  return {};
}

Result<void> change_report(RowBatch& rows, const crypto::Sealer& sealer, const crypto::RowKey& code,
                           const std::function<Result<void>(ShareReport&)>& edit) {
  const auto seq = find_certificate_of(rows, code);
  if (!seq) return seq.error();
  if (!*seq) return gone();
  auto reports = find_reports(rows, sealer, **seq);
  if (!reports) return reports.error();
  const auto found = with_code(*reports, code);
  if (found == reports->end()) return gone();
  if (auto edited = edit(*found); !edited) return edited;
  put_reports(rows, sealer, **seq, *reports);
  return {};
}

Result<void> change_reports(RowBatch& rows, const crypto::Sealer& sealer, std::uint64_t issued_seq,
                            const std::function<void(ShareReport&)>& edit) {
  auto reports = find_reports(rows, sealer, issued_seq);
  if (!reports) return reports.error();
  if (reports->empty()) return {};
  std::for_each(reports->begin(), reports->end(), edit);
  put_reports(rows, sealer, issued_seq, *reports);
  return {};
}

Result<void> record_opening(RowBatch& rows, const crypto::Sealer& sealer,
                            const ReportOpening& opening) {
  auto recorded =
      change_report(rows, sealer, opening.code, [&](ShareReport& report) -> Result<void> {
        report.record(opening.access);
        return {};
      });
  if (!recorded && recorded.error().code == ErrorCode::not_found) return {};
  return recorded;
}

Result<std::vector<std::string>> report_keys_of(const RowView& rows, const crypto::Sealer& sealer,
                                                std::uint64_t issued_seq) {
  const auto reports = find_reports(rows, sealer, issued_seq);
  if (!reports) return reports.error();
  std::vector<std::string> keys;
  for (const ShareReport& report : *reports) keys.push_back(report_code_key(report.code));
  if (!keys.empty()) keys.push_back(reports_key(issued_seq));
  return keys;
}

}  // namespace chayan::index
