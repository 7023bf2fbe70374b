// A real store in a temporary directory, filled by the real writer; and short ways to say changes.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "domain/change.h"
#include "index/reader.h"
#include "index/store.h"
#include "index/writer.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_directory.h"

namespace chayan::test {

Date day(std::string_view text);
CreditCode credit(std::string_view text);
// The n-th synthetic institution's code; both check characters hold. n < 1,000,000.
CreditCode credit(int n);

// data/*.ndjson as changes: occupations, both catalogs, calendars.
std::vector<Change> official_changes();

Change put_institution(const CreditCode& code, std::string name, std::string region = "310115");
// A filing's life up to `filed`: submitted, accepted, assessed, notice over five working days,
// filed on `valid_from` for three years. Its receipt is "R-" + id.
std::vector<Change> filing_until_filed(const CreditCode& institution, std::string id,
                                       Date valid_from, std::vector<ScopeLine> scope);
Change filing_event(const CreditCode& institution, std::string id, FilingEventKind kind, Date on);
ScopeLine item_line(std::string_view item);
ScopeLine plain_line(std::string_view occupation, SkillLevel level, std::string work_type = {});

Change issue(const CreditCode& issuer, std::string_view item, Date on, std::string number,
             std::string holder, std::string document);
Change certificate_event(CertificateEventKind kind, std::string number, Date on);
Change correct(std::string number, Date on, std::string holder, std::string document);

class Registry;
// Certificates DEMO-from, DEMO-(from+1), …, of the first institution for foreign/1/1, as one batch.
void issue_certificates(Registry& registry, int from, int count);

class Registry {
 public:
  explicit Registry(std::string_view today = "2026-11-02",
                    const crypto::Suite& suite = crypto::kIntl);

  // Records as one batch; every change must be accepted.
  void write(std::vector<Change> changes);
  void write(Change change) { write(std::vector<Change>{std::move(change)}); }
  index::BatchOutcome submit(std::vector<Change> changes);
  // The error that refuses this change.
  Error refusal(const Change& change);

  void close();
  Result<void> open();  // again, after close(); writer() is null where the store is read-only

  index::Store& store() { return *store_; }
  index::Writer* writer() { return writer_.get(); }
  index::Reader reader() { return store_->reader(); }
  FakeClock& clock() { return clock_; }
  const TempDirectory& folder() const { return folder_; }
  index::StoreOptions options() const;

 private:
  TempDirectory folder_;
  FakeClock clock_;
  std::unique_ptr<index::Store> store_;
  std::unique_ptr<index::Writer> writer_;
  std::atomic<int> batches_ = 0;
};

}  // namespace chayan::test
