#include "audit/certificate_audit.h"

#include <algorithm>

#include "domain/rules.h"

namespace chayan::audit {
namespace {

using Kind = CertificateEventKind;

// Which promise a certificate breaks whose issuer was not entitled.
Rule rule_of(EntitlementReason reason) {
  switch (reason) {
    case EntitlementReason::institution_unknown:
      return Rule::issuer_unknown;
    case EntitlementReason::item_unknown:
      return Rule::item_unknown;
    case EntitlementReason::item_not_in_force:
      return Rule::item_not_in_force;
    case EntitlementReason::differs_from_item:
      return Rule::differs_from_item;
    case EntitlementReason::out_of_scope:
      return Rule::out_of_scope;
    case EntitlementReason::filing_in_procedure:
      return Rule::before_filing;
    case EntitlementReason::filing_not_yet_valid:
      return Rule::before_validity;
    case EntitlementReason::filing_suspended:
      return Rule::while_suspended;
    case EntitlementReason::filing_expired:
      return Rule::after_expiry;
    case EntitlementReason::filing_revoked:
      return Rule::after_revocation;
    case EntitlementReason::filing_cancelled:
      return Rule::after_cancellation;
    case EntitlementReason::no_filing:
    case EntitlementReason::entitled:
      break;
  }
  return Rule::issuer_not_filed;
}

// The seq at which a filing was granted for `day`.
std::uint64_t granted_at(const Filing& filing, Date day) {
  for (const RecordedFilingEvent& recorded : filing.events) {
    const FilingEvent& event = recorded.event;
    const bool grants =
        event.kind == FilingEventKind::filed || event.kind == FilingEventKind::renewed;
    if (grants && event.valid_from <= day && day <= event.valid_to) return recorded.seq;
  }
  return 0;
}

}  // namespace

void CertificateAudit::read(std::uint64_t seq, const CertificateFacts& facts,
                            const PrivateFieldsSeen& seen) {
  if (!seen.committed) {
    findings_.add(seq, Rule::commitment_missing, "The certificate commits to no private fields.");
  }
  if (seen.erased) unexplained_.insert(certificates_.size());
  certificates_.push_back(
      {seq, seen.settled_size, intern(facts), facts.issued_on, seen.committed, seen.erased, false});
}

void CertificateAudit::read(std::uint64_t seq, const CertificateEvent& event,
                            const PrivateFieldsSeen& seen) {
  const auto of = find(event.of);
  if (!of) {
    findings_.add(
        seq, Rule::certificate_unknown,
        "It is of seq " + std::to_string(event.of) + ", which is no certificate issued before it.");
    return;
  }
  Issued& certificate = certificates_[*of];
  check_end(seq, event, certificate);
  certificate.last_on = std::max(certificate.last_on, event.on);
  if (event.kind == Kind::revoked || event.kind == Kind::cancelled) certificate.ended = true;
  if (event.kind == Kind::erased) {
    tombstones_.emplace(*of, seq);
    unexplained_.erase(*of);
  }
  std::optional<Facts> facts;
  if (event.facts) facts = intern(*event.facts);
  if (facts == certificate.facts) facts.reset();
  if (seen.erased && !tombstones_.contains(*of)) unexplained_.insert(*of);
  if (facts || seen.committed) {
    corrections_.push_back({seq, seen.settled_size, *of, facts, seen.committed, seen.erased});
  }
}

void CertificateAudit::check_end(std::uint64_t seq, const CertificateEvent& event,
                                 const Issued& certificate) {
  const std::string named =
      "Certificate " + std::to_string(certificate.seq) + " is " + std::string(code(event.kind));
  const auto index = static_cast<std::size_t>(&certificate - certificates_.data());
  if (tombstones_.contains(index)) {
    findings_.add(seq, Rule::event_after_erasure, named + " after it was erased.");
  } else if (certificate.ended && event.kind != Kind::erased) {
    findings_.add(seq, Rule::event_after_end, named + " after it was revoked or cancelled.");
  }
  if (event.on < certificate.last_on) {
    findings_.add(seq, Rule::days_backwards,
                  named + " on " + event.on.text() + ", before its latest event on " +
                      certificate.last_on.text() + ".");
  }
}

std::optional<std::size_t> CertificateAudit::find(std::uint64_t seq) const {
  const auto found =
      std::lower_bound(certificates_.begin(), certificates_.end(), seq,
                       [](const Issued& issued, std::uint64_t at) { return issued.seq < at; });
  if (found == certificates_.end() || found->seq != seq) return std::nullopt;
  return static_cast<std::size_t>(found - certificates_.begin());
}

CertificateAudit::Facts CertificateAudit::intern(const CertificateFacts& facts) {
  const auto number = [](auto& numbers, auto& values, const auto& value) {
    const auto [known, is_new] = numbers.emplace(value, static_cast<std::uint32_t>(values.size()));
    if (is_new) values.push_back(value);
    return known->second;
  };
  const Subject subject{facts.item, facts.occupation, facts.work_type, facts.level};
  return {number(issuer_numbers_, issuers_, facts.issuer),
          number(subject_numbers_, subjects_, subject), facts.issued_on};
}

void CertificateAudit::finish() {
  judge_facts();
  judge_tombstones();
}

void CertificateAudit::judge_facts() {
  for (const Issued& certificate : certificates_) {
    judge(certificate.seq, certificate.facts, certificate.facts.issued_on, true);
  }
  for (const Correction& correction : corrections_) {
    if (!correction.facts) continue;
    const Facts& first = certificates_[correction.certificate].facts;
    const Facts& now = *correction.facts;
    if (now.issuer != first.issuer || now.subject != first.subject) {
      judge(correction.seq, now, first.issued_on, false);
    }
    if (now.issued_on != first.issued_on) judge(correction.seq, now, now.issued_on, false);
  }
}

void CertificateAudit::judge(std::uint64_t seq, const Facts& facts, Date day, bool is_first) {
  const CreditCode& issuer = issuers_[facts.issuer];
  const auto& [item, occupation, work_type, level] = subjects_[facts.subject];
  const std::string on = " (" + std::string(issuer.text()) + ", " + day.text() + ")";
  if (!filings_.knows(issuer)) {
    findings_.add(seq, Rule::issuer_unknown,
                  sentence(EntitlementReason::institution_unknown).en + on);
    return;
  }
  if (!item && !reference_.knows(occupation)) {
    findings_.add(seq, Rule::occupation_unknown,
                  "The log knows no occupation " + std::string(occupation.text()) + "." + on);
    return;
  }
  const chayan::Subject asked{item, occupation, work_type, level};
  const Entitlement entitlement =
      entitlement_on(filings_.filings(issuer), asked, reference_.catalog(), day);
  if (!entitlement.holds()) {
    findings_.add(seq, rule_of(entitlement.reason), sentence(entitlement.reason).en + on);
  } else if (is_first && granted_at(*entitlement.filing, day) > seq) {
    ++recorded_before_filing_;
  }
}

void CertificateAudit::judge_tombstones() {
  for (const std::size_t index : unexplained_) {
    if (certificates_[index].fields_gone) {
      findings_.add(certificates_[index].seq, Rule::tombstone_missing,
                    "Its private fields are gone and no entry erased them.");
    }
  }
  for (const auto& [index, tombstone] : tombstones_) {
    const Issued& issued = certificates_[index];
    judge_tombstone(issued.seq, issued.committed && !issued.fields_gone, issued.settled_size,
                    tombstone);
  }
  for (const Correction& correction : corrections_) {
    const auto tombstone = tombstones_.find(correction.certificate);
    if (tombstone != tombstones_.end()) {
      judge_tombstone(correction.seq, correction.committed && !correction.fields_gone,
                      correction.settled_size, tombstone->second);
    } else if (correction.fields_gone) {
      findings_.add(correction.seq, Rule::tombstone_missing,
                    "Its private fields are gone and no entry erased them.");
    }
  }
}

void CertificateAudit::judge_tombstone(std::uint64_t seq, bool fields_are_there,
                                       std::uint64_t settled_size, std::uint64_t tombstone) {
  if (!fields_are_there || tombstone >= settled_size) return;
  findings_.add(seq, Rule::payload_not_erased,
                "Seq " + std::to_string(tombstone) +
                    " erased its private fields, and the feed does not say that they are gone.");
}

}  // namespace chayan::audit
