// Share reports as rows: `r` holds a certificate's reports, sealed, and `v` leads from a code to
// them. Both are the store's own: changed by Writer::amend, erased by the fold with the certificate.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "crypto/keyed_index.h"
#include "crypto/seal.h"
#include "domain/share_report.h"
#include "index/row_batch.h"

namespace chayan::index {

struct FoundReport {
  std::uint64_t issued_seq = 0;  // of its certificate
  ShareReport report;
};

// All reports of a certificate, in the order they were made. Errors: io, corrupt.
Result<std::vector<ShareReport>> find_reports(const RowView& rows, const crypto::Sealer& sealer,
                                              std::uint64_t issued_seq);
Result<std::optional<FoundReport>> find_report(const RowView& rows, const crypto::Sealer& sealer,
                                               const crypto::RowKey& code);

// That somebody opened a report.
struct ReportOpening {
  crypto::RowKey code{};
  ReportAccess access;
};

// For amendments. Where limits::kReportsPerCertificateMax are kept the oldest inactive one goes.
// Errors: conflict (all of them are active), not_found (the certificate was erased).
Result<void> add_report(RowBatch& rows, const crypto::Sealer& sealer, std::uint64_t issued_seq,
                        const ShareReport& report);
// Error not_found: there is none of that code; and what `edit` answers.
Result<void> change_report(RowBatch& rows, const crypto::Sealer& sealer, const crypto::RowKey& code,
                           const std::function<Result<void>(ShareReport&)>& edit);

// The same for each of a certificate's reports; nothing where it has none.
Result<void> change_reports(RowBatch& rows, const crypto::Sealer& sealer, std::uint64_t issued_seq,
                            const std::function<void(ShareReport&)>& edit);

// Nothing where the report is gone meanwhile.
Result<void> record_opening(RowBatch& rows, const crypto::Sealer& sealer,
                            const ReportOpening& opening);

// The rows that go when the certificate is erased. Errors: io, corrupt.
Result<std::vector<std::string>> report_keys_of(const RowView& rows, const crypto::Sealer& sealer,
                                                std::uint64_t issued_seq);

}  // namespace chayan::index
