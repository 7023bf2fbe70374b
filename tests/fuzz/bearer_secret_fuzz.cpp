// The secret of a credential: exactly one text is read as each.
#include <cstdint>
#include <cstdlib>

#include "crypto/bearer_secret.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto secret = chayan::crypto::BearerSecret::parse(text);
  if (secret && secret->text() != text) std::abort();
  return 0;
}
