#include "domain/rules.h"

#include <algorithm>

namespace chayan {
namespace {

using Kind = FilingEventKind;

bool grants_validity(Kind kind) {
  return kind == Kind::filed || kind == Kind::renewed;
}

bool is_end(Kind kind) {
  return kind == Kind::revoked || kind == Kind::cancelled;
}

Error conflict(std::string field, Message message) {
  return {ErrorCode::conflict, std::move(field), std::move(message)};
}

// What of a filing's past decides which event may come next.
struct Past {
  const FilingEvent* last = nullptr;    // of the procedure and of the events after it
  const FilingEvent* notice = nullptr;  // the latest notice
  const FilingEvent* grant = nullptr;   // the latest filed or renewed
  bool suspended = false;
  bool reported = false;   // since the latest grant
  bool published = false;  // since the latest grant
};

Past past_of(const Filing& filing) {
  Past past;
  for (const RecordedFilingEvent& recorded : filing.events) {
    const FilingEvent& event = recorded.event;
    past.last = &event;
    if (event.kind == Kind::notice_opened) past.notice = &event;
    if (event.kind == Kind::suspended) past.suspended = true;
    if (event.kind == Kind::resumed) past.suspended = false;
    if (event.kind == Kind::reported) past.reported = true;
    if (event.kind == Kind::published) past.published = true;
    if (grants_validity(event.kind)) {
      past.grant = &event;
      past.reported = past.published = false;
    }
  }
  return past;
}

// The procedure is a chain (part 3 of the notice). Filing needs a notice period that nobody
// objected to (经公示无异议的), so an objection leads back: to another assessment or another
// notice.
bool is_in_order(const Past& past, Kind next) {
  const Kind last = past.last->kind;
  const bool is_filed = past.grant != nullptr;
  switch (next) {
    case Kind::submitted:
      return false;
    case Kind::accepted:
      return last == Kind::submitted;
    case Kind::assessed:
      return last == Kind::accepted || last == Kind::objected;
    case Kind::notice_opened:
      return last == Kind::assessed || last == Kind::objected;
    case Kind::objected:
      return last == Kind::notice_opened || last == Kind::objected;
    case Kind::filed:
      return last == Kind::notice_opened;
    case Kind::reported:
      return is_filed && !past.reported;
    case Kind::published:
      return is_filed && past.reported && !past.published;
    case Kind::suspended:
      return is_filed && !past.suspended;
    case Kind::resumed:
      return past.suspended;
    case Kind::renewed:
      return is_filed && !past.suspended;
    case Kind::revoked:
    case Kind::cancelled:
      return is_filed;
  }
  return false;
}

Message order_rule(Kind next) {
  switch (next) {
    case Kind::submitted:
      return {"This filing was submitted already.", "该备案已申报，不能重复申报。"};
    case Kind::accepted:
      return {"A filing is accepted after it was submitted.", "备案须先申报，再受理。"};
    case Kind::assessed:
      return {"A filing is assessed after it was accepted, or again after an objection.",
              "备案须先受理再评估；有异议的可再次评估。"};
    case Kind::notice_opened:
      return {"A public notice opens after the assessment, or again after an objection.",
              "须先评估再公示；有异议的可再次公示。"};
    case Kind::objected:
      return {"An objection is made to an open public notice.", "异议须在公示开始之后提出。"};
    case Kind::filed:
      return {"A filing is made after a public notice without objection.",
              "经公示无异议的，方可备案。"};
    case Kind::reported:
      return {"A filing is reported once after it was filed or renewed.",
              "备案（或延续）之后方可报备，且只报备一次。"};
    case Kind::published:
      return {"A filing is published once after it was reported.",
              "报备之后方可公布，且只公布一次。"};
    case Kind::suspended:
      return {"Only a filing that was made and is not suspended can be suspended.",
              "已备案且未暂停的，方可暂停。"};
    case Kind::resumed:
      return {"Only a suspended filing can be resumed.", "已暂停的备案方可恢复。"};
    case Kind::renewed:
      return {"Only a filing that was made and is not suspended can be renewed.",
              "已备案且未暂停的，方可延续。"};
    case Kind::revoked:
      return {"Only a filing that was made can be revoked.", "已备案的方可撤销。"};
    case Kind::cancelled:
      return {"Only a filing that was made can be cancelled.", "已备案的方可注销。"};
  }
  return {};
}

Result<void> check_scope(const FilingEvent& event) {
  const bool is_submission = event.kind == Kind::submitted;
  if (is_submission && event.scope.empty()) {
    return invalid("scope", "A submission names at least one occupation or catalog item.",
                   "申报须至少列明一个职业（工种）或目录项目。");
  }
  if (!is_submission && !event.scope.empty()) {
    return invalid("scope", "The scope stands on the submission alone; submit another filing.",
                   "备案范围只在申报时填写；变更范围请另行申报。");
  }
  for (auto line = event.scope.begin(); line != event.scope.end(); ++line) {
    if (std::find(std::next(line), event.scope.end(), *line) != event.scope.end()) {
      return invalid("scope", "A scope line stands twice; list it once.",
                     "申报范围有重复项，请只列一次。");
    }
  }
  return {};
}

// The notice period must be over: its last day still belongs to whoever wants to object.
Result<void> check_notice_over(const FilingEvent& notice, const FilingEvent& filed,
                               const WorkdayCalendar& calendar) {
  const auto last_day =
      calendar.end_of_period(notice.on, notice.notice_working_days, notice.notice_start);
  if (!last_day) return last_day.error();
  if (filed.on > *last_day) return {};
  return conflict("on", {"The public notice runs through " + last_day->text() +
                             "; a filing is made after that day.",
                         "公示期至 " + last_day->text() + " 止，期满后方可备案。"});
}

Result<void> check_validity(const FilingEvent* previous, const FilingEvent& event) {
  if (event.valid_to != last_valid_day(event.valid_from)) {
    return invalid("valid_to",
                   "A filing is valid for three years: valid_to is the corresponding "
                   "day three years after valid_from.",
                   "备案有效期为 3 年：截止日为起始日三年后的对应日。");
  }
  if (event.valid_from < event.on) {
    return invalid("valid_from", "Validity cannot begin before the day it is granted.",
                   "有效期起始日不得早于备案（或延续）之日。");
  }
  if (previous != nullptr && event.valid_from <= previous->valid_from) {
    return conflict("valid_from", {"A renewal begins after the period that it renews began.",
                                   "延续的起始日须晚于原有效期的起始日。"});
  }
  return {};
}

EntitlementReason reason_of(FilingState state) {
  switch (state) {
    case FilingState::effective:
      return EntitlementReason::entitled;
    case FilingState::unknown:
      return EntitlementReason::no_filing;
    case FilingState::in_procedure:
      return EntitlementReason::filing_in_procedure;
    case FilingState::not_yet_valid:
      return EntitlementReason::filing_not_yet_valid;
    case FilingState::suspended:
      return EntitlementReason::filing_suspended;
    case FilingState::expired:
      return EntitlementReason::filing_expired;
    case FilingState::revoked:
      return EntitlementReason::filing_revoked;
    case FilingState::cancelled:
      return EntitlementReason::filing_cancelled;
  }
  return EntitlementReason::no_filing;
}

bool covers_subject(const Filing& filing, const Subject& subject, const CatalogItem* item,
                    const CatalogVersions& catalog, Date day) {
  return std::any_of(filing.scope().begin(), filing.scope().end(), [&](const ScopeLine& line) {
    if (item != nullptr) return covers(line, *item);
    const auto counted = line_on(line, catalog, day);
    return counted && covers(*counted, subject.occupation, subject.work_type, subject.level);
  });
}

bool differs(const Subject& subject, const CatalogItem& item) {
  const bool states_more = !subject.occupation.text().empty();
  return states_more && (subject.occupation != item.occupation ||
                         subject.work_type != item.work_type || subject.level != item.level);
}

}  // namespace

std::string_view code(FilingState state) {
  switch (state) {
    case FilingState::unknown:
      return "unknown";
    case FilingState::in_procedure:
      return "in_procedure";
    case FilingState::effective:
      return "effective";
    case FilingState::not_yet_valid:
      return "not_yet_valid";
    case FilingState::suspended:
      return "suspended";
    case FilingState::expired:
      return "expired";
    case FilingState::revoked:
      return "revoked";
    case FilingState::cancelled:
      return "cancelled";
  }
  return {};
}

std::optional<ValidityPeriod> validity_on(const Filing& filing, Date day) {
  std::optional<ValidityPeriod> latest;
  std::optional<ValidityPeriod> containing;
  for (const RecordedFilingEvent& recorded : filing.events) {
    const FilingEvent& event = recorded.event;
    if (event.on > day || !grants_validity(event.kind)) continue;
    latest = ValidityPeriod{event.valid_from, event.valid_to};
    if (latest->from <= day && day <= latest->to) containing = latest;
  }
  return containing ? containing : latest;
}

FilingState state_on(const Filing& filing, Date day) {
  bool is_known = false;
  bool is_suspended = false;
  for (const RecordedFilingEvent& recorded : filing.events) {
    const FilingEvent& event = recorded.event;
    if (event.on > day) continue;
    is_known = true;
    if (event.kind == Kind::revoked) return FilingState::revoked;
    if (event.kind == Kind::cancelled) return FilingState::cancelled;
    if (event.kind == Kind::suspended) is_suspended = true;
    if (event.kind == Kind::resumed) is_suspended = false;
  }
  if (!is_known) return FilingState::unknown;
  const auto validity = validity_on(filing, day);
  if (!validity) return FilingState::in_procedure;
  if (day > validity->to) return FilingState::expired;
  if (is_suspended) return FilingState::suspended;
  return day < validity->from ? FilingState::not_yet_valid : FilingState::effective;
}

std::optional<ScopeLine> line_on(const ScopeLine& line, const CatalogVersions& catalog, Date day) {
  const auto versions = line.item ? catalog.find(*line.item) : catalog.end();
  if (versions == catalog.end()) return line;
  const CatalogItem* version = version_in_force(versions->second, day);
  if (version == nullptr) return std::nullopt;
  return ScopeLine{version->occupation, version->occupation_name, version->work_type,
                   version->level, line.item};
}

bool covers(const ScopeLine& line, const CatalogItem& version_in_force) {
  if (line.item) return *line.item == version_in_force.id;
  return covers(line, version_in_force.occupation, version_in_force.work_type,
                version_in_force.level);
}

bool covers(const ScopeLine& line, const OccupationCode& occupation, std::string_view work_type,
            SkillLevel level) {
  // An item is one equivalence: it never stands for the work types of its occupation.
  const bool is_whole_occupation = line.work_type.empty() && !line.item;
  return line.occupation == occupation && line.level == level &&
         (is_whole_occupation || line.work_type == work_type);
}

Result<void> may_follow(const Filing* filing, const FilingEvent& event,
                        const WorkdayCalendar& calendar) {
  if (auto scope = check_scope(event); !scope) return scope;
  if (filing == nullptr || filing->events.empty()) {
    if (event.kind == Kind::submitted) return {};
    return conflict("filing", {"No such filing was submitted; record its submission first.",
                               "没有此备案的申报记录，请先登记申报。"});
  }
  if (event.institution != filing->institution) {
    return conflict("institution", {"This filing belongs to another institution.",
                                    "该备案属于其他机构，请核对。"});
  }
  const Past past = past_of(*filing);
  if (is_end(past.last->kind)) {
    return conflict("filing", {"This filing was revoked or cancelled; nothing can follow.",
                               "该备案已撤销或注销，不能再登记事项。"});
  }
  if (!is_in_order(past, event.kind)) return conflict("kind", order_rule(event.kind));
  if (event.on < past.last->on) {
    return invalid("on",
                   "This day lies before the filing's latest event (" + past.last->on.text() + ").",
                   "该日期早于此备案的最近事项（" + past.last->on.text() + "）。");
  }
  if (event.kind == Kind::notice_opened && event.notice_working_days < kNoticeWorkingDays) {
    const std::string days = std::to_string(kNoticeWorkingDays);
    return invalid("notice_working_days", "A notice period has at least " + days + " working days.",
                   "公示期至少为 " + days + " 个工作日。");
  }
  if (event.kind == Kind::filed) {
    if (auto over = check_notice_over(*past.notice, event, calendar); !over) return over;
  }
  if (grants_validity(event.kind)) return check_validity(past.grant, event);
  return {};
}

Result<void> may_follow(const Certificate& certificate, CertificateEventKind kind, Date on) {
  using CertificateKind = CertificateEventKind;
  if (kind == CertificateKind::issued) {
    return conflict("kind", {"This certificate was issued already.", "该证书已核发。"});
  }
  for (const CertificateStatusChange& change : certificate.history) {
    if (change.kind == CertificateKind::erased) {
      return conflict("kind", {"This certificate was erased; nothing can follow.",
                               "该证书信息已删除，不能再登记事项。"});
    }
    const bool is_final =
        change.kind == CertificateKind::revoked || change.kind == CertificateKind::cancelled;
    if (is_final && kind != CertificateKind::erased) {
      return conflict("kind", {"This certificate was revoked or cancelled; it can only be erased.",
                               "该证书已撤销或注销，只能删除信息。"});
    }
  }
  if (!certificate.history.empty() && on < certificate.history.back().on) {
    return invalid("on", "This day lies before the certificate's latest event.",
                   "该日期早于此证书的最近事项。");
  }
  return {};
}

std::string_view code(EntitlementReason reason) {
  switch (reason) {
    case EntitlementReason::entitled:
      return "entitled";
    case EntitlementReason::institution_unknown:
      return "institution_unknown";
    case EntitlementReason::no_filing:
      return "no_filing";
    case EntitlementReason::item_unknown:
      return "item_unknown";
    case EntitlementReason::item_not_in_force:
      return "item_not_in_force";
    case EntitlementReason::differs_from_item:
      return "differs_from_item";
    case EntitlementReason::out_of_scope:
      return "out_of_scope";
    case EntitlementReason::filing_in_procedure:
      return "filing_in_procedure";
    case EntitlementReason::filing_not_yet_valid:
      return "filing_not_yet_valid";
    case EntitlementReason::filing_suspended:
      return "filing_suspended";
    case EntitlementReason::filing_expired:
      return "filing_expired";
    case EntitlementReason::filing_revoked:
      return "filing_revoked";
    case EntitlementReason::filing_cancelled:
      return "filing_cancelled";
  }
  return {};
}

Message sentence(EntitlementReason reason) {
  switch (reason) {
    case EntitlementReason::entitled:
      return {"The institution held an effective filing that covers this on that day.",
              "该机构当日持有有效备案，且在备案范围之内。"};
    case EntitlementReason::institution_unknown:
      return {"No such institution is recorded.", "没有登记此机构。"};
    case EntitlementReason::no_filing:
      return {"The institution had submitted no filing by that day.", "该机构至当日未申报备案。"};
    case EntitlementReason::item_unknown:
      return {"No such item is in the catalogs.", "目录中没有此项目。"};
    case EntitlementReason::item_not_in_force:
      return {"The catalog item was not in force on that day.", "该目录项目当日未生效或已退出。"};
    case EntitlementReason::differs_from_item:
      return {"It states another occupation, work type or level than the catalog item on that day.",
              "所载职业（工种）或等级与该目录项目当日的规定不一致。"};
    case EntitlementReason::out_of_scope:
      return {"No filing of the institution covers this.", "不在该机构的备案范围之内。"};
    case EntitlementReason::filing_in_procedure:
      return {"The covering filing was still in procedure on that day.",
              "相应备案当日尚在办理之中。"};
    case EntitlementReason::filing_not_yet_valid:
      return {"The covering filing's validity had not begun on that day.",
              "相应备案当日尚未开始生效。"};
    case EntitlementReason::filing_suspended:
      return {"The covering filing was suspended on that day.", "相应备案当日处于暂停状态。"};
    case EntitlementReason::filing_expired:
      return {"The covering filing had expired by that day.", "相应备案当日已过有效期。"};
    case EntitlementReason::filing_revoked:
      return {"The covering filing was revoked by that day.", "相应备案当日已被撤销。"};
    case EntitlementReason::filing_cancelled:
      return {"The covering filing was cancelled by that day.", "相应备案当日已注销。"};
  }
  return {};
}

Entitlement entitlement_on(std::span<const Filing> filings, const Subject& subject,
                           const CatalogVersions& catalog, Date day) {
  Entitlement answer;
  const auto versions = subject.item ? catalog.find(*subject.item) : catalog.end();
  const bool is_known = versions != catalog.end() && !versions->second.empty();
  if (is_known) answer.item = version_in_force(versions->second, day);
  const bool has_filed = std::any_of(filings.begin(), filings.end(), [&](const Filing& filing) {
    return state_on(filing, day) != FilingState::unknown;
  });
  if (!has_filed) return answer;
  if (subject.item && answer.item == nullptr) {
    answer.reason =
        is_known ? EntitlementReason::item_not_in_force : EntitlementReason::item_unknown;
    return answer;
  }
  if (answer.item != nullptr && differs(subject, *answer.item)) {
    answer.reason = EntitlementReason::differs_from_item;
    return answer;
  }
  answer.reason = EntitlementReason::out_of_scope;
  for (const Filing& filing : filings) {
    const FilingState state = state_on(filing, day);
    if (state == FilingState::unknown ||
        !covers_subject(filing, subject, answer.item, catalog, day))
      continue;
    const EntitlementReason reason = reason_of(state);
    // Of several, the reason that stands last in the list; of equals, the filing submitted last.
    if (reason == EntitlementReason::entitled || reason >= answer.reason) {
      answer.reason = reason;
      answer.filing = &filing;
    }
    if (answer.holds()) break;
  }
  return answer;
}

}  // namespace chayan
