#include "index/record.h"

#include <algorithm>

#include "index/schema.h"

namespace chayan::index {
namespace {

constexpr std::size_t kReportBytesMin = 16 + 4 + 8 + 8 + 1 + 8 + 4;
constexpr std::size_t kAccessBytesMin = 8 + 4;

// ---- writing

void put_text(std::string& out, std::string_view text) {
  put_prefixed(out, text);
}
void put_date(std::string& out, Date date) {
  put_u32(out, static_cast<std::uint32_t>(date.days()));
}
void put_byte(std::string& out, std::uint8_t byte) {
  out.push_back(static_cast<char>(byte));
}
void put_seconds(std::string& out, Seconds time) {
  put_u64(out, static_cast<std::uint64_t>(time.time_since_epoch().count()));
}

template <typename T>
void put_code(std::string& out, T value) {
  put_byte(out, static_cast<std::uint8_t>(value));
}

void put_optional_item(std::string& out, const std::optional<CatalogItemId>& item) {
  put_byte(out, item ? 1 : 0);
  if (item) put_item(out, *item);
}

void put_institution(std::string& out, const Institution& institution) {
  out.append(institution.credit_code.text());
  put_code(out, institution.kind);
  put_text(out, institution.region.text());
  for (const std::string* text :
       {&institution.name, &institution.address, &institution.registration_authority,
        &institution.national_filing_number, &institution.service_phone,
        &institution.supervision_phone, &institution.service_address, &institution.service_email,
        &institution.website}) {
    put_text(out, *text);
  }
}

void put_scope_line(std::string& out, const ScopeLine& line) {
  put_text(out, line.occupation.text());
  put_text(out, line.occupation_name);
  put_text(out, line.work_type);
  put_code(out, line.level);
  put_optional_item(out, line.item);
}

void put_filing_event(std::string& out, const RecordedFilingEvent& recorded) {
  const FilingEvent& event = recorded.event;
  put_u64(out, recorded.seq);
  put_code(out, event.kind);
  put_date(out, event.on);
  put_text(out, event.reason);
  put_u32(out, static_cast<std::uint32_t>(event.scope.size()));
  for (const ScopeLine& line : event.scope) put_scope_line(out, line);
  put_u16(out, static_cast<std::uint16_t>(event.notice_working_days));
  put_code(out, event.notice_start);
  put_text(out, event.receipt);
  put_date(out, event.valid_from);
  put_date(out, event.valid_to);
}

void put_facts(std::string& out, const CertificateFacts& facts) {
  out.append(facts.issuer.text());
  put_optional_item(out, facts.item);
  put_text(out, facts.occupation.text());
  put_text(out, facts.occupation_name);
  put_text(out, facts.work_type);
  put_code(out, facts.level);
  put_date(out, facts.issued_on);
}

void put_dates(std::string& out, const std::vector<Date>& dates) {
  put_u32(out, static_cast<std::uint32_t>(dates.size()));
  for (const Date date : dates) put_date(out, date);
}

void put_timeline(std::string& out, const Timeline& steps) {
  put_u32(out, static_cast<std::uint32_t>(steps.size()));
  for (const TimelineStep& step : steps) {
    put_date(out, step.from);
    put_code(out, step.state);
    put_byte(out, step.validity ? 1 : 0);
    if (step.validity) {
      put_date(out, step.validity->from);
      put_date(out, step.validity->to);
    }
  }
}

void put_catalog_item(std::string& out, const CatalogItem& item) {
  put_item(out, item.id);
  for (const std::string* text : {&item.document, &item.country, &item.awarding_body,
                                  &item.awarding_body_en, &item.awarding_body_abbreviation,
                                  &item.certificate, &item.certificate_en, &item.standard}) {
    put_text(out, *text);
  }
  put_text(out, item.occupation.text());
  put_text(out, item.occupation_name);
  put_text(out, item.work_type);
  put_code(out, item.level);
  put_date(out, item.effective_from);
  put_byte(out, item.withdrawn_on ? 1 : 0);
  if (item.withdrawn_on) put_date(out, *item.withdrawn_on);
}

// ---- reading: a Decoder remembers that something did not fit and goes on with harmless values

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : in_(bytes) {}

