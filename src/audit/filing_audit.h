// Institutions and the procedure of their filings (part 3 of the notice, 沪职鉴中心〔2026〕30号):
// submitted, accepted, assessed, five working days of public notice without objection, filed for
// three years, reported, published; then suspended, resumed, renewed, revoked, cancelled.
//
// An event is judged when it is read, by what the log had said by then: a registry that recorded it
// out of order did so whatever it recorded later. It counts all the same in what follows, so that
// one fault is one finding.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "audit/findings.h"
#include "audit/reference_audit.h"
#include "domain/filing.h"
#include "domain/institution.h"

namespace chayan::audit {

// Not thread-safe.
class FilingAudit {
 public:
  // Both must outlive it.
  FilingAudit(Findings& findings, ReferenceAudit& reference)
      : findings_(findings), reference_(reference) {}

  void read(std::uint64_t seq, const Institution& institution);
  void read(std::uint64_t seq, const FilingEvent& event);

  bool knows(const CreditCode& institution) const;
  // All filings of one institution, with the events of the log so far. Until the next read().
  std::span<const Filing> filings(const CreditCode& institution) const;

  std::uint64_t institutions() const { return recorded_; }
  std::uint64_t filings() const { return owners_.size(); }

 private:
  // Where a filing stands in its procedure.
  struct Procedure {
    std::optional<FilingEventKind> last;
    Date last_on;
    std::optional<FilingEvent> notice;  // the latest
    bool notice_was_short = false;      // found already
    bool objection_open = false;        // to that notice
    std::optional<Date> valid_from;     // of the latest grant: it was filed
    bool suspended = false;
    bool reported = false;   // since the latest grant
    bool published = false;  // since the latest grant
    bool ended = false;
  };
  struct Record {
    bool is_known = false;
    std::vector<Filing> filings;
    std::vector<Procedure> procedures;  // by the same index
  };
  struct Owner {
    CreditCode institution;
    std::size_t index = 0;
  };

  static bool is_in_order(const Procedure& procedure, FilingEventKind next);
  void check_order(std::uint64_t seq, const FilingEvent& event, const Procedure& procedure);
  void check_filed(std::uint64_t seq, const FilingEvent& event, const Procedure& procedure);
  void check_notice_over(std::uint64_t seq, const FilingEvent& event, const Procedure& procedure);
  void check_validity(std::uint64_t seq, const FilingEvent& event, const Procedure& procedure);
  void check_receipt(std::uint64_t seq, const FilingEvent& event);
  void check_scope(std::uint64_t seq, const FilingEvent& event);
  void check_line(std::uint64_t seq, const ScopeLine& line, Date on);
  static void advance(Procedure& procedure, const FilingEvent& event);
  void add(std::uint64_t seq, Rule rule, const FilingEvent& event, const std::string& what);

  Findings& findings_;
  ReferenceAudit& reference_;
  std::map<CreditCode, Record> records_;
  std::unordered_map<std::string, Owner> owners_;            // by filing id
  std::unordered_map<std::string, std::uint64_t> receipts_;  // the seq that used it first
  std::uint64_t recorded_ = 0;
};

}  // namespace chayan::audit
