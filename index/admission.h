// Admission: may this change be recorded now? The only place where a change is held against what is
// recorded.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "crypto/keyed_index.h"
#include "crypto/seal.h"
#include "domain/change.h"
#include "domain/date.h"
#include "index/row_batch.h"

namespace chayan::index {

// What the log is to record.
struct Admitted {
  ChangeBody body;  // completed: a scope line or certificate that names an item has its occupation
                    // and level, a certificate event knows which issued entry it is of
  PrivateFields payload;   // empty: the entry has none
  bool unchanged = false;  // a put that says what is recorded already: nothing to append
};

class Admission {
 public:
  // Both must outlive it. `today` bounds dates that cannot lie ahead.
  Admission(const crypto::Sealer& sealer, const crypto::KeyedIndex& keyed_index, Date today)
      : sealer_(sealer), keyed_index_(keyed_index), today_(today) {}

  // Errors: invalid_argument, not_found, conflict, calendar_missing name the field of the import
  // line; io and corrupt come from reading. A certificate event's free text is refused where it
  // tells whom the certificate is about: by what the change seals, by what was sealed before, or by
  // anything as long as an identity card's number.
  Result<Admitted> admit(const RowView& rows, const Change& change) const;

 private:
  Result<Admitted> admit(const RowView& rows, const Change& change, const Occupation& body) const;
  Result<Admitted> admit(const RowView& rows, const Change& change, const CatalogItem& body) const;
  Result<Admitted> admit(const RowView& rows, const Change& change, const CalendarYear& body) const;
  Result<Admitted> admit(const RowView& rows, const Change& change, const Institution& body) const;
  Result<Admitted> admit(const RowView& rows, const Change& change, const FilingEvent& body) const;
  Result<Admitted> admit(const RowView& rows, const Change& change,
                         const CertificateFacts& body) const;
  Result<Admitted> admit(const RowView& rows, const Change& change,
                         const CertificateEvent& body) const;

  Result<void> complete(const RowView& rows, CertificateFacts& facts) const;
  Result<void> check_identifiers(const RowView& rows, const FilingEvent& event,
                                 const Filing* filing) const;

  const crypto::Sealer& sealer_;
  const crypto::KeyedIndex& keyed_index_;
  Date today_;
};

}  // namespace chayan::index