  std::string text() { return std::string(in_.prefixed()); }
  Date date() { return Date::from_days(static_cast<int>(in_.u32())); }
  std::uint8_t byte() { return in_.u8(); }
  std::uint16_t u16() { return in_.u16(); }
  std::uint32_t u32() { return in_.u32(); }
  std::uint64_t u64() { return in_.u64(); }
  bool flag() { return checked(in_.u8(), 0, 1) == 1; }
  Seconds seconds() { return Seconds(std::chrono::seconds(static_cast<std::int64_t>(in_.u64()))); }
  crypto::RowKey row_key() {
    crypto::RowKey key{};
    const std::string_view bytes = in_.take(key.size());
    std::copy(bytes.begin(), bytes.end(), key.begin());
    return key;
  }
  // Number of elements of at least `bytes_each`, so that a wrong count cannot ask for memory.
  std::size_t count(std::size_t bytes_each) {
    const std::size_t n = in_.u32();
    if (n * bytes_each > in_.rest().size()) fail();
    return fits_ ? n : 0;
  }

  template <typename T>
  T code(T first, T last) {
    return static_cast<T>(
        checked(in_.u8(), static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(last)));
  }
  SkillLevel level() { return code(SkillLevel::apprentice, SkillLevel::chief); }

  // The parsers forgive what people type; a stored code is the canonical one or damaged.
  CreditCode credit_code() {
    const std::string_view text = in_.take(CreditCode::kLength);
    const auto parsed = CreditCode::accept(text);
    if (!parsed || parsed->text() != text) return fail(), CreditCode{};
    return *parsed;
  }
  OccupationCode occupation() { return canonical<OccupationCode>(); }
  RegionCode region() { return canonical<RegionCode>(); }
  CatalogItemId item() {
    const auto id = take_item(in_);
    if (!id) return fail(), CatalogItemId{};
    return *id;
  }
  std::optional<CatalogItemId> optional_item() {
    if (!flag()) return std::nullopt;
    return item();
  }

  void fail() { fits_ = false; }
  template <typename T>
  std::optional<T> finish(T&& value) {
    if (!fits_ || !in_.at_end()) return std::nullopt;
    return std::forward<T>(value);
  }

 private:
  template <typename Code>
  Code canonical() {
    const std::string_view text = in_.prefixed();
    if (text.empty()) return {};
    const auto parsed = Code::parse(text);
    if (!parsed || parsed->text() != text) return fail(), Code{};
    return *parsed;
  }

  std::uint8_t checked(std::uint8_t value, std::uint8_t first, std::uint8_t last) {
    if (value < first || value > last) return fail(), first;
    return value;
  }

  ByteReader in_;
  bool fits_ = true;
};

Institution take_institution(Decoder& in) {
  Institution institution;
  institution.credit_code = in.credit_code();
  institution.kind = in.code(InstitutionKind::central_enterprise_branch, InstitutionKind::other);
  institution.region = in.region();
  for (std::string* text :
       {&institution.name, &institution.address, &institution.registration_authority,
        &institution.national_filing_number, &institution.service_phone,
        &institution.supervision_phone, &institution.service_address, &institution.service_email,
        &institution.website}) {
    *text = in.text();
  }
  return institution;
}

ScopeLine take_scope_line(Decoder& in) {
  ScopeLine line;
  line.occupation = in.occupation();
  line.occupation_name = in.text();
  line.work_type = in.text();
  line.level = in.level();
  line.item = in.optional_item();
  return line;
}

RecordedFilingEvent take_filing_event(Decoder& in, const std::string& filing,
                                      const CreditCode& institution) {
  RecordedFilingEvent recorded;
  recorded.seq = in.u64();
  FilingEvent& event = recorded.event;
  event.filing = filing;
  event.institution = institution;
  event.kind = in.code(FilingEventKind::submitted, FilingEventKind::renewed);
  event.on = in.date();
  event.reason = in.text();
  for (std::size_t n = in.count(14); n > 0; --n) event.scope.push_back(take_scope_line(in));
  event.notice_working_days = in.u16();
  event.notice_start = in.code(PeriodStart::excluded, PeriodStart::included);
  event.receipt = in.text();
  event.valid_from = in.date();
  event.valid_to = in.date();
  return recorded;
}

CertificateFacts take_facts(Decoder& in) {
  CertificateFacts facts;
  facts.issuer = in.credit_code();
  facts.item = in.optional_item();
  facts.occupation = in.occupation();
  facts.occupation_name = in.text();
  facts.work_type = in.text();
  facts.level = in.level();
  facts.issued_on = in.date();
  return facts;
}

CatalogItem take_catalog_item(Decoder& in) {
  CatalogItem item;
  item.id = in.item();
  for (std::string* text : {&item.document, &item.country, &item.awarding_body,
                            &item.awarding_body_en, &item.awarding_body_abbreviation,
                            &item.certificate, &item.certificate_en, &item.standard}) {
    *text = in.text();
  }
  item.occupation = in.occupation();
  item.occupation_name = in.text();
  item.work_type = in.text();
  item.level = in.level();
  item.effective_from = in.date();
  if (in.flag()) item.withdrawn_on = in.date();
  return item;
}

std::vector<Date> take_dates(Decoder& in) {
  std::vector<Date> dates;
  for (std::size_t n = in.count(4); n > 0; --n) dates.push_back(in.date());
  return dates;
}

Timeline take_timeline(Decoder& in) {
  Timeline steps;
  for (std::size_t n = in.count(6); n > 0; --n) {
    TimelineStep step;
    step.from = in.date();
    step.state = in.code(FilingState::unknown, FilingState::cancelled);
    if (in.flag()) {
      const Date from = in.date();
      step.validity = ValidityPeriod{from, in.date()};
    }
    steps.push_back(step);
  }
  return steps;
}

}  // namespace

