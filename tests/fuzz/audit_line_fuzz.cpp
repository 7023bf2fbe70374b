// A line of the audit trail: any bytes; what is read is written again as the same bytes.
#include <cstdlib>
#include <string>

#include "guard/audit_line.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chayan::guard;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = parse_audit_line(text);
  if (!line) {
    if (line.error().message.en.empty()) std::abort();
    return 0;
  }
  std::string again;
  render(*line, again);
  if (again != text) std::abort();
  return 0;
}
