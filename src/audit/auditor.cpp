#include "audit/auditor.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <variant>

#include "base/clock.h"
#include "log/entry.h"

namespace chayan::audit {
namespace {

using namespace std::chrono;

constexpr auto kTimeSlack = 24h;  // clocks of a registry's machines differ, not by a day

std::optional<int> two_digits(std::string_view text, int end) {
  int value = 0;
  const auto [rest, failed] = std::from_chars(text.data(), text.data() + 2, value);
  if (failed != std::errc() || rest != text.data() + 2 || value >= end) return std::nullopt;
  return value;
}

// "2026-06-23T01:02:03Z", as entries have it.
std::optional<sys_seconds> parse_time(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  if (text.size() != kForm.size() || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      text[19] != 'Z') {
    return std::nullopt;
  }
  const auto day = Date::parse(text.substr(0, 10));
  const auto hour = two_digits(text.substr(11), 24);
  const auto minute = two_digits(text.substr(14), 60);
  const auto second = two_digits(text.substr(17), 61);
  if (!day || !hour || !minute || !second) return std::nullopt;
  return sys_days(days(day->days())) + hours(*hour) + minutes(*minute) + seconds(*second);
}

}  // namespace

void Auditor::read(const log::FeedPage& page) {
  for (std::size_t i = 0; i < page.lines.size(); ++i) {
    read_entry(page.first_seq + i, page.lines[i]);
  }
  settled_size_ = std::max(settled_size_, page.checkpoint.size);
}

void Auditor::read_entry(std::uint64_t seq, const log::FeedPage::Line& line) {
  auto entry = log::parse_entry(line.entry, parser_);
  if (!entry) {
    findings_.add(seq, Rule::unreadable, entry.error().message.en);
    return;
  }
  check_time(seq, entry->head.time);
  const auto body = chayan::read_body(entry->head.kind, entry->body);
  if (!body) {
    findings_.add(seq, Rule::unreadable,
                  "Entry of kind " + entry->head.kind + ": " + body.error().field + ": " +
                      body.error().message.en);
    return;
  }
  read_body(seq, *body, seen(line, entry->commitment.has_value()));
}

PrivateFieldsSeen Auditor::seen(const log::FeedPage::Line& line, bool committed) const {
  if (private_fields_ == PrivateFields::passed_over) return {committed, false, 0};
  return {committed, std::holds_alternative<log::Erased>(line.beside), settled_size_};
}

void Auditor::read_body(std::uint64_t seq, const ChangeBody& body, const PrivateFieldsSeen& seen) {
  std::visit(
      [&](const auto& change) {
        using Body = std::decay_t<decltype(change)>;
        if constexpr (std::is_same_v<Body, CertificateFacts>) {
          check_day(seq, change.issued_on);
          certificates_.read(seq, change, seen);
        } else if constexpr (std::is_same_v<Body, CertificateEvent>) {
          check_day(seq, change.on);
          if (change.facts) check_day(seq, change.facts->issued_on);
          certificates_.read(seq, change, seen);
        } else if constexpr (std::is_same_v<Body, FilingEvent>) {
          check_day(seq, change.on);
          filings_.read(seq, change);
        } else if constexpr (std::is_same_v<Body, Institution>) {
          if (seen.erased) {
            findings_.add(seq, Rule::tombstone_missing,
                          "An institution's private fields are gone; nothing erases those.");
          }
          filings_.read(seq, change);
        } else {
          reference_.read(seq, change);
        }
      },
      body);
}

// After a jump backwards the later entries are held against the entry that jumped: one fault, one
// finding.
void Auditor::check_time(std::uint64_t seq, const std::string& text) {
  const auto time = parse_time(text);
  today_.reset();
  if (!time) {
    findings_.add(seq, Rule::unreadable, "Its time is not RFC 3339 in UTC with whole seconds.");
    return;
  }
  today_ = Date::from_days(shanghai_day(*time));
  if (latest_time_ && *time < *latest_time_ - kTimeSlack) {
    findings_.add(
        seq, Rule::time_backwards,
        "It was recorded at " + text + ", after an entry of " + rfc3339_utc(*latest_time_) + ".");
    latest_time_ = time;
  }
  latest_time_ = std::max(latest_time_, time);
}

void Auditor::check_day(std::uint64_t seq, Date day) {
  if (!today_ || day <= *today_) return;
  findings_.add(seq, Rule::dated_ahead,
                "It speaks of " + day.text() + " and was recorded on " + today_->text() + ".");
}

void Auditor::stop(std::uint64_t first_unproven, const Error& error) {
  provable_ = false;
  findings_.add(first_unproven, Rule::not_provable, error.message.en);
}

Report Auditor::finish(const log::Frontier& proven) {
  certificates_.finish();
  findings_.sort_by_seq();
  Report report;
  report.findings = std::move(findings_);
  report.size = proven.size();
  report.root = proven.root();
  report.provable = provable_;
  report.institutions = filings_.institutions();
  report.filings = filings_.filings();
  report.certificates = certificates_.issued();
  report.certificates_recorded_before_filing = certificates_.recorded_before_filing();
  return report;
}

}  // namespace chayan::audit