std::string encode(const InstitutionRecord& record) {
  std::string out;
  put_institution(out, record.institution);
  put_u64(out, record.put_seq);
  put_byte(out, record.payload_seq ? 1 : 0);
  if (record.payload_seq) put_u64(out, *record.payload_seq);
  put_u32(out, static_cast<std::uint32_t>(record.filings.size()));
  for (const Filing& filing : record.filings) {
    put_text(out, filing.id);
    put_u32(out, static_cast<std::uint32_t>(filing.events.size()));
    for (const RecordedFilingEvent& event : filing.events) put_filing_event(out, event);
  }
  return out;
}

std::optional<InstitutionRecord> decode_institution(std::string_view bytes) {
  Decoder in(bytes);
  InstitutionRecord record;
  record.institution = take_institution(in);
  record.put_seq = in.u64();
  if (in.flag()) record.payload_seq = in.u64();
  std::size_t filings = in.count(8);
  record.filings.reserve(filings);
  for (; filings > 0; --filings) {
    Filing filing;
    filing.id = in.text();
    filing.institution = record.institution.credit_code;
    const std::size_t events = in.count(30);
    if (events == 0) in.fail();  // a filing is the fold of its events: without any there is none
    filing.events.reserve(events);
    for (std::size_t n = events; n > 0; --n) {
      filing.events.push_back(take_filing_event(in, filing.id, filing.institution));
    }
    record.filings.push_back(std::move(filing));
  }
  return in.finish(std::move(record));
}

std::string encode(const OfferingRecord& record) {
  std::string out;
  put_text(out, record.institution_json);
  put_u32(out, static_cast<std::uint32_t>(record.offerings.size()));
  for (const Offering& offering : record.offerings) {
    put_text(out, offering.occupation.text());
    put_text(out, offering.work_type);
    put_code(out, offering.level);
    put_optional_item(out, offering.item);
    put_timeline(out, offering.timeline);
    put_text(out, offering.json);
  }
  return out;
}

std::optional<OfferingRecord> decode_offerings(std::string_view bytes) {
  Decoder in(bytes);
  OfferingRecord record;
  record.institution_json = in.text();
  for (std::size_t n = in.count(18); n > 0; --n) {
    Offering offering;
    offering.occupation = in.occupation();
    offering.work_type = in.text();
    offering.level = in.level();
    offering.item = in.optional_item();
    offering.timeline = take_timeline(in);
    offering.json = in.text();
    record.offerings.push_back(std::move(offering));
  }
  return in.finish(std::move(record));
}

std::string encode(const Certificate& certificate) {
  std::string out;
  put_u64(out, certificate.issued_seq);
  put_facts(out, certificate.facts);
  put_date(out, certificate.first_issued_on);
  put_text(out, certificate.secrets.number);
  put_text(out, certificate.secrets.holder_name);
  put_code(out, certificate.secrets.document.type);
  put_text(out, certificate.secrets.document.number);
  put_text(out, certificate.secrets.original_certificate);
  put_u32(out, static_cast<std::uint32_t>(certificate.history.size()));
  for (const CertificateStatusChange& change : certificate.history) {
    put_code(out, change.kind);
    put_date(out, change.on);
    put_u64(out, change.seq);
  }
  return out;
}

std::optional<Certificate> decode_certificate(std::string_view bytes) {
  Decoder in(bytes);
  Certificate certificate;
  certificate.issued_seq = in.u64();
  certificate.facts = take_facts(in);
  certificate.first_issued_on = in.date();
  certificate.secrets.number = in.text();
  certificate.secrets.holder_name = in.text();
  certificate.secrets.document.type = in.code(DocumentType::resident_id, DocumentType::other);
  certificate.secrets.document.number = in.text();
  certificate.secrets.original_certificate = in.text();
  for (std::size_t n = in.count(13); n > 0; --n) {
    CertificateStatusChange change;
    change.kind = in.code(CertificateEventKind::issued, CertificateEventKind::erased);
    change.on = in.date();
    change.seq = in.u64();
    certificate.history.push_back(change);
  }
  return in.finish(std::move(certificate));
}

