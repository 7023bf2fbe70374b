// Certificates: issued by whom, for what, on which day, and what became of them.
//
// Entitlement is judged at the end, by all that the log says, exactly as `POST /v1/verifications`
// answers issuer_authorized (domain/rules.h, entitlement_on): an entry may be recorded after the
// day it speaks of, so a filing recorded late entitles and a revocation recorded late takes the
// entitlement of its days away. So that late recording cannot hide what it does, certificates that
// were recorded before the filing that covers them are counted (recorded_before_filing): a remark,
// not a finding.
//
// A correction's facts are judged as they stand: for the day of the first issue, which decides, as
// the service answers; and, where they state another issue day, for that one too. Facts that a
// correction repeats have been judged already.
//
// Of private fields the public feed shows one thing: that an entry's are gone, "erased". It is the
// server's own word. An audit finds fields that are gone without a tombstone, and a tombstone that
// was not carried out by that word; that the fields are truly gone nobody can see from outside, nor
// that a certificate number stands twice.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "audit/filing_audit.h"
#include "audit/findings.h"
#include "audit/reference_audit.h"
#include "domain/certificate.h"

namespace chayan::audit {

// What the feed shows of an entry's private fields.
struct PrivateFieldsSeen {
  bool committed = false;  // the entry has some
  bool erased = false;     // and they are gone
  // The log's size that was proven before the entry was asked for: tombstones below it had been
  // carried out, or never.
  std::uint64_t settled_size = 0;
};

// Memory: 40 bytes a certificate, and as much a correction. Not thread-safe.
class CertificateAudit {
 public:
  // All must outlive it.
  CertificateAudit(Findings& findings, const ReferenceAudit& reference, const FilingAudit& filings)
      : findings_(findings), reference_(reference), filings_(filings) {}

  // Ascending by seq.
  void read(std::uint64_t seq, const CertificateFacts& facts, const PrivateFieldsSeen& seen);
  void read(std::uint64_t seq, const CertificateEvent& event, const PrivateFieldsSeen& seen);

  // Fields are gone and no tombstone was read so far.
  bool awaits_tombstones() const { return !unexplained_.empty(); }

  // Judges what the end of the log decides. Call once, last.
  void finish();

  std::uint64_t issued() const { return certificates_.size(); }
  std::uint64_t recorded_before_filing() const { return recorded_before_filing_; }

 private:
  // What was certified, interned: institutions and subjects are few.
  struct Facts {
    std::uint32_t issuer = 0;
    std::uint32_t subject = 0;
    Date issued_on;

    bool operator==(const Facts&) const = default;
  };
  struct Issued {
    std::uint64_t seq = 0;
    std::uint64_t settled_size = 0;
    Facts facts;
    Date last_on;  // of its latest event
    bool committed = false;
    bool fields_gone = false;
    bool ended = false;  // revoked or cancelled
  };
  struct Correction {
    std::uint64_t seq = 0;
    std::uint64_t settled_size = 0;
    std::size_t certificate = 0;  // index
    std::optional<Facts> facts;   // where they differ from the first
    bool committed = false;
    bool fields_gone = false;
  };
  using Subject = std::tuple<std::optional<CatalogItemId>, OccupationCode, std::string, SkillLevel>;

  std::optional<std::size_t> find(std::uint64_t seq) const;
  Facts intern(const CertificateFacts& facts);
  void check_end(std::uint64_t seq, const CertificateEvent& event, const Issued& certificate);
  void judge(std::uint64_t seq, const Facts& facts, Date day, bool is_first);
  void judge_facts();
  void judge_tombstones();
  void judge_tombstone(std::uint64_t seq, bool fields_are_there, std::uint64_t settled_size,
                       std::uint64_t tombstone);

  Findings& findings_;
  const ReferenceAudit& reference_;
  const FilingAudit& filings_;
  std::vector<Issued> certificates_;                 // ascending by seq
  std::vector<Correction> corrections_;              // ascending by seq
  std::map<std::size_t, std::uint64_t> tombstones_;  // the first one's seq, by certificate
  std::set<std::size_t> unexplained_;  // certificates whose fields are gone without a tombstone
  std::map<CreditCode, std::uint32_t> issuer_numbers_;
  std::vector<CreditCode> issuers_;
  std::map<Subject, std::uint32_t> subject_numbers_;
  std::vector<Subject> subjects_;
  std::uint64_t recorded_before_filing_ = 0;
};

}  // namespace chayan::audit
