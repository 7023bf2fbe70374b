// A planted log read as `audit-log` reads it: page by page through the proving reader.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "audit/auditor.h"
#include "tests/support/planted_log.h"

namespace chayan::test {

inline audit::Report audited(const PlantedLog& log, std::uint64_t page_entries = 50) {
  log::FeedReader reader(log.key(), log::Frontier());
  audit::Auditor auditor;
  std::uint64_t limit = 1;  // as the command: the first page says how long the log is
  do {
    const std::string answer = log.page(reader.frontier().size(), limit);
    const auto page = reader.read(answer);
    if (!page) {
      auditor.stop(reader.frontier().size(), page.error());
      break;
    }
    auditor.read(*page);
    limit = page_entries;
  } while (reader.frontier().size() < log.size());
  return auditor.finish(reader.frontier());
}

// Seq and rule of each finding; what is compared.
using Found = std::vector<std::pair<std::uint64_t, std::string>>;

inline Found found(const audit::Report& report) {
  Found all;
  for (const audit::Finding& finding : report.findings.kept()) {
    EXPECT_FALSE(finding.what.empty());
    all.emplace_back(finding.seq, audit::id(finding.rule));
  }
  return all;
}

inline std::string sentences(const audit::Report& report) {
  std::string all;
  for (const audit::Finding& finding : report.findings.kept()) {
    all += std::to_string(finding.seq) + " " + std::string(audit::id(finding.rule)) + ": " +
           finding.what + "\n";
  }
  return all;
}

}  // namespace chayan::test
