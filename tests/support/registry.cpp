#include "tests/support/registry.h"

#include <utility>

#include "base/embedded.h"
#include "base/json_reader.h"
#include "crypto/digest.h"
#include "domain/rules.h"

namespace chayan::test {

Date day(std::string_view text) {
  return Date::parse(text).value();
}
CreditCode credit(std::string_view text) {
  return CreditCode::parse(text).value();
}

CreditCode credit(int n) {
  std::string digits = std::to_string(n);
  digits.insert(0, 6 - digits.size(), '0');
  return CreditCode::with_checks("9131011500" + digits).value();
}

std::vector<Change> official_changes() {
  std::vector<Change> changes;
  JsonParser parser;
  for (const EmbeddedFile& file : official_data()) {
    std::string_view rest = file.content;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      if (line.empty()) continue;
      auto object = parser.parse_object(line);
      changes.push_back(read_change(object.value()).value());
    }
  }
  return changes;
}

Change put_institution(const CreditCode& code, std::string name, std::string region) {
  Institution institution;
  institution.credit_code = code;
  institution.name = std::move(name);
  institution.kind = InstitutionKind::private_non_enterprise;
  institution.region = RegionCode::parse(region).value();
  institution.address = "上海市示例路1号";
  institution.service_phone = "021-00000000";
  return {institution, {}};
}

Change filing_event(const CreditCode& institution, std::string id, FilingEventKind kind, Date on) {
  FilingEvent event;
  event.kind = kind;
  event.filing = std::move(id);
  event.institution = institution;
  event.on = on;
  return {event, {}};
}

std::vector<Change> filing_until_filed(const CreditCode& institution, std::string id,
                                       Date valid_from, std::vector<ScopeLine> scope) {
  using Kind = FilingEventKind;
  std::vector<Change> changes;
  const auto add = [&](Kind kind, int days_before) -> FilingEvent& {
    changes.push_back(filing_event(institution, id, kind, valid_from.plus_days(-days_before)));
    return std::get<FilingEvent>(changes.back().body);
  };
  add(Kind::submitted, 60).scope = std::move(scope);
  add(Kind::accepted, 50);
  add(Kind::assessed, 40);
  FilingEvent& notice =
      add(Kind::notice_opened, 30);  // five working days end within 20, holidays included
  notice.notice_working_days = kNoticeWorkingDays;
  FilingEvent& filed = add(Kind::filed, 0);
  filed.receipt = "R-" + id;
  filed.valid_from = valid_from;
  filed.valid_to = last_valid_day(valid_from);
  return changes;
}

ScopeLine item_line(std::string_view item) {
  ScopeLine line;
  line.item = CatalogItemId::parse(item).value();
  return line;
}

ScopeLine plain_line(std::string_view occupation, SkillLevel level, std::string work_type) {
  ScopeLine line;
  line.occupation = OccupationCode::parse(occupation).value();
  line.level = level;
  line.work_type = std::move(work_type);
  return line;
}

Change issue(const CreditCode& issuer, std::string_view item, Date on, std::string number,
             std::string holder, std::string document) {
  CertificateFacts facts;
  facts.issuer = issuer;
  facts.item = CatalogItemId::parse(item).value();
  facts.issued_on = on;
  CertificateSecrets secrets{
      std::move(number), std::move(holder), {DocumentType::passport, std::move(document)}, {}};
  return {facts, to_private_fields(secrets)};
}

Change certificate_event(CertificateEventKind kind, std::string number, Date on) {
  CertificateEvent event;
  event.kind = kind;
  event.on = on;
  return {event, {{"certificate_number", std::move(number)}}};
}

Change correct(std::string number, Date on, std::string holder, std::string document) {
  Change change = certificate_event(CertificateEventKind::corrected, number, on);
  change.secrets = to_private_fields(
      {std::move(number), std::move(holder), {DocumentType::passport, std::move(document)}, {}});
  return change;
}

void issue_certificates(Registry& registry, int from, int count) {
  std::vector<Change> changes;
  for (int i = from; i < from + count; ++i) {
    changes.push_back(issue(credit(1), "foreign/1/1", day("2026-08-01"),
                            "DEMO-" + std::to_string(i), "测试甲",
                            "T" + std::to_string(1'000'000 + i)));
  }
  registry.write(std::move(changes));
}

Registry::Registry(std::string_view today, const crypto::Suite& suite) : clock_(day(today)) {
  crypto::Keyring::create(options().data + ".keys", rfc3339_utc(clock_.now()), suite).value();
  open().value();
}

index::StoreOptions Registry::options() const {
  index::StoreOptions options;
  options.data = folder_ / "data";
  return options;
}

Result<void> Registry::open() {
  auto store = index::Store::open(options(), clock_);
  if (!store) return store.error();
  store_ = std::move(*store);
  if (store_->read_only()) return {};
  auto writer = index::Writer::create(*store_);
  if (!writer) return writer.error();
  writer_ = std::move(*writer);
  return {};
}

void Registry::close() {
  writer_.reset();
  store_.reset();
}

index::BatchOutcome Registry::submit(std::vector<Change> changes) {
  index::Batch batch;
  batch.idempotency_key = "test batch " + std::to_string(++batches_);
  batch.content = crypto::sha256(batch.idempotency_key);
  batch.changes = std::move(changes);
  return writer_->submit(std::move(batch));
}

void Registry::write(std::vector<Change> changes) {
  const index::BatchOutcome outcome = submit(std::move(changes));
  for (const auto& [index, error] : outcome.rejections) {
    ADD_FAILURE() << "change " << index << ": " << error.field << ": " << error.message.en;
  }
  if (outcome.failure) ADD_FAILURE() << outcome.failure->message.en;
}

Error Registry::refusal(const Change& change) {
  const index::BatchOutcome outcome = submit({change});
  if (outcome.rejections.empty()) {
    ADD_FAILURE() << "the change was accepted";
    return {};
  }
  return outcome.rejections.front().error;
}

}  // namespace chayan::test
