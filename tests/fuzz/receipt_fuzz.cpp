// A receipt that somebody hands over. What reads is written and read again as the same; nothing that the fuzzer makes
// up is ever proven, and each refusal names one of the things that can be wrong.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "crypto/signature.h"
#include "log/note.h"
#include "receipt/check.h"

namespace {

// Nobody signs with it, so that a signature under it is a finding.
const chayan::log::NoteKey& key() {
  using namespace chayan;
  static const log::NoteKey made = [] {
    const crypto::SigningKey secret(crypto::SignatureScheme::ed25519, Hash{7});
    return log::note_key("example.org/log", crypto::SignatureScheme::ed25519, secret.public_key());
  }();
  return made;
}

bool is_known_reason(std::string_view reason) {
  constexpr std::array<std::string_view, 8> kReasons = {
      "format", "origin", "signature", "size", "path", "entry", "fields", "statements"};
  for (const std::string_view known : kReasons) {
    if (reason == known) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chayan;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto proven = receipt::check(text, key());
  if (proven) std::abort();
  const Error& error = proven.error();
  if (!is_known_reason(error.field) || error.message.en.empty() || error.message.zh.empty()) {
    std::abort();
  }
  const auto read = receipt::read(text);
  if (!read) return 0;
  std::string written;
  JsonWriter json(written);
  receipt::write(json, *read);
  const auto again = receipt::read(written);
  if (!again || *again != *read) std::abort();
  return 0;
}
