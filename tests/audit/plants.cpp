#include "tests/audit/plants.h"

#include "base/json_writer.h"
#include "domain/rules.h"

namespace chayan::test {
namespace {

using Kind = FilingEventKind;
using CertificateKind = CertificateEventKind;

const Date kFiledOn = day("2026-02-10");

Found one(std::uint64_t seq, std::string_view rule) {
  return {{seq, std::string(rule)}};
}

// An institution filed for foreign/1/1 since kFiledOn; `then` happens to its filing; and it issues
// a certificate on `on`.
Found issued(PlantedLog& log, const char* on, std::string_view rule,
             std::vector<std::pair<Kind, const char*>> then = {}) {
  const CreditCode code = log.institution();
  const std::string id = log.filed(code, kFiledOn, {log.item("foreign/1/1")});
  for (const auto& [kind, event_on] : then) {
    log.event(PlantedLog::filing(code, id, kind, day(event_on)));
  }
  return one(log.add(PlantedLog::facts(code, log.item("foreign/1/1"), day(on))), rule);
}

// The same with a certificate for something else.
Found issued_line(PlantedLog& log, const ScopeLine& line, const char* on, std::string_view rule) {
  const CreditCode code = log.institution();
  log.filed(code, kFiledOn, {log.item("foreign/1/1")});
  return one(log.add(PlantedLog::facts(code, line, day(on))), rule);
}

// `life` of a sound certificate; the last event is what is wrong.
Found after(PlantedLog& log, std::initializer_list<CertificateKind> life, std::string_view rule,
            const char* last_on = "2026-06-03") {
  const std::uint64_t of = log.sound_certificate();
  std::uint64_t last = 0;
  for (const CertificateKind kind : life) {
    if (kind == CertificateKind::erased) log.mark_erased(of);
    last =
        log.add(PlantedLog::certificate(kind, of, day(last_on)), {PlantedLog::kTime, false, false});
  }
  return one(last, rule);
}

Found corrected(PlantedLog& log, const ScopeLine& line, const char* issued_on,
                std::string_view rule) {
  const std::uint64_t of = log.sound_certificate();
  const CreditCode code = log.institution();
  log.filed(code, day("2026-03-10"), {log.item("foreign/1/1")});
  CertificateEvent event =
      PlantedLog::certificate(CertificateKind::corrected, of, day("2026-06-03"));
  event.facts = PlantedLog::facts(code, line, day(issued_on));
  return one(log.add(event), rule);
}

// A filing whose last event, made by `change` from a sound `filed`, is what is wrong.
Found filed_wrongly(PlantedLog& log, const std::function<void(FilingEvent&)>& change,
                    std::string_view rule) {
  const CreditCode code = log.institution();
  const std::string id = log.noticed(code, kFiledOn, {log.item("foreign/1/1")});
  FilingEvent filed = log.filed_event(code, id, kFiledOn);
  change(filed);
  return one(log.event(filed), rule);
}

// A submission of this scope alone.
Found submitted(PlantedLog& log, const CreditCode& code, std::vector<ScopeLine> scope,
                std::string_view rule) {
  FilingEvent event = PlantedLog::filing(code, "S-" + std::to_string(log.size()), Kind::submitted,
                                         day("2026-06-01"));
  event.scope = std::move(scope);
  return one(log.event(event), rule);
}

Found notice_over_objection(PlantedLog& log) {
  const CreditCode code = log.institution();
  const std::string id = log.noticed(code, kFiledOn, {log.item("foreign/1/1")});
  log.event(PlantedLog::filing(code, id, Kind::objected, day("2026-01-12")));
  log.event(PlantedLog::filing(code, id, Kind::assessed, day("2026-01-13")));
  return one(log.event(log.filed_event(code, id, kFiledOn)), "filed-over-objection");
}

// Accepted, then straight to `next`.
Found from_accepted(PlantedLog& log, Kind next, std::string_view rule) {
  const CreditCode code = log.institution();
  const std::string id = "A-" + std::to_string(log.size());
  FilingEvent submission = PlantedLog::filing(code, id, Kind::submitted, day("2026-01-05"));
  submission.scope = {log.item("foreign/1/1")};
  log.event(submission);
  log.event(PlantedLog::filing(code, id, Kind::accepted, day("2026-01-06")));
  if (next == Kind::filed) return one(log.event(log.filed_event(code, id, kFiledOn)), rule);
  return one(log.event(PlantedLog::filing(code, id, next, day("2026-01-07"))), rule);
}

// A notice of `days` working days opened on 2026-06-30 and filed on `filed_on`. The wrong entry is
// the notice or the filing.
Found noticed(PlantedLog& log, int days, const char* filed_on, bool notice_is_wrong) {
  const CreditCode code = log.institution();
  const std::string id = "N-" + std::to_string(log.size());
  FilingEvent submission = PlantedLog::filing(code, id, Kind::submitted, day("2026-06-01"));
  submission.scope = {log.item("foreign/1/1")};
  log.event(submission);
  log.event(PlantedLog::filing(code, id, Kind::accepted, day("2026-06-02")));
  log.event(PlantedLog::filing(code, id, Kind::assessed, day("2026-06-03")));
  FilingEvent notice = PlantedLog::filing(code, id, Kind::notice_opened, day("2026-06-30"));
  notice.notice_working_days = days;
  const std::uint64_t noticed = log.event(notice);
  const std::uint64_t filed = log.event(log.filed_event(code, id, day(filed_on)));
  return one(notice_is_wrong ? noticed : filed, "notice-too-short");
}

Found after_filing(PlantedLog& log, std::vector<std::pair<Kind, const char*>> events,
                   std::string_view rule) {
  const CreditCode code = log.institution();
  const std::string id = log.filed(code, kFiledOn, {log.item("foreign/1/1")});
  std::uint64_t last = 0;
  for (const auto& [kind, on] : events) {
    last = log.event(PlantedLog::filing(code, id, kind, day(on)));
  }
  return one(last, rule);
}

Found renewed_too_early(PlantedLog& log) {
  const CreditCode code = log.institution();
  const std::string id = log.filed(code, kFiledOn, {log.item("foreign/1/1")});
  FilingEvent renewed = PlantedLog::filing(code, id, Kind::renewed, kFiledOn);
  renewed.valid_from = kFiledOn;
  renewed.valid_to = last_valid_day(kFiledOn);
  return one(log.event(renewed), "validity-unsound");
}

Found expired(PlantedLog& log) {
  const CreditCode code = log.institution();
  const ScopeLine line = plain_line("4-10-01-05", SkillLevel::senior);
  log.filed(code, day("2023-06-01"), {line});
  return one(log.add(PlantedLog::facts(code, line, day("2026-06-02"))), "after-expiry");
}

Found before_validity(PlantedLog& log) {
  const CreditCode code = log.institution();
  const std::string id = log.noticed(code, kFiledOn, {log.item("foreign/1/1")});
  FilingEvent filed = log.filed_event(code, id, kFiledOn);
  filed.valid_from = day("2026-03-01");
  filed.valid_to = last_valid_day(filed.valid_from);
  log.event(filed);
  return one(log.add(PlantedLog::facts(code, log.item("foreign/1/1"), day("2026-02-28"))),
             "before-validity");
}

Found item_not_yet_in_force(PlantedLog& log) {
  const CreditCode code = log.institution();
  log.filed(code, day("2025-06-20"), {plain_line("4-10-01-05", SkillLevel::senior)});
  return one(log.add(PlantedLog::facts(code, log.item("foreign/1/1"), day("2025-11-30"))),
             "item-not-in-force");
}

Found other_level_than_item(PlantedLog& log) {
  ScopeLine line = log.item("foreign/1/1");
  line.level = SkillLevel::technician;
  return issued_line(log, line, "2026-06-01", "differs-from-item");
}

Found other_level_in_scope(PlantedLog& log) {
  ScopeLine line = log.item("foreign/1/1");
  line.level = SkillLevel::technician;
  return submitted(log, log.institution(), {line}, "differs-from-item");
}

Found unknown_item_line(PlantedLog& log, bool in_scope) {
  ScopeLine line = log.item("foreign/1/1");
  line.item = CatalogItemId::parse("foreign/9/9").value();
  return in_scope ? submitted(log, log.institution(), {line}, "item-unknown")
                  : issued_line(log, line, "2026-06-01", "item-unknown");
}

Found item_of_unknown_occupation(PlantedLog& log, const char* id, const char* occupation,
                                 std::string_view rule) {
  CatalogItem item;
  item.id = CatalogItemId::parse(id).value();
  item.document = item.awarding_body = item.certificate = item.occupation_name = "测试";
  item.occupation = OccupationCode::parse(occupation).value();
  item.effective_from = day("2025-12-01");
  return one(log.add(item), rule);
}

Found without_commitment(PlantedLog& log) {
  const CreditCode code = log.institution();
  log.filed(code, kFiledOn, {log.item("foreign/1/1")});
  return one(log.add(PlantedLog::facts(code, log.item("foreign/1/1"), day("2026-06-01")),
                     {PlantedLog::kTime, false, false}),
             "commitment-missing");
}

Found id_of_two(PlantedLog& log) {
  const CreditCode first = log.institution();
  const CreditCode second = log.institution();
  const std::string id = log.filed(first, kFiledOn, {log.item("foreign/1/1")});
  FilingEvent event = PlantedLog::filing(second, id, Kind::submitted, day("2026-06-01"));
  event.scope = {log.item("foreign/1/1")};
  return one(log.event(event), "filing-id-reused");
}

Found receipt_of_two(PlantedLog& log) {
  const CreditCode first = log.institution();
  const std::string id = log.filed(first, kFiledOn, {log.item("foreign/1/1")});
  return filed_wrongly(
      log, [&](FilingEvent& filed) { filed.receipt = "R-" + id; }, "receipt-reused");
}

Found uncountable(PlantedLog& log) {
  const CreditCode code = log.institution();
  const std::string id =
      log.noticed(code, day("2024-01-28"), {plain_line("4-10-01-05", SkillLevel::senior)});
  return one(log.event(log.filed_event(code, id, day("2024-01-28"))), "calendar-missing");
}

Found calendar_changed(PlantedLog& log) {
  const ScopeLine line = plain_line("4-10-01-05", SkillLevel::senior);
  log.filed(log.institution(), day("2023-06-01"), {line});
  return one(log.add(CalendarYear{2023, {day("2023-01-01")}, {}, "test"}), "calendar-changed");
}

Found of_something_else(PlantedLog& log, bool later_than_itself) {
  const std::uint64_t sound = log.sound_certificate();
  const std::uint64_t of = later_than_itself ? log.size() + 1 : sound - 1;  // else: a filing
  const auto seq =
      log.add(PlantedLog::certificate(CertificateKind::revoked, of, day("2026-06-03")));
  if (later_than_itself) {
    const CreditCode code = log.institution();
    log.filed(code, kFiledOn, {log.item("foreign/1/1")});
  }
  return one(seq, "certificate-unknown");
}

Found gone(PlantedLog& log, bool of_a_correction) {
  std::uint64_t seq = log.sound_certificate();
  if (of_a_correction) {
    seq = log.add(PlantedLog::certificate(CertificateKind::corrected, seq, day("2026-06-03")));
  }
  log.mark_erased(seq);
  return one(seq, "tombstone-missing");
}

Found gone_of_an_institution(PlantedLog& log) {
  const std::uint64_t seq = log.add(put_institution(log.unrecorded_institution(), "示例机构").body);
  log.mark_erased(seq);
  return one(seq, "tombstone-missing");
}

// The tombstone stands, and the feed shows the fields of one of two entries as there.
Found still_there(PlantedLog& log, bool of_the_correction) {
  const std::uint64_t of = log.sound_certificate();
  const std::uint64_t correction =
      log.add(PlantedLog::certificate(CertificateKind::corrected, of, day("2026-06-03")));
  log.add(PlantedLog::certificate(CertificateKind::erased, of, day("2026-06-03")));
  log.mark_erased(of_the_correction ? of : correction);
  return one(of_the_correction ? correction : of, "payload-not-erased");
}

Found recorded_ahead(PlantedLog& log) {
  const std::uint64_t of = log.sound_certificate();
  return one(log.add(PlantedLog::certificate(CertificateKind::reissued, of, day("2026-11-03")), {}),
             "dated-ahead");
}

Found recorded_back(PlantedLog& log) {
  const std::uint64_t seq =
      log.add(put_institution(credit(1), "改名").body, {"2026-11-01T00:59:59Z", true, false});
  log.add(put_institution(credit(1), "改名").body, {"2026-11-01T00:59:59Z", true, false});
  return one(seq, "time-backwards");
}

std::vector<Plant> certificate_plants() {
  using Log = PlantedLog;
  return {
      {"issuer unknown",
       [](Log& log) {
         const auto facts =
             Log::facts(log.unrecorded_institution(), log.item("foreign/1/1"), day("2026-06-01"));
         return one(log.add(facts), "issuer-unknown");
       }},
      {"issuer never filed",
       [](Log& log) {
         const CreditCode code = log.institution();
         const auto facts = Log::facts(code, log.item("foreign/1/1"), day("2026-06-01"));
         return one(log.add(facts), "issuer-not-filed");
       }},
      {"issued before anything was submitted",
       [](Log& log) { return issued(log, "2025-12-11", "issuer-not-filed"); }},
      {"another item",
       [](Log& log) {
         return issued_line(log, log.item("dual/1/1"), "2026-06-01", "out-of-scope");
       }},
      {"another occupation",
       [](Log& log) {
         return issued_line(log, plain_line("4-06-01-04", SkillLevel::senior), "2026-06-01",
                            "out-of-scope");
       }},
      {"another level",
       [](Log& log) {
         return issued_line(log, plain_line("4-10-01-05", SkillLevel::junior), "2026-06-01",
                            "out-of-scope");
       }},
      {"the day before it was filed",
       [](Log& log) { return issued(log, "2026-02-09", "before-filing"); }},
      {"before valid_from", before_validity},
      {"the day after its expiry", expired},
      {"the first day of a suspension",
       [](Log& log) {
         return issued(log, "2026-05-01", "while-suspended", {{Kind::suspended, "2026-05-01"}});
       }},
      {"the last day of a suspension",
       [](Log& log) {
         return issued(log, "2026-05-09", "while-suspended",
                       {{Kind::suspended, "2026-05-01"}, {Kind::resumed, "2026-05-10"}});
       }},
      {"the day of the revocation",
       [](Log& log) {
         return issued(log, "2026-05-01", "after-revocation", {{Kind::revoked, "2026-05-01"}});
       }},
      {"the day of the cancellation",
       [](Log& log) {
         return issued(log, "2026-05-01", "after-cancellation", {{Kind::cancelled, "2026-05-01"}});
       }},
      {"an unknown item", [](Log& log) { return unknown_item_line(log, false); }},
      {"an item of later", item_not_yet_in_force},
      {"another level than the item's", other_level_than_item},
      {"an unknown occupation",
       [](Log& log) {
         return issued_line(log, plain_line("9-99-99-99", SkillLevel::senior), "2026-06-01",
                            "occupation-unknown");
       }},
      {"no commitment", without_commitment},
      {"issued tomorrow in Shanghai",
       [](Log& log) { return issued(log, "2026-11-03", "dated-ahead"); }},
      {"corrected to another item",
       [](Log& log) { return corrected(log, log.item("dual/1/1"), "2026-06-01", "out-of-scope"); }},
      {"corrected to a day before the filing",
       [](Log& log) {
         return corrected(log, log.item("foreign/1/1"), "2026-03-09", "before-filing");
       }},
  };
}

std::vector<Plant> life_plants() {
  using Log = PlantedLog;
  using enum CertificateEventKind;
  return {
      {"of an unknown seq",
       [](Log& log) {
         return one(log.add(Log::certificate(revoked, 1'000'000, day("2026-06-03"))),
                    "certificate-unknown");
       }},
      {"of itself",
       [](Log& log) {
         return one(log.add(Log::certificate(revoked, log.size(), day("2026-06-03"))),
                    "certificate-unknown");
       }},
      {"of a filing", [](Log& log) { return of_something_else(log, false); }},
      {"of a later entry", [](Log& log) { return of_something_else(log, true); }},
      {"reissued after revocation",
       [](Log& log) {
         return after(log, {revoked, reissued}, "event-after-end");
       }},
      {"revoked after cancellation",
       [](Log& log) {
         return after(log, {cancelled, revoked}, "event-after-end");
       }},
      {"erased twice",
       [](Log& log) {
         return after(log, {erased, erased}, "event-after-erasure");
       }},
      {"revoked after erasure",
       [](Log& log) {
         return after(log, {erased, revoked}, "event-after-erasure");
       }},
      {"revoked before it was issued",
       [](Log& log) { return after(log, {revoked}, "days-backwards", "2026-05-31"); }},
      {"gone without a tombstone", [](Log& log) { return gone(log, false); }},
      {"a correction's fields gone", [](Log& log) { return gone(log, true); }},
      {"an institution's fields gone", gone_of_an_institution},
      {"erased and still there", [](Log& log) { return still_there(log, false); }},
      {"erased and its correction still there", [](Log& log) { return still_there(log, true); }},
      {"reissued tomorrow in Shanghai", recorded_ahead},
  };
}

std::vector<Plant> filing_plants() {
  using Log = PlantedLog;
  return {
      {"of an unknown institution",
       [](Log& log) {
         return submitted(log, log.unrecorded_institution(), {log.item("foreign/1/1")},
                          "institution-unknown");
       }},
      {"submitted without scope",
       [](Log& log) { return submitted(log, log.institution(), {}, "scope-unsound"); }},
      {"a scope line twice",
       [](Log& log) {
         const ScopeLine line = log.item("foreign/1/1");
         return submitted(log, log.institution(), {line, line}, "scope-unsound");
       }},
      {"a scope of an unknown occupation",
       [](Log& log) {
         return submitted(log, log.institution(), {plain_line("9-99-99-99", SkillLevel::senior)},
                          "occupation-unknown");
       }},
      {"a scope of an unknown item", [](Log& log) { return unknown_item_line(log, true); }},
      {"a scope of another level than the item's", other_level_in_scope},
      {"accepted, never submitted",
       [](Log& log) {
         return one(log.event(Log::filing(log.institution(), "never", Kind::accepted, kFiledOn)),
                    "out-of-order");
       }},
      {"a notice without assessment",
       [](Log& log) { return from_accepted(log, Kind::notice_opened, "out-of-order"); }},
      {"published, never reported",
       [](Log& log) {
         return after_filing(log, {{Kind::published, "2026-03-01"}}, "out-of-order");
       }},
      {"suspended after revocation",
       [](Log& log) {
         return after_filing(log, {{Kind::revoked, "2026-03-01"}, {Kind::suspended, "2026-03-02"}},
                             "out-of-order");
       }},
      {"resumed, never suspended",
       [](Log& log) {
         return after_filing(log, {{Kind::resumed, "2026-03-01"}}, "out-of-order");
       }},
      {"suspended before it was filed",
       [](Log& log) {
         return after_filing(log, {{Kind::suspended, "2026-02-09"}}, "days-backwards");
       }},
      {"filed without notice",
       [](Log& log) { return from_accepted(log, Kind::filed, "filed-without-notice"); }},
      {"filed over an objection", notice_over_objection},
      {"a notice of four days, filed in time",
       [](Log& log) { return noticed(log, 4, "2026-07-08", true); }},
      {"a notice of three days, filed at its end",
       [](Log& log) { return noticed(log, 3, "2026-07-04", true); }},
      {"filed on the last day of its notice",
       [](Log& log) { return noticed(log, 5, "2026-07-07", false); }},
      {"filed on the last day of a longer notice",
       [](Log& log) { return noticed(log, 10, "2026-07-14", false); }},
      {"a notice that nobody can count", uncountable},
      {"a calendar changed behind a notice", calendar_changed},
      {"valid for four years",
       [](Log& log) {
         return filed_wrongly(
             log, [](FilingEvent& filed) { filed.valid_to = day("2030-02-10"); },
             "validity-unsound");
       }},
      {"valid for three years less a day",
       [](Log& log) {
         return filed_wrongly(
             log, [](FilingEvent& filed) { filed.valid_to = day("2029-02-09"); },
             "validity-unsound");
       }},
      {"valid before it was filed",
       [](Log& log) {
         return filed_wrongly(
             log,
             [](FilingEvent& filed) {
               filed.valid_from = day("2026-02-09");
               filed.valid_to = day("2029-02-09");
             },
             "validity-unsound");
       }},
      {"renewed from the day it was filed", renewed_too_early},
      {"one filing id, two institutions", id_of_two},
      {"one receipt, two filings", receipt_of_two},
      {"filed tomorrow in Shanghai",
       [](Log& log) {
         return after_filing(log, {{Kind::reported, "2026-11-03"}}, "dated-ahead");
       }},
  };
}

std::vector<Plant> log_plants() {
  using Log = PlantedLog;
  return {
      {"an item's version edited",
       [](Log& log) {
         return item_of_unknown_occupation(log, "foreign/1/1", "4-10-01-05", "version-edited");
       }},
      {"an item of an unknown occupation",
       [](Log& log) {
         return item_of_unknown_occupation(log, "foreign/7/7", "9-99-99-99", "occupation-unknown");
       }},
      {"an unknown kind",
       [](Log& log) { return one(log.add_raw("rumour.put", "{}"), "unreadable"); }},
      {"a body of another form",
       [](Log& log) {
         return one(log.add_raw("occupation.put", R"({"code":"4-10-01-05","colour":"red"})"),
                    "unreadable");
       }},
      {"recorded more than a day back", recorded_back},
  };
}

}  // namespace

std::vector<Plant> plants() {
  std::vector<Plant> all;
  for (auto& some : {certificate_plants(), life_plants(), filing_plants(), log_plants()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace chayan::test
