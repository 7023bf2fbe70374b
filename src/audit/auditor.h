// Holds a registry to its promises by its public log alone (trust.md): "So anyone can audit from
// the public log alone that every certificate was issued by an institution filed for that item on
// that day." Written apart from index/, which admits changes: admission is what is held to account
// here. Only the arithmetic of the notice is shared (domain/rules.h): working days, states,
// entitlement on a day.
//
// What the log cannot show is not audited: who holds a certificate, its number, whether two share
// one, whether private fields that are said to be gone are gone, and what was never recorded.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "audit/certificate_audit.h"
#include "audit/filing_audit.h"
#include "audit/findings.h"
#include "audit/reference_audit.h"
#include "base/json_reader.h"
#include "domain/change.h"
#include "log/feed_reader.h"

namespace chayan::audit {

struct Report {
  Findings findings;       // ascending by seq
  std::uint64_t size = 0;  // entries that were proven and read
  Hash root{};             // of the tree of that size
  bool provable = true;    // false: the feed stopped to be what was signed
  std::uint64_t institutions = 0;
  std::uint64_t filings = 0;
  std::uint64_t certificates = 0;
  std::uint64_t certificates_recorded_before_filing = 0;  // see certificate_audit.h
};

// Keeps what later entries are judged by: some 50 bytes a certificate, and the registry's reference
// data, institutions and filings. Not thread-safe.
class Auditor {
 public:
  // What a feed shows of private fields is judged where they are to be: with the registry itself. A
  // mirror may never have had any, and its feed then says of all that they are gone.
  enum class PrivateFields { judged, passed_over };
  explicit Auditor(PrivateFields fields = PrivateFields::judged) : private_fields_(fields) {}
  Auditor(const Auditor&) = delete;  // its parts refer to each other
  Auditor& operator=(const Auditor&) = delete;

  // The pages of a FeedReader that began at 0, in order.
  void read(const log::FeedPage& page);
  // The feed went wrong behind what was read: a finding at the first seq that is not proven.
  // `error` is FeedReader's, whose message names the seq at fault.
  void stop(std::uint64_t first_unproven, const Error& error);

  // An entry's private fields are gone, and the entry that erased them was not read yet. Erasures
  // show in the feed a moment before their entries are published, so ask for another page.
  bool awaits_tombstones() const { return certificates_.awaits_tombstones(); }

  // Judges what only the end decides. `proven` is the reader's frontier. Call once, last.
  Report finish(const log::Frontier& proven);

 private:
  void read_entry(std::uint64_t seq, const log::FeedPage::Line& line);
  void read_body(std::uint64_t seq, const ChangeBody& body, const PrivateFieldsSeen& seen);
  void check_time(std::uint64_t seq, const std::string& time);
  void check_day(std::uint64_t seq, Date day);

  PrivateFieldsSeen seen(const log::FeedPage::Line& line, bool committed) const;

  PrivateFields private_fields_;
  Findings findings_;
  ReferenceAudit reference_{findings_};
  FilingAudit filings_{findings_, reference_};
  CertificateAudit certificates_{findings_, reference_, filings_};
  JsonParser parser_;
  std::optional<std::chrono::sys_seconds> latest_time_;
  std::optional<Date> today_;       // in Shanghai, of the entry being read
  std::uint64_t settled_size_ = 0;  // of the page before
  bool provable_ = true;
};

}  // namespace chayan::audit
