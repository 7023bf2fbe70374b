// The rows of an NDJSON batch: any bytes give rows or one error that names a field.
#include "tests/fuzz/batch_rows_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  chayan::fuzz::check_batch(chayan::api::read_batch(chayan::api::BatchForm::ndjson, body));
  return 0;
}
