// One line of the audit trail: who asked about what, when, and what came of it, without anything
// that identifies a person. The trail's files, keys and chain stand in guard/audit_trail.h.
//
//   {"prev":"…","time":"…Z","kind":"day","after":"2026-11-23"}
//   {"prev":"…","time":"…Z","kind":"started","torn":true}
//   {"prev":"…","time":"…Z","kind":"verification","number":"…","client":"203.0.113.7/32",
//    "outcome":"match","seq":17,"us":41}
//   {"prev":"…","time":"…Z","kind":"lost","count":12}
//
// `prev` is the SHA-256 of the line before, without its newline; of the first line of a day's file
// that of the last line of the file before, which `after` names; of the first line of all, zeros.
// `number` is the first 16 bytes of MAC(the day's key, number). A question with a credential has
// "credential" too: its id, which is an organisation's.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace chayan::guard {

enum class AuditKind : std::uint8_t {
  day,           // first line of each file
  started,       // the service began to write; torn: the line before was cut short
  lost,          // so many questions are not on record: the disk or the queue was full
  verification,  // POST /v1/verifications or /verify
  batch_row,     // a row of POST /v1/verifications/batch
  report,        // a share report was asked for by its code
};
std::string_view code(AuditKind kind);

enum class Outcome : std::uint8_t {
  match,
  no_match,
  limited,  // 429
  fault,    // storage could not be read
};
std::string_view code(Outcome outcome);

struct AuditLine {
  std::string prev;  // 64 hex digits
  std::string time;  // RFC 3339 in UTC, with milliseconds
  AuditKind kind = AuditKind::verification;
  std::string after;  // day: of the file before; empty: there was none
  bool torn = false;
  std::uint64_t count = 0;
  // Of questions:
  std::string number;  // 32 hex digits
  std::string client;
  std::string credential;
  Outcome outcome = Outcome::no_match;
  std::optional<std::uint64_t> seq;  // of the certificate's issued entry, where it matched
  std::uint64_t microseconds = 0;

  bool operator==(const AuditLine&) const = default;
};

inline bool is_question(AuditKind kind) {
  return kind >= AuditKind::verification;
}

void render(const AuditLine& line, std::string& out);  // appends, without a newline
// Error names the member. What it accepts, render() writes again as the same bytes.
Result<AuditLine> parse_audit_line(std::string_view text);

std::string rfc3339_utc_milliseconds(std::chrono::system_clock::time_point time);

}  // namespace chayan::guard
