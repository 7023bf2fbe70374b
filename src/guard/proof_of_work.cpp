#include "guard/proof_of_work.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "base/bytes.h"
#include "base/limits.h"
#include "crypto/digest.h"

namespace chayan::guard {
namespace {

constexpr std::string_view kLabel = "challenge";
constexpr unsigned kBitsMax = 64;
constexpr std::size_t kRandomBytes = 8;
constexpr std::size_t kSignedBytes = 4 + kRandomBytes;
constexpr std::size_t kMacBytes = 16;
constexpr std::size_t kNonceDigitsMax = 20;  // of a u64
// 2^14 sets of 7: as many spent challenges at once, in 1 MiB; 950 a second at two minutes each.
constexpr unsigned kSpentSetsLog2 = 14;

std::uint32_t unix_seconds(Time time) {
  return static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
}

std::string_view view_of(const crypto::RowKey& key) {
  return {key.data(), key.size()};
}

bool is_digits(std::string_view text, std::size_t length_max) {
  return !text.empty() && text.size() <= length_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<ProofText> parse_proof(std::string_view solution) {
  const std::size_t first = solution.find('.');
  const std::size_t last = solution.rfind('.');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  ProofText proof;
  proof.challenge = solution.substr(0, last);
  proof.nonce = solution.substr(last + 1);
  const std::string_view bits = solution.substr(0, first);
  if (!is_digits(bits, 2) || bits.front() == '0') return std::nullopt;
  if (!is_digits(proof.nonce, kNonceDigitsMax)) return std::nullopt;
  std::from_chars(bits.data(), bits.data() + bits.size(), proof.bits);
  const auto bytes = from_base64url(solution.substr(first + 1, last - first - 1));
  if (proof.bits > kBitsMax || !bytes || bytes->size() != kSignedBytes + kMacBytes) {
    return std::nullopt;
  }
  proof.signed_bytes = bytes->substr(0, kSignedBytes);
  proof.mac = bytes->substr(kSignedBytes);
  proof.expiry = ByteReader(proof.signed_bytes).u32();
  return proof;
}

bool has_zero_bits(std::string_view digest, unsigned bits) {
  const std::uint64_t head = ByteReader(digest).u64();
  return static_cast<unsigned>(std::countl_zero(head)) >= bits;
}

ProofOfWork::ProofOfWork(const crypto::KeyedIndex& macs, unsigned bits)
    : macs_(macs), bits_(bits), spent_(kSpentSetsLog2) {}

crypto::RowKey ProofOfWork::mac(unsigned bits, std::string_view signed_bytes,
                                const Network& client) const {
  std::string covered(1, static_cast<char>(bits));
  covered.append(signed_bytes).append(client.text());
  return macs_.mac(kLabel, covered);
}

std::string ProofOfWork::challenge(const Network& client, Time now) const {
  std::string bytes;
  put_u32(bytes, unix_seconds(now + limits::kProofLife));
  bytes += crypto::random_bytes(kRandomBytes);
  const crypto::RowKey seal = mac(bits_, bytes, client);
  bytes.append(view_of(seal));
  return std::to_string(bits_) + '.' + to_base64url(bytes);
}

bool ProofOfWork::spend(std::string_view solution, const Network& client, Time now) {
  const auto proof = parse_proof(solution);
  if (!proof) return false;
  const crypto::RowKey expected = mac(proof->bits, proof->signed_bytes, client);
  if (!crypto::equal_in_constant_time(view_of(expected), proof->mac)) return false;
  if (proof->expiry <= unix_seconds(now)) return false;
  if (!has_zero_bits(view(crypto::sha256(solution)), proof->bits)) return false;
  // Once: a rate of one act in all the time that a challenge lives.
  constexpr Rate kOnce{1, limits::kProofLife};
  return !spent_.take(ByteReader(proof->mac).u64(), kOnce, now);
}

std::string solve(std::string_view challenge) {
  unsigned bits = 0;
  std::from_chars(challenge.data(), challenge.data() + challenge.find('.'), bits);
  for (std::uint64_t nonce = 0;; ++nonce) {
    std::string solution = std::string(challenge) + '.' + std::to_string(nonce);
    if (has_zero_bits(view(crypto::sha256(solution)), bits)) return solution;
  }
}

}  // namespace chayan::guard
