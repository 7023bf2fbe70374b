// The code of a share report, as people type it. What is taken is canonical, and any one symbol of it changed is not
// taken.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "domain/report_code.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chayan;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (size >= ReportCode::kRandomBytes) {
    const ReportCode made = ReportCode::from_random(text);
    const auto read = ReportCode::parse(made.grouped());
    if (!read || *read != made) std::abort();
  }
  const auto code = ReportCode::parse(text);
  if (!code) {
    if (code.error().field != "code" || code.error().message.zh.empty()) std::abort();
    return 0;
  }
  if (code->text().size() != ReportCode::kSymbols) std::abort();
  const auto again = ReportCode::parse(code->text());
  if (!again || *again != *code) std::abort();
  std::string mistyped(code->text());
  const std::size_t at = size % mistyped.size();
  mistyped[at] = mistyped[at] == '7' ? '8' : '7';
  if (ReportCode::parse(mistyped)) std::abort();
  return 0;
}
