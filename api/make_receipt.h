// The receipt of a certificate that matched (receipt/receipt.h).
#pragma once

#include <optional>

#include "api/verify_certificate.h"
#include "base/result.h"
#include "index/reader.h"
#include "index/store.h"
#include "receipt/receipt.h"

namespace chayan::api {

// Every statement of the certificate's history, so that the receipt of a revoked one says revoked.
//
// Opened is what the asker gave and proved, entry by entry, and nothing else: the number; the
// holder's name where a name was given and is the entry's; the document number where it was given
// whole and is the entry's. So a corrected certificate does not tell the name that it had before.
//
// nullopt: the newest statement is not yet under a published checkpoint. It is within the second,
// where the log is written here; on a log that is read-only it may never be.
Result<std::optional<receipt::Receipt>> make_receipt(const index::Reader& reader,
                                                     const index::Published* published,
                                                     const Certificate& certificate,
                                                     const VerifyCertificate::Input& input);

}  // namespace chayan::api
