// What holds of every batch that is read, whatever the bytes.
#pragma once

#include <cstdlib>
#include <string_view>

#include "api/batch_rows.h"
#include "base/limits.h"
#include "base/text.h"

namespace chayan::fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

inline void require_told(const Error& error) {
  require(!error.message.en.empty() && !error.message.zh.empty());
  require(is_valid_utf8(error.field) && is_valid_utf8(error.message.zh));
}

inline void check_batch(const Result<std::vector<api::BatchRow>>& rows) {
  if (!rows) {
    require_told(rows.error());
    return require(!rows.error().field.empty());
  }
  require(!rows->empty() && rows->size() <= limits::kVerificationBatchRowsMax);
  std::uint64_t last = 0;
  for (const api::BatchRow& row : *rows) {
    require(row.line > 0 && row.line >= last);  // to libcsv a CR alone ends a row, too
    last = row.line;
    if (!row.input) {
      require_told(row.input.error());
      continue;
    }
    require(!row.input->number.text().empty());
    require(!row.input->holder_name.empty() || !row.input->document_number.empty());
  }
}

}  // namespace chayan::fuzz
