// The rows of a workbook: any bytes give rows or one error that names a field, within the bounds.
// Bytes that are no archive are taken for the sheet of one, so that the fuzzer meets the XML too.
#include "tests/fuzz/batch_rows_check.h"
#include "tests/fuzz/stored_zip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chayan;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  fuzz::check_batch(api::read_batch(api::BatchForm::xlsx, input));
  if (!input.starts_with("PK")) {
    fuzz::check_batch(api::read_batch(api::BatchForm::xlsx, fuzz::workbook_around(input)));
  }
  return 0;
}
