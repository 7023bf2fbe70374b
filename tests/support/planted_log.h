// A log written by hand, entry by entry, whatever it says: signed and served as a registry would,
// so that an audit meets a registry that admits what ours does not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "domain/change.h"
#include "log/checkpoint.h"
#include "log/note.h"
#include "log/proof.h"
#include "tests/support/registry.h"

namespace chayan::test {

class PlantedLog {
 public:
  static constexpr std::string_view kTime = "2026-11-02T01:00:00Z";

  PlantedLog();

  struct How {
    std::string_view time = kTime;
    bool committed = true;  // certificates and corrections of the holder; others never are
    bool erased = false;    // as the feed shows it
  };
  // Each appends an entry and gives its seq.
  std::uint64_t add(const ChangeBody& body, const How& how);
  std::uint64_t add(const ChangeBody& body) { return add(body, How{}); }
  std::uint64_t add_raw(std::string_view kind, std::string_view body);
  std::uint64_t add_bytes(std::string bytes);  // as an entry, whatever they are

  std::uint64_t size() const { return lines_.size(); }
  void mark_erased(std::uint64_t seq) { lines_[seq].erased = true; }

  // ---- The reference data of the notice, the calendar of 2023 beside it.
  void add_reference();
  // The complete line of a catalog item of the notice.
  ScopeLine item(std::string_view id) const;

  // ---- Institutions and filings.
  CreditCode unrecorded_institution() { return credit(++institutions_); }
  CreditCode institution();  // a new one, recorded
  // Each event gives its seq.
  std::uint64_t event(FilingEvent event) { return add(event); }
  // submitted, accepted, assessed and a notice of five working days thirty days before `filed_on`.
  std::string noticed(const CreditCode& institution, Date filed_on, std::vector<ScopeLine> scope);
  // The same, and filed on that day for three years. Gives its id.
  std::string filed(const CreditCode& institution, Date filed_on, std::vector<ScopeLine> scope);
  // What `filed` ends with, to be changed.
  FilingEvent filed_event(const CreditCode& institution, const std::string& id, Date on) const;
  static FilingEvent filing(const CreditCode& institution, const std::string& id,
                            FilingEventKind kind, Date on);

  // ---- Certificates.
  static CertificateFacts facts(const CreditCode& issuer, const ScopeLine& line, Date on);
  static CertificateEvent certificate(CertificateEventKind kind, std::uint64_t of, Date on);
  // An institution filed since 2026-02-10 for foreign/1/1, and a certificate of it of 2026-06-01.
  std::uint64_t sound_certificate();

  // ---- As a registry serves it.
  log::NoteKey key() const;
  std::string vkey() const { return log::verifier_line(key()); }
  Hash root() const;
  // The answer to GET /v1/changes from entry `first` on.
  std::string page(std::uint64_t first, std::uint64_t limit) const;

 private:
  struct Line {
    std::string entry;
    bool erased = false;
  };

  std::vector<Line> lines_;
  log::NoteSigner signer_;
  CatalogVersions catalog_;
  int institutions_ = 0;
  int filings_ = 0;
};

}  // namespace chayan::test
