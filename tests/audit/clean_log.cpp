#include "domain/rules.h"
#include "tests/audit/plants.h"

namespace chayan::test {
namespace {

using Kind = FilingEventKind;
using CertificateKind = CertificateEventKind;

// Objections answered by another assessment and another notice; the shortest notice there can be.
void add_objections(PlantedLog& log) {
  const CreditCode code = log.institution();
  const std::string id = log.noticed(code, day("2026-04-01"), {log.item("foreign/1/1")});
  const auto add = [&](Kind kind, const char* on) {
    log.event(PlantedLog::filing(code, id, kind, day(on)));
  };
  add(Kind::objected, "2026-03-03");
  add(Kind::objected, "2026-03-03");
  add(Kind::assessed, "2026-04-05");
  add(Kind::notice_opened, "2026-06-30");
  add(Kind::objected, "2026-07-01");
  FilingEvent notice = PlantedLog::filing(code, id, Kind::notice_opened, day("2026-06-30"));
  notice.on = day("2026-07-01");
  notice.notice_start = PeriodStart::included;  // through 2026-07-07
  log.event(notice);
  log.event(log.filed_event(code, id, day("2026-07-08")));
  add(Kind::reported, "2026-07-08");
  add(Kind::published, "2026-07-08");
  log.add(PlantedLog::facts(code, log.item("foreign/1/1"), day("2026-07-08")));
}

// Suspended and resumed; certificates on the days beside it.
void add_suspension(PlantedLog& log) {
  const CreditCode code = log.institution();
  const ScopeLine line = log.item("foreign/1/6");
  const std::string id = log.filed(code, day("2026-03-01"), {line});
  log.event(PlantedLog::filing(code, id, Kind::suspended, day("2026-05-01")));
  log.event(PlantedLog::filing(code, id, Kind::resumed, day("2026-05-10")));
  log.event(PlantedLog::filing(code, id, Kind::suspended, day("2026-06-01")));
  log.add(PlantedLog::facts(code, line, day("2026-04-30")));
  log.add(PlantedLog::facts(code, line, day("2026-05-10")));
  log.add(PlantedLog::facts(code, line, day("2026-05-31")));
  log.event(PlantedLog::filing(code, id, Kind::revoked, day("2026-06-02")));
}

// First and last day of a validity, and of its renewal, for an occupation without an item.
void add_validity(PlantedLog& log) {
  const CreditCode code = log.institution();
  const ScopeLine line = plain_line("4-10-01-05", SkillLevel::senior);
  const std::string id = log.filed(code, day("2023-06-01"), {line});
  FilingEvent renewed = PlantedLog::filing(code, id, Kind::renewed, day("2026-05-01"));
  renewed.valid_from = day("2026-06-02");
  renewed.valid_to = last_valid_day(renewed.valid_from);
  log.event(renewed);
  for (const char* on : {"2023-06-01", "2026-06-01", "2026-06-02", "2026-11-02"}) {
    log.add(PlantedLog::facts(code, line, day(on)));
  }
}

// An item whose level changes, and then is withdrawn: each certificate by the version of its day.
void add_versions(PlantedLog& log) {
  CatalogItem item;
  item.id = CatalogItemId::parse("dual/9/1").value();
  item.document = "测试";
  item.awarding_body = "测试";
  item.certificate = "测试";
  item.occupation = OccupationCode::parse("4-10-01-05").value();
  item.occupation_name = "养老护理员";
  item.level = SkillLevel::intermediate;
  item.effective_from = day("2026-01-01");
  log.add(item);
  const CreditCode code = log.institution();
  ScopeLine line{item.occupation, item.occupation_name, "", item.level, item.id};
  log.filed(code, day("2026-03-20"), {line});
  log.add(PlantedLog::facts(code, line, day("2026-04-30")));
  item.effective_from = day("2026-05-01");
  item.level = line.level = SkillLevel::senior;
  log.add(item);
  item.effective_from = day("2026-07-01");
  item.withdrawn_on = day("2026-07-02");
  log.add(PlantedLog::facts(code, line, day("2026-06-30")));
  log.add(item);
}

// Each life of a certificate that is allowed.
void add_lives(PlantedLog& log) {
  const auto lives = [&](std::uint64_t of, std::initializer_list<CertificateKind> kinds) {
    for (const CertificateKind kind : kinds) {
      log.add(PlantedLog::certificate(kind, of, day("2026-06-01")),
              {PlantedLog::kTime, kind == CertificateKind::corrected, false});
    }
  };
  lives(log.sound_certificate(), {CertificateKind::corrected, CertificateKind::reissued,
                                  CertificateKind::corrected, CertificateKind::revoked});
  const std::uint64_t cancelled = log.sound_certificate();
  lives(cancelled, {CertificateKind::cancelled, CertificateKind::erased});
  log.mark_erased(cancelled);
  const std::uint64_t erased = log.sound_certificate();
  lives(erased, {CertificateKind::corrected, CertificateKind::erased});
  log.mark_erased(erased);
  log.mark_erased(erased + 1);
  const std::uint64_t corrected = log.sound_certificate();
  CertificateEvent facts =
      PlantedLog::certificate(CertificateKind::corrected, corrected, day("2026-06-03"));
  // To another issuer, entitled on the first day and on the one it states.
  facts.facts = PlantedLog::facts(credit(3), log.item("foreign/1/1"), day("2026-07-08"));
  log.add(facts);
}

// What is recorded later than what it decides: a remark, not a fault.
void add_late(PlantedLog& log) {
  const CreditCode code = log.institution();
  const std::string id = log.noticed(code, day("2026-02-10"), {log.item("foreign/1/1")});
  log.add(PlantedLog::facts(code, log.item("foreign/1/1"), day("2026-06-01")));
  log.event(log.filed_event(code, id, day("2026-02-10")));
}

}  // namespace

PlantedLog clean_log() {
  PlantedLog log;
  log.add_reference();
  add_objections(log);
  add_suspension(log);
  add_validity(log);
  add_versions(log);
  add_lives(log);
  add_late(log);
  log.add(put_institution(credit(1), "改名").body);
  // A day back to the second, by another machine's clock.
  log.add(put_institution(credit(1), "又改名").body, {"2026-11-01T01:00:00Z", false, false});
  return log;
}

}  // namespace chayan::test
