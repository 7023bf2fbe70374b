// Checking a receipt with nothing but the log's public key.
#pragma once

#include <string_view>

#include "base/result.h"
#include "domain/certificate.h"
#include "log/checkpoint.h"
#include "log/note.h"
#include "receipt/receipt.h"

namespace chayan::receipt {

// What a receipt proves: that the log named `checkpoint.origin`, as it was when it had
// `checkpoint.size` entries, says this of the certificate.
struct Proven {
  log::Checkpoint checkpoint;
  // History and facts as the statements make them. Of the secrets the number, and those that the
  // receipt opens in its last commitment; the others are empty.
  Certificate certificate;
};

// Errors are invalid_argument; the field names the first thing that is wrong, in this order:
//   format      not a receipt
//   origin      the checkpoint is of another log than the key
//   signature   the key did not sign the checkpoint
//   size        the checkpoint does not cover an entry
//   path        an entry is not in the log where the receipt says it is
//   entry       what is in the log there is no entry of ours, or not about a certificate
//   fields      the opened fields are not those that the entry commits to
//   statements  the statements contradict each other, or are not about one certificate
//   answer      the answer around the receipt says otherwise (receipt/answer.h); of a text alone
Result<Proven> check(std::string_view text, const log::NoteKey& key);
Result<Proven> check(const Receipt& receipt, const log::NoteKey& key);

}  // namespace chayan::receipt
