#include "audit/filing_audit.h"

#include <algorithm>
#include <iterator>

#include "domain/rules.h"

namespace chayan::audit {

using Kind = FilingEventKind;

void FilingAudit::read(std::uint64_t, const Institution& institution) {
  Record& record = records_[institution.credit_code];
  if (!record.is_known) ++recorded_;
  record.is_known = true;
}

void FilingAudit::read(std::uint64_t seq, const FilingEvent& event) {
  const auto found = owners_.find(event.filing);
  const bool is_new = found == owners_.end();
  if (!is_new && found->second.institution != event.institution) {
    add(seq, Rule::filing_id_reused, event,
        "belongs to " + std::string(found->second.institution.text()) + " and is used by " +
            std::string(event.institution.text()) + ".");
    return;
  }
  Record& record = records_[event.institution];
  if (is_new) {
    if (!record.is_known) {
      add(seq, Rule::institution_unknown, event,
          "is of institution " + std::string(event.institution.text()) +
              ", which was not recorded before it.");
    }
    owners_.emplace(event.filing, Owner{event.institution, record.filings.size()});
    record.filings.push_back({event.filing, event.institution, {}});
    record.procedures.emplace_back();
  }
  const std::size_t index = is_new ? record.filings.size() - 1 : found->second.index;
  Procedure& procedure = record.procedures[index];
  check_order(seq, event, procedure);
  if (event.kind == Kind::submitted) check_scope(seq, event);
  if (event.kind == Kind::filed) check_receipt(seq, event);
  if (event.kind == Kind::filed || event.kind == Kind::renewed) {
    check_validity(seq, event, procedure);
  }
  if (event.kind == Kind::notice_opened && event.notice_working_days < kNoticeWorkingDays) {
    add(seq, Rule::notice_too_short, event,
        "opens a public notice of " + std::to_string(event.notice_working_days) +
            " working days; the rule is " + std::to_string(kNoticeWorkingDays) + ".");
  }
  advance(procedure, event);
  record.filings[index].events.push_back({event, seq});
}

bool FilingAudit::is_in_order(const Procedure& procedure, Kind next) {
  const auto last = procedure.last;
  const bool is_filed = procedure.valid_from.has_value();
  switch (next) {
    case Kind::submitted:
      return !last;
    case Kind::accepted:
      return last == Kind::submitted;
    case Kind::assessed:
      return last == Kind::accepted || last == Kind::objected;
    case Kind::notice_opened:
      return last == Kind::assessed || last == Kind::objected;
    case Kind::objected:
      return last == Kind::notice_opened || last == Kind::objected;
    case Kind::filed:
      return last && !is_filed;  // the rest is check_filed's
    case Kind::reported:
      return is_filed && !procedure.reported;
    case Kind::published:
      return procedure.reported && !procedure.published;
    case Kind::suspended:
    case Kind::renewed:
      return is_filed && !procedure.suspended;
    case Kind::resumed:
      return procedure.suspended;
    case Kind::revoked:
    case Kind::cancelled:
      return is_filed;
  }
  return false;
}

void FilingAudit::check_order(std::uint64_t seq, const FilingEvent& event,
                              const Procedure& procedure) {
  const std::string kind(code(event.kind));
  if (procedure.ended) {
    add(seq, Rule::out_of_order, event, "is " + kind + " after it was revoked or cancelled.");
    return;
  }
  if (!is_in_order(procedure, event.kind)) {
    const std::string after =
        procedure.last ? " after " + std::string(code(*procedure.last)) : " first of all";
    add(seq, Rule::out_of_order, event,
        "is " + kind + after + ", which the procedure does not provide for.");
  } else if (event.kind == Kind::filed) {
    check_filed(seq, event, procedure);
  }
  if (procedure.last && event.on < procedure.last_on) {
    add(seq, Rule::days_backwards, event,
        "is " + kind + " on " + event.on.text() + ", before its latest event on " +
            procedure.last_on.text() + ".");
  }
}

void FilingAudit::check_filed(std::uint64_t seq, const FilingEvent& event,
                              const Procedure& procedure) {
  if (!procedure.notice) {
    add(seq, Rule::filed_without_notice, event, "was filed without a public notice.");
  } else if (procedure.objection_open) {
    add(seq, Rule::filed_over_objection, event,
        "was filed while an objection stood and no other notice had been opened.");
  } else {
    check_notice_over(seq, event, procedure);
  }
}

void FilingAudit::check_notice_over(std::uint64_t seq, const FilingEvent& event,
                                    const Procedure& procedure) {
  const FilingEvent& notice = *procedure.notice;
  // A notice announced too short was found when it was opened: here its own days count.
  const int days = procedure.notice_was_short
                       ? notice.notice_working_days
                       : std::max(notice.notice_working_days, kNoticeWorkingDays);
  const auto last = reference_.last_day(notice, days);
  if (!last) {
    add(seq, Rule::calendar_missing, event,
        "was filed though its notice of " + notice.on.text() +
            " cannot be counted: a year's working days are not recorded.");
  } else if (event.on <= *last) {
    add(seq, Rule::notice_too_short, event,
        "was filed on " + event.on.text() + ", but its notice of " + notice.on.text() +
            " runs through " + last->text() + ".");
  }
}

void FilingAudit::check_validity(std::uint64_t seq, const FilingEvent& event,
                                 const Procedure& procedure) {
  if (event.valid_to != last_valid_day(event.valid_from)) {
    add(seq, Rule::validity_unsound, event,
        "is valid from " + event.valid_from.text() + " to " + event.valid_to.text() +
            ", which is not three years.");
  } else if (event.valid_from < event.on) {
    add(seq, Rule::validity_unsound, event,
        "is valid from " + event.valid_from.text() + ", before it was granted on " +
            event.on.text() + ".");
  } else if (procedure.valid_from && event.valid_from <= *procedure.valid_from) {
    add(seq, Rule::validity_unsound, event,
        "is renewed from " + event.valid_from.text() + ", no later than what it renews.");
  }
}

void FilingAudit::check_receipt(std::uint64_t seq, const FilingEvent& event) {
  const auto [first, is_new] = receipts_.emplace(event.receipt, seq);
  if (is_new) return;
  add(seq, Rule::receipt_reused, event,
      "has receipt " + event.receipt + ", which seq " + std::to_string(first->second) +
          " used already.");
}

void FilingAudit::check_scope(std::uint64_t seq, const FilingEvent& event) {
  if (event.scope.empty()) add(seq, Rule::scope_unsound, event, "was submitted with no scope.");
  for (auto line = event.scope.begin(); line != event.scope.end(); ++line) {
    if (std::find(std::next(line), event.scope.end(), *line) != event.scope.end()) {
      add(seq, Rule::scope_unsound, event, "has a scope line twice.");
    }
    check_line(seq, *line, event.on);
  }
}

void FilingAudit::check_line(std::uint64_t seq, const ScopeLine& line, Date on) {
  if (!line.item) {
    if (reference_.knows(line.occupation)) return;
    findings_.add(seq, Rule::occupation_unknown,
                  "The scope names occupation " + std::string(line.occupation.text()) +
                      ", which was not recorded before it.");
    return;
  }
  const std::string named = "The scope names item " + line.item->text();
  const auto versions = reference_.catalog().find(*line.item);
  if (versions == reference_.catalog().end()) {
    findings_.add(seq, Rule::item_unknown, named + ", which was not recorded before it.");
    return;
  }
  const CatalogItem* version = version_in_force(versions->second, on);
  if (version == nullptr) {
    findings_.add(seq, Rule::item_not_in_force,
                  named + ", which was not in force on " + on.text() + ".");
  } else if (line.occupation != version->occupation || line.work_type != version->work_type ||
             line.level != version->level) {
    findings_.add(seq, Rule::differs_from_item,
                  named + " with another occupation, work type or level than it gives.");
  }
}

void FilingAudit::advance(Procedure& procedure, const FilingEvent& event) {
  procedure.last = event.kind;
  procedure.last_on = std::max(procedure.last_on, event.on);
  switch (event.kind) {
    case Kind::notice_opened:
      procedure.notice = event;
      procedure.notice_was_short = event.notice_working_days < kNoticeWorkingDays;
      procedure.objection_open = false;
      break;
    case Kind::objected:
      procedure.objection_open = true;
      break;
    case Kind::filed:
    case Kind::renewed:
      procedure.valid_from = event.valid_from;
      procedure.reported = procedure.published = false;
      break;
    case Kind::reported:
      procedure.reported = true;
      break;
    case Kind::published:
      procedure.published = true;
      break;
    case Kind::suspended:
      procedure.suspended = true;
      break;
    case Kind::resumed:
      procedure.suspended = false;
      break;
    case Kind::revoked:
    case Kind::cancelled:
      procedure.ended = true;
      break;
    case Kind::submitted:
    case Kind::accepted:
    case Kind::assessed:
      break;
  }
}

void FilingAudit::add(std::uint64_t seq, Rule rule, const FilingEvent& event,
                      const std::string& what) {
  findings_.add(seq, rule, "Filing " + event.filing + " " + what);
}

bool FilingAudit::knows(const CreditCode& institution) const {
  const auto found = records_.find(institution);
  return found != records_.end() && found->second.is_known;
}

std::span<const Filing> FilingAudit::filings(const CreditCode& institution) const {
  const auto found = records_.find(institution);
  if (found == records_.end()) return {};
  return found->second.filings;
}

}  // namespace chayan::audit
