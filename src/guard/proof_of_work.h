// A proof of work in the place of a captcha: who asks more often than is free pays a second of
// computing for each further request. A person does not notice; someone who guesses at numbers by
// the million does.
//
// A challenge is text, made without remembering it:
//
//   <bits> "." base64url( expiry u32 (Unix seconds) ‖ random (8)
//                         ‖ MAC(key, "challenge" ‖ bits u8 ‖ expiry ‖ random ‖ client prefix)[:16] )
//
// Its solution is  <challenge> "." <nonce>, where the nonce is decimal digits of the client's
// choice and SHA-256 of the whole solution begins with `bits` zero bits. It is for the client
// prefix that was given the challenge, until its expiry, and once.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/keyed_index.h"
#include "guard/address.h"
#include "guard/rate_table.h"

namespace chayan::guard {

// A solution taken apart; the views point into its text.
struct ProofText {
  std::string_view challenge;  // with its bits in front
  std::string_view nonce;
  unsigned bits = 0;
  std::uint32_t expiry = 0;  // Unix seconds
  std::string signed_bytes;  // expiry ‖ random
  std::string mac;
};
// nullopt: not of that form. Bits are 1-64, the nonce 1-20 digits.
std::optional<ProofText> parse_proof(std::string_view solution);
bool has_zero_bits(std::string_view digest, unsigned bits);

class ProofOfWork {
 public:
  // `macs` must outlive it. `bits` is 1-64.
  ProofOfWork(const crypto::KeyedIndex& macs, unsigned bits);

  std::string challenge(const Network& client, Time now) const;
  // True once for each challenge: a spent one is remembered, in fixed memory, until it would have
  // expired; where more are spent than that holds, some good ones are refused. Thread-safe.
  bool spend(std::string_view solution, const Network& client, Time now);

  std::size_t bytes() const { return spent_.bytes(); }

 private:
  crypto::RowKey mac(unsigned bits, std::string_view signed_bytes, const Network& client) const;

  const crypto::KeyedIndex& macs_;
  const unsigned bits_;
  RateTable spent_;
};

// Searches the nonce; what a browser does, for tests and tools.
std::string solve(std::string_view challenge);

}  // namespace chayan::guard
