// The rows of a CSV batch, in any encoding: any bytes give rows or one error that names a field; and
// a byte order mark in front of UTF-8 changes nothing, but for what is a workbook by its first bytes.
#include "base/csv_reader.h"
#include "base/xlsx_reader.h"
#include "tests/fuzz/batch_rows_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chayan;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto rows = api::read_batch(api::BatchForm::csv, body);
  fuzz::check_batch(rows);
  const bool is_plain = !looks_like_workbook(body) && is_valid_utf8(body) &&
                        !body.starts_with(kByteOrderMark) &&
                        body.find('\0') == std::string_view::npos;
  if (!is_plain) return 0;
  const auto marked =
      api::read_batch(api::BatchForm::csv, std::string(kByteOrderMark).append(body));
  fuzz::require(rows.has_value() == marked.has_value());
  if (!rows) {
    fuzz::require(rows.error() == marked.error());
    return 0;
  }
  fuzz::require(rows->size() == marked->size());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const api::BatchRow& one = (*rows)[i];
    const api::BatchRow& same = (*marked)[i];
    fuzz::require(one.line == same.line && one.input.has_value() == same.input.has_value());
    if (one.input) fuzz::require(one.input->number == same.input->number);
  }
  return 0;
}