std::string encode(const std::vector<CatalogItem>& versions) {
  std::string out;
  put_u32(out, static_cast<std::uint32_t>(versions.size()));
  for (const CatalogItem& item : versions) put_catalog_item(out, item);
  return out;
}

std::optional<std::vector<CatalogItem>> decode_catalog_versions(std::string_view bytes) {
  Decoder in(bytes);
  std::vector<CatalogItem> versions;
  for (std::size_t n = in.count(50); n > 0; --n) versions.push_back(take_catalog_item(in));
  return in.finish(std::move(versions));
}

std::string encode(const Occupation& occupation) {
  std::string out;
  put_text(out, occupation.code.text());
  put_text(out, occupation.name);
  put_text(out, occupation.name_en);
  put_text(out, occupation.source);
  put_u32(out, static_cast<std::uint32_t>(occupation.work_types.size()));
  for (const std::string& work_type : occupation.work_types) put_text(out, work_type);
  return out;
}

std::optional<Occupation> decode_occupation(std::string_view bytes) {
  Decoder in(bytes);
  Occupation occupation;
  occupation.code = in.occupation();
  occupation.name = in.text();
  occupation.name_en = in.text();
  occupation.source = in.text();
  for (std::size_t n = in.count(4); n > 0; --n) occupation.work_types.push_back(in.text());
  return in.finish(std::move(occupation));
}

std::string encode(const CalendarYear& calendar) {
  std::string out;
  put_u16(out, static_cast<std::uint16_t>(calendar.year));
  put_text(out, calendar.source);
  put_dates(out, calendar.days_off);
  put_dates(out, calendar.extra_working_days);
  return out;
}

std::optional<CalendarYear> decode_calendar(std::string_view bytes) {
  Decoder in(bytes);
  CalendarYear calendar;
  calendar.year = in.u16();
  calendar.source = in.text();
  calendar.days_off = take_dates(in);
  calendar.extra_working_days = take_dates(in);
  return in.finish(std::move(calendar));
}

std::string encode(const BatchRecord& record) {
  std::string out;
  out.append(view(record.content));
  put_u64(out, record.first_seq);
  put_u64(out, record.count);
  put_u64(out, record.unchanged);
  put_u64(out, record.rejected);
  return out;
}

std::optional<BatchRecord> decode_batch(std::string_view bytes) {
  ByteReader in(bytes);
  BatchRecord record;
  const auto content = hash_from(in.take(32));
  record.first_seq = in.u64();
  record.count = in.u64();
  record.unchanged = in.u64();
  record.rejected = in.u64();
  if (!content || !in.at_end()) return std::nullopt;
  record.content = *content;
  return record;
}

std::string encode(const std::vector<ShareReport>& reports) {
  std::string out;
  put_u32(out, static_cast<std::uint32_t>(reports.size()));
  for (const ShareReport& report : reports) {
    out.append(report.code.data(), report.code.size());
    put_u32(out, report.shows.bits());
    put_seconds(out, report.created);
    put_seconds(out, report.expires);
    put_byte(out, report.ended ? 1 : 0);
    if (report.ended) put_seconds(out, *report.ended);
    put_u64(out, report.access_count);
    put_u32(out, static_cast<std::uint32_t>(report.accesses.size()));
    for (const ReportAccess& access : report.accesses) {
      put_seconds(out, access.at);
      put_text(out, access.client);
    }
  }
  return out;
}

std::optional<std::vector<ShareReport>> decode_reports(std::string_view bytes) {
  Decoder in(bytes);
  std::vector<ShareReport> reports;
  for (std::size_t n = in.count(kReportBytesMin); n > 0; --n) {
    ShareReport report;
    report.code = in.row_key();
    const auto shows = ReportFields::from_bits(in.u32());
    if (!shows) return std::nullopt;
    report.shows = *shows;
    report.created = in.seconds();
    report.expires = in.seconds();
    if (in.flag()) report.ended = in.seconds();
    report.access_count = in.u64();
    for (std::size_t m = in.count(kAccessBytesMin); m > 0; --m) {
      const Seconds at = in.seconds();
      report.accesses.push_back({at, in.text()});
    }
    reports.push_back(std::move(report));
  }
  return in.finish(std::move(reports));
}

std::optional<crypto::RowKey> decode_row_key(std::string_view bytes) {
  crypto::RowKey key{};
  if (bytes.size() != key.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

}  // namespace chayan::index
