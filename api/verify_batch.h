// POST /v1/verifications/batch: up to limits::kVerificationBatchRowsMax questions of an employer
// with a credential, each answered as POST /v1/verifications answers it, by the same functions.
//
// The answer is NDJSON, or CSV or XLSX where Accept names it: one result a row in the order of the
// rows, then a summary. It is computed piece by piece while it is sent, each piece from the registry
// as it then stands, so that a batch never holds a thread or a snapshot for long; XLSX, which has
// its directory at its end, is made whole and then sent: 10,000 rows keep a thread for some 0.5 s,
// which a credential's pace (limits::kCredentialBurst) allows ten times at once, and then every 40 s.
// It ends early where its reader takes longer than limits::kVerificationBatchMax: then the last chunk,
// and the summary, are missing.
//
// The rows are taken off the day's quota before the first is answered; where they are more than is
// left, none is.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "api/batch_judge.h"
#include "api/endpoint.h"
#include "api/table_writer.h"

namespace chayan::api {

// Of the answer as CSV or XLSX: what a client that puts them beside its own must know.
std::span<const Column> batch_columns();
// Their places.
inline constexpr std::size_t kBatchResultColumn = 2;  // behind row and line
inline constexpr std::size_t kBatchFieldColumn = 16;
inline constexpr std::size_t kBatchDetailColumn = 17;

// Admits the rows, takes them off the quota and makes the answer of them. nullopt: done; else what
// stands against it, and the response is untouched.
Result<std::optional<BatchStart>> write_batch(const Call& call, const Employer& employer,
                                              std::vector<BatchRow> rows, TableFormat format,
                                              http::Response& response);

Result<void> answer_verification_batch(const Call& call, http::Response& response);

}  // namespace chayan::api
