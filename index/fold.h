// The fold: rows as a pure function of the entries. The live path, recovery, `rebuild` and `check`
// all come here.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "crypto/keyed_index.h"
#include "crypto/seal.h"
#include "domain/change.h"
#include "index/record.h"
#include "index/row_batch.h"
#include "index/text_index.h"

namespace chayan::index {

class Fold {
 public:
  // Both must outlive it. Not thread-safe.
  Fold(const crypto::Sealer& sealer, const crypto::KeyedIndex& keyed_index)
      : sealer_(sealer), keyed_index_(keyed_index) {}

  // Puts into `rows` what entry `seq` with this body makes of them. `secrets` are the entry's
  // private fields; null where it has none, or where they were erased since: then what concerns
  // that certificate makes no rows. Errors: io and corrupt from reading; corrupt where the entry
  // contradicts the rows (admission lets none through).
  Result<void> apply(RowBatch& rows, std::uint64_t seq, const ChangeBody& body,
                     const PrivateFields* secrets);

 private:
  Result<void> put(RowBatch& rows, std::uint64_t seq, const Occupation& occupation);
  Result<void> put(RowBatch& rows, std::uint64_t seq, const CatalogItem& item);
  Result<void> put(RowBatch& rows, std::uint64_t seq, const CalendarYear& calendar);
  Result<void> put(RowBatch& rows, std::uint64_t seq, const Institution& institution,
                   const PrivateFields* secrets);
  Result<void> put(RowBatch& rows, std::uint64_t seq, const FilingEvent& event);
  Result<void> put(RowBatch& rows, std::uint64_t seq, const CertificateFacts& facts,
                   const PrivateFields* secrets);
  Result<void> put(RowBatch& rows, std::uint64_t seq, const CertificateEvent& event,
                   const PrivateFields* secrets);

  void replace_institution(RowBatch& rows, const InstitutionRecord* before,
                           const InstitutionRecord& after);
  void put_certificate(RowBatch& rows, const Certificate& certificate);

  const crypto::Sealer& sealer_;
  const crypto::KeyedIndex& keyed_index_;
  SearchKeys search_keys_;
};

// Associated data of the sealed row or payload at `key`: the key, which begins with the family, and
// the format version.
std::string sealing_context(std::string_view key);

// Rows as the fold and the admission read them.
Result<std::optional<InstitutionRecord>> find_institution(const RowView& rows,
                                                          const CreditCode& code);
Result<std::optional<Certificate>> find_certificate(const RowView& rows,
                                                    const crypto::Sealer& sealer,
                                                    const crypto::RowKey& key);

// The certificate in a sealed row, by the row's key.
Result<Certificate> open_certificate(const crypto::Sealer& sealer, std::string_view key,
                                     std::string_view sealed);

Result<std::optional<BatchRecord>> find_batch(const RowView& rows, const crypto::RowKey& key);
// All versions of an item, ascending; empty where it is unknown.
Result<std::vector<CatalogItem>> find_catalog_versions(const RowView& rows,
                                                       const CatalogItemId& id);

}  // namespace chayan::index
