// The head of a request, as the strict check takes it. Every field it hands on lies in the head, and a head that is
// accepted says its length once.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/head_check.h"

namespace {

void require_within(std::string_view part, std::string_view whole) {
  if (part.empty()) return;
  if (part.data() < whole.data() || part.data() + part.size() > whole.data() + whole.size())
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chayan;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  server::HeadScan scan;
  if (scan.advance(bytes) || scan.head_bytes() == 0) return 0;
  const std::string_view text = bytes.substr(0, scan.head_bytes());
  server::Head head;
  if (const auto fault = server::check_head(text, head)) {
    if (fault->reason.empty()) std::abort();
    return 0;
  }
  require_within(head.target, text);
  if (!head.target.starts_with('/')) std::abort();
  for (const http::Field& field : head.fields()) {
    require_within(field.name, text);
    require_within(field.value, text);
    for (const char c : field.value) {
      if (c == '\r' || c == '\n' || c == '\0') std::abort();
    }
  }
  return 0;
}
