// Receipts: an answer about a certificate that can be checked by somebody who trusts nobody, with
// the log's public key and nothing else (trust.md, "Receipt").
//
//   {"chayan_receipt":1,
//    "statements":[{"index":n,"entry":"…","inclusion":[base64,…],
//                   "opened":{name:{"salt":base64,"value":"…"},…},"closed":[base64,…]},…],
//    "checkpoint":"…"}
//
// A statement is an entry of the log about the certificate: first that it was issued, then each
// that changed it, in the order of the log. To check one with other tools than ours:
//
//   leaf        SHA-256(0x00 ‖ entry), the entry's UTF-8 bytes as the string holds them (RFC 6962)
//   inclusion   path from leaf `index` to the checkpoint's root (RFC 9162 section 2.1.3.2)
//   checkpoint  C2SP tlog-checkpoint in a signed note, by the log's key
//   opened      digest = H(salt ‖ u32 length ‖ name ‖ u32 length ‖ value), lengths big-endian
//   closed      digests of the fields that are not shown, ascending
//   commitment  H(all digests, sorted, joined) is body.commitment of the entry, in hexadecimal;
//               H is what body.alg of the entry names (log/commitment.h)
//
// `opened` and `closed` stand where the entry has a commitment and nowhere else.
//
// What a receipt cannot prove: that nothing came later, or that no later statement was left out of
// it. Only the registry can say how the certificate stands now.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "base/result.h"
#include "log/commitment.h"
#include "log/proof.h"

namespace chayan::receipt {

inline constexpr int kVersion = 1;

struct Statement {
  std::uint64_t index = 0;  // of the leaf, which is the entry's seq
  std::string entry;
  log::Proof inclusion;
  // Nothing opened and nothing closed: the entry commits to nothing.
  log::Opening opening;

  bool commits() const { return !opening.opened.empty() || !opening.closed.empty(); }
  bool operator==(const Statement&) const = default;
};

struct Receipt {
  std::vector<Statement> statements;
  std::string checkpoint;  // signed note

  bool operator==(const Receipt&) const = default;
};

// One JSON object.
void write(JsonWriter& json, const Receipt& receipt);

// Reads a receipt, or an answer of POST /v1/verifications that holds one: of that answer nothing
// else is looked at here (receipt/answer.h does). No error repeats a byte of the text. Error invalid_argument with the field "format" for anything that `write` does
// not write; too_large beyond limits::kReceiptBytesMax.
Result<Receipt> read(std::string_view text);

}  // namespace chayan::receipt
