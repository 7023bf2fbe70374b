// A proof of work from outside: any bytes; what is read is all there, and none is good that was not
// asked for.
#include <cstdlib>
#include <string>

#include "base/bytes.h"
#include "guard/proof_of_work.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chayan;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto proof = guard::parse_proof(text);
  if (proof) {
    const std::string again = std::to_string(proof->bits) + '.' +
                              to_base64url(proof->signed_bytes + proof->mac) + '.' +
                              std::string(proof->nonce);
    if (again != text) std::abort();
    if (proof->bits < 1 || proof->bits > 64) std::abort();
  }
  static const crypto::KeyedIndex macs(crypto::kIntl, Hash{1});
  static guard::ProofOfWork proofs(macs, 8);
  static const auto client =
      guard::Network::of_client(guard::Address::parse("203.0.113.7").value());
  if (proofs.spend(text, client, guard::Time())) std::abort();
  return 0;
}
