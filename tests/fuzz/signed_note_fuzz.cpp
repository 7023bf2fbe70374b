// A signed note, and the checkpoint in it: what mirrors and receipts read from others. What parses is written again as
// the same bytes, so that nothing which was not signed is ever taken for signed.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "log/checkpoint.h"
#include "log/note.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chayan;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto checkpoint = log::parse_checkpoint_text(text);
  if (checkpoint && log::checkpoint_text(*checkpoint) != text) std::abort();
  const auto key = log::parse_verifier_line(text, "vkey");
  if (key && log::verifier_line(*key) != text) std::abort();
  return 0;
}
