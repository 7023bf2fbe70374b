// A synthetic registry, the same for the same seed on every machine: import files, and what is true
// of them.
//
// Everything in it is plainly made up (示例, 测试; ID numbers of region 999999) except the notice's
// own catalogs, which come first. The truth is worked out from the generator's plan, never with
// domain/rules: it is what checks the rules.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"

namespace chayan::commands {

struct DemoOptions {
  std::uint64_t institutions = 50;
  std::uint64_t certificates = 1000;
  std::uint64_t seed = 1;
  std::string out;     // directory
  bool clean = false;  // no certificate whose issuer was not entitled: nothing for an audit to find
};

// Writes into options.out:
//   registry.ndjson      what `import` takes: catalogs, institutions with their filings, certificates
//                        and their events
//   truth.ndjson         a line a certificate: certificate_number, holder_name, document_type,
//                        document_number, status (valid, corrected, reissued, revoked, cancelled;
//                        erased never matches), issuer, issued_on, occupation, level, item?,
//                        issuer_authorized, authorization_reason; and wrong answers to try:
//                        wrong_holder_name, wrong_document_number, unknown_certificate_number
//   institutions.ndjson  a line an institution: credit_code, name, region, offerings with
//                        occupation, work_type?, level, item?, filing, and the days on which it is
//                        effective as [first, last] pairs
Result<void> write_demo(const DemoOptions& options,
                        const std::function<void(std::uint64_t done, std::uint64_t all)>& progress);

}  // namespace chayan::commands
