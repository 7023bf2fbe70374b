#include "commands/demo_registry.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/embedded.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "domain/change.h"
#include "domain/rules.h"

namespace chayan::commands {
namespace {

using namespace std::chrono;

// The demo's own "today": no event lies behind it, so that the demo can be imported on any later
// day.
constexpr Date kAsOf{sys_days{year{2026} / 10 / 31}};
constexpr Date kFirstSubmission{sys_days{year{2025} / 2 / 10}};
constexpr Date kLastSubmission{sys_days{year{2026} / 8 / 20}};

constexpr std::array kRegions = {"310101", "310104", "310105", "310106", "310107", "310109",
                                 "310110", "310112", "310113", "310114", "310115", "310116",
                                 "310117", "310118", "310120", "310151"};
constexpr std::array kDistricts = {"黄浦", "徐汇", "长宁", "静安", "普陀", "虹口", "杨浦", "闵行",
                                   "宝山", "嘉定", "浦东", "金山", "松江", "青浦", "奉贤", "崇明"};
constexpr std::array kWords = {"晨光", "启航", "同心", "匠人", "百工", "新程",
                               "知行", "博学", "汇智", "远志", "明德", "致远"};
constexpr std::array kBodies = {"职业技能评价中心", "职业培训学校", "行业协会", "技师学院",
                                "技能服务有限公司"};
constexpr std::array kGivenNames = {"安", "博", "晨", "丹", "恩", "芳", "光", "和",
                                    "佳", "凯", "兰", "明", "宁", "平", "琪", "荣",
                                    "思", "涛", "薇", "欣", "阳", "泽"};

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  // 0 to bound - 1. Distributions of the standard library differ between libraries; the engine does
  // not.
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  bool percent(unsigned share) { return below(100) < share; }
  template <typename Container>
  const auto& of(const Container& container) {
    return container[below(container.size())];
  }
  Date day(Date first, Date last) {
    return first.plus_days(
        static_cast<int>(below(static_cast<std::uint64_t>(last.days() - first.days()) + 1)));
  }

 private:
  std::mt19937_64 engine_;
};

std::string padded(std::uint64_t number, int width) {
  std::string digits = std::to_string(number);
  if (digits.size() < static_cast<std::size_t>(width)) {
    digits.insert(0, static_cast<std::size_t>(width) - digits.size(), '0');
  }
  return digits;
}

struct Span {
  Date first;
  Date last;
};

// What becomes of a filing after it was filed.
enum class Fate { in_procedure, lasting, suspended, resumed, revoked, cancelled, renewed };

// A filing as planned: the events to write, and what follows from them.
struct PlannedFiling {
  std::string id;
  Fate fate = Fate::lasting;
  std::vector<FilingEvent> events;
  std::vector<ScopeLine> scope;  // complete, as the registry will show it
  Date submitted;
  Date valid_from;  // meaningless in procedure
  Date stopped;     // suspended, revoked, cancelled on; resumed from `resumed`
  Date resumed;
  std::vector<Span> effective;
};

struct PlannedInstitution {
  Institution institution;
  std::vector<PlannedFiling> filings;
};

class Demo {
 public:
  Demo(const DemoOptions& options,
       const std::function<void(std::uint64_t, std::uint64_t)>& progress)
      : options_(options), progress_(progress), random_(options.seed) {}

  Result<void> write() {
    std::error_code failed;
    std::filesystem::create_directories(options_.out, failed);
    for (auto& [stream, name] : {std::pair{&registry_, "registry.ndjson"},
                                 {&truth_, "truth.ndjson"},
                                 {&institutions_, "institutions.ndjson"}}) {
      stream->open(options_.out + "/" + name, std::ios::binary | std::ios::trunc);
      if (!*stream) return io_error("cannot write " + options_.out + "/" + name);
    }
    if (const auto written = write_official_data(); !written) return written.error();
    for (std::uint64_t i = 0; i < options_.institutions; ++i) write_institution(i);
    for (std::uint64_t i = 0; i < options_.certificates; ++i) {
      write_certificate(i);
      progress_(i + 1, options_.certificates);
    }
    for (std::ofstream* stream : {&registry_, &truth_, &institutions_}) {
      if (!stream->flush()) return io_error("writing into " + options_.out + " failed");
    }
    return {};
  }

 private:
  // ---- the notice's own data

  Result<void> write_official_data() {
    JsonParser parser;
    for (const EmbeddedFile& file : official_data()) {
      std::string_view rest = file.content;
      while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (line.empty()) continue;
        auto object = parser.parse_object(line);
        if (!object) return object.error();
        auto change = read_change(*object);
        if (!change) return change.error();
        if (const auto* item = std::get_if<CatalogItem>(&change->body)) items_.push_back(*item);
        if (const auto* year = std::get_if<CalendarYear>(&change->body)) calendar_.put(*year);
        if (const auto* known = std::get_if<Occupation>(&change->body))
          occupations_.push_back(*known);
        registry_ << line << '\n';
      }
    }
    return {};
  }

  void put(ChangeBody body, PrivateFields secrets = {}, std::string actor = "centre:demo") {
    line_.clear();
    JsonWriter json(line_);
    write_change(json, Change{std::move(body), std::move(secrets), std::move(actor)});
    registry_ << line_ << '\n';
  }

  // ---- institutions

  CreditCode credit_code(std::uint64_t index, std::string_view first_two, std::string_view region) {
    return CreditCode::with_checks(std::string(first_two) + std::string(region) +
                                   padded(70'000'000 + index, 8))
        .value();
  }

  Institution institution(std::uint64_t index) {
    constexpr std::array kKinds = {
        InstitutionKind::private_non_enterprise, InstitutionKind::social_organisation,
        InstitutionKind::district_enterprise,    InstitutionKind::municipal_enterprise,
        InstitutionKind::higher_college,         InstitutionKind::secondary_school};
    constexpr std::array kFirstTwo = {"52", "51", "91", "91", "12", "12"};
    const std::size_t place = random_.below(kRegions.size());
    const std::size_t kind = random_.below(kKinds.size());
    Institution made;
    made.credit_code = credit_code(index, kFirstTwo[kind], kRegions[place]);
    made.name = std::string("上海") + kDistricts[place] + "示例" + random_.of(kWords) +
                random_.of(kBodies) + padded(index + 1, 4);
    made.kind = kKinds[kind];
    made.region = *RegionCode::parse(kRegions[place]);
    made.address =
        std::string("上海市") + kDistricts[place] + "区示例路" + std::to_string(index + 1) + "号";
    made.registration_authority = "示例登记机关";
    made.service_phone = "021-0000" + padded(index % 10'000, 4);
    made.supervision_phone = "021-0001" + padded(index % 10'000, 4);
    made.service_address = made.address + "101室";
    made.service_email = "service" + std::to_string(index + 1) + "@institution.example";
    made.website = "https://institution" + std::to_string(index + 1) + ".example/";
    return made;
  }

  ScopeLine scope_line(Date submitted) {
    std::vector<const CatalogItem*> in_force;
    for (const CatalogItem& item : items_) {
      if (item.in_force(submitted)) in_force.push_back(&item);
    }
    ScopeLine line;
    if (!in_force.empty() && random_.percent(80)) {
      const CatalogItem& item = *random_.of(in_force);
      line = {item.occupation, item.occupation_name, item.work_type, item.level, item.id};
    } else {
      const CatalogItem& item =
          random_.of(items_);  // its occupation at some level, without the item
      constexpr std::array kLevels = {SkillLevel::junior, SkillLevel::intermediate,
                                      SkillLevel::senior, SkillLevel::technician};
      const auto known = std::find_if(occupations_.begin(), occupations_.end(),
                                      [&](const auto& o) { return o.code == item.occupation; });
      line = {item.occupation, known->name, item.work_type, random_.of(kLevels), std::nullopt};
    }
    return line;
  }

  Fate fate(std::uint64_t institution_index) {
    if (institution_index == 0) return Fate::lasting;  // so that any demo has something to find
    const std::uint64_t drawn = random_.below(100);
    if (drawn < 7) return Fate::in_procedure;
    if (drawn < 14) return Fate::suspended;
    if (drawn < 21) return Fate::resumed;
    if (drawn < 27) return Fate::revoked;
    if (drawn < 33) return Fate::cancelled;
    if (drawn < 37) return Fate::renewed;
    return Fate::lasting;
  }

  FilingEvent& add(PlannedFiling& filing, FilingEventKind kind, Date on) {
    FilingEvent event;
    event.kind = kind;
    event.filing = filing.id;
    event.on = on;
    filing.events.push_back(event);
    return filing.events.back();
  }

  PlannedFiling plan_filing(std::uint64_t institution_index, std::size_t number) {
    PlannedFiling filing;
    filing.id = "示例申报-" + padded(institution_index + 1, 6) + "-" + std::to_string(number + 1);
    filing.fate = fate(institution_index);
    filing.submitted = random_.day(kFirstSubmission, kLastSubmission);
    const std::size_t lines = 1 + random_.below(3);
    while (filing.scope.size() < lines) {
      const ScopeLine line = scope_line(filing.submitted);
      const bool again =
          std::find(filing.scope.begin(), filing.scope.end(), line) != filing.scope.end();
      if (again) break;
      filing.scope.push_back(line);
    }
    add(filing, FilingEventKind::submitted, filing.submitted).scope = filing.scope;
    add(filing, FilingEventKind::accepted, filing.submitted.plus_days(3));
    if (filing.fate == Fate::in_procedure && random_.percent(50)) return filing;
    add(filing, FilingEventKind::assessed, filing.submitted.plus_days(20));
    const Date opened = filing.submitted.plus_days(25);
    FilingEvent& notice = add(filing, FilingEventKind::notice_opened, opened);
    notice.notice_working_days = kNoticeWorkingDays;
    notice.notice_start = random_.percent(50) ? PeriodStart::excluded : PeriodStart::included;
    const auto closed = calendar_.end_of_period(opened, kNoticeWorkingDays, notice.notice_start);
    if (filing.fate == Fate::in_procedure || !closed) {
      filing.fate = Fate::in_procedure;
      return filing;
    }
    plan_validity(filing, institution_index, number, closed->plus_days(1));
    return filing;
  }

  void plan_validity(PlannedFiling& filing, std::uint64_t institution_index, std::size_t number,
                     Date filed) {
    filing.valid_from = filed;
    FilingEvent& event = add(filing, FilingEventKind::filed, filed);
    event.receipt =
        "示例备案回执" + padded(institution_index + 1, 6) + "-" + std::to_string(number + 1);
    event.valid_from = filed;
    event.valid_to = filed.plus_years(3);
    const Date last = event.valid_to;
    const Date reported = std::min(filed.plus_days(2), kAsOf);
    add(filing, FilingEventKind::reported, reported);
    add(filing, FilingEventKind::published, std::min(filed.plus_days(5), kAsOf));

    const Date after = std::min(filed.plus_days(6), kAsOf);
    filing.stopped = random_.day(after, kAsOf);
    switch (filing.fate) {
      case Fate::suspended:
        add(filing, FilingEventKind::suspended, filing.stopped).reason = "示例：质量督导整改";
        filing.effective = {{filed, filing.stopped.plus_days(-1)}};
        break;
      case Fate::resumed:
        filing.resumed = random_.day(filing.stopped, kAsOf);
        add(filing, FilingEventKind::suspended, filing.stopped).reason = "示例：质量督导整改";
        add(filing, FilingEventKind::resumed, filing.resumed);
        if (filing.resumed == filing.stopped) {
          filing.effective = {{filed, last}};
        } else {
          filing.effective = {{filed, filing.stopped.plus_days(-1)}, {filing.resumed, last}};
        }
        break;
      case Fate::revoked:
        add(filing, FilingEventKind::revoked, filing.stopped).reason = "示例：超备案范围开展评价";
        filing.effective = {{filed, filing.stopped.plus_days(-1)}};
        break;
      case Fate::cancelled:
        add(filing, FilingEventKind::cancelled, filing.stopped).reason = "示例：机构申请注销";
        filing.effective = {{filed, filing.stopped.plus_days(-1)}};
        break;
      case Fate::renewed: {
        FilingEvent& renewed = add(filing, FilingEventKind::renewed, filing.stopped);
        renewed.valid_from = last.plus_days(1);
        renewed.valid_to = last.plus_days(1).plus_years(3);
        filing.effective = {{filed, renewed.valid_to}};
        break;
      }
      case Fate::lasting:
      case Fate::in_procedure:
        filing.effective = {{filed, last}};
        break;
    }
  }

  void write_institution(std::uint64_t index) {
    PlannedInstitution planned{institution(index), {}};
    const std::size_t filings = random_.percent(15) ? 2 : 1;
    for (std::size_t i = 0; i < filings; ++i) planned.filings.push_back(plan_filing(index, i));

    PrivateFields internal = {{"contact", "测试联系人" + std::to_string(index + 1)},
                              {"contact_phone", "19900" + padded(index % 1'000'000, 6)},
                              {"head", "测试负责人" + std::to_string(index + 1)},
                              {"legal_representative", "测试法人" + std::to_string(index + 1)}};
    put(planned.institution, std::move(internal));
    for (PlannedFiling& filing : planned.filings) {
      for (FilingEvent& event : filing.events) {
        event.institution = planned.institution.credit_code;
        put(event);
      }
    }
    write_institution_truth(planned);
    planned_.push_back(std::move(planned));
  }

  void write_institution_truth(const PlannedInstitution& planned) {
    line_.clear();
    JsonWriter json(line_);
    json.begin_object().member("credit_code", planned.institution.credit_code.text());
    json.member("name", planned.institution.name)
        .member("region", planned.institution.region.text());
    json.key("offerings").begin_array();
    for (const PlannedFiling& filing : planned.filings) {
      for (const ScopeLine& line : filing.scope) {
        json.begin_object().member("filing", filing.id);
        json.member("occupation", line.occupation.text());
        json.member("occupation_name", line.occupation_name);
        json.optional_member("work_type", line.work_type).member("level", code(line.level));
        if (line.item) json.member("item", line.item->text());
        json.key("effective").begin_array();
        for (const Span& span : filing.effective) {
          if (span.last < span.first) continue;
          json.begin_array().string(span.first.text()).string(span.last.text()).end_array();
        }
        json.end_array().end_object();
      }
    }
    json.end_array().end_object();
    institutions_ << line_ << '\n';
  }

  // ---- certificates

  // Who issued it, for what, when, and whether that was right.
  struct Issue {
    const PlannedInstitution* issuer = nullptr;
    ScopeLine subject;
    Date on;
    bool authorized = false;
    std::string reason;
  };

  Issue issue() {
    for (int tries = 0; tries < 1000; ++tries) {
      const PlannedInstitution& issuer = random_.of(planned_);
      const PlannedFiling& filing = random_.of(issuer.filings);
      const bool is_entitled = random_.percent(94) || options_.clean;
      const auto drawn = is_entitled ? entitled(issuer, filing) : unentitled(issuer, filing);
      if (drawn) return *drawn;
    }
    return *entitled(planned_.front(), planned_.front().filings.front());
  }

  std::optional<Issue> entitled(const PlannedInstitution& issuer, const PlannedFiling& filing) {
    if (filing.effective.empty()) return std::nullopt;
    const Span& span = random_.of(filing.effective);
    const Date last = std::min(span.last, kAsOf);
    if (last < span.first) return std::nullopt;
    return Issue{&issuer, random_.of(filing.scope), random_.day(span.first, last), true,
                 "entitled"};
  }

  // Only where one filing decides, so that the reason is plain.
  std::optional<Issue> unentitled(const PlannedInstitution& issuer, const PlannedFiling& filing) {
    if (issuer.filings.size() != 1) return std::nullopt;
    Issue drawn{&issuer, random_.of(filing.scope), {}, false, {}};
    switch (random_.below(3)) {
      case 0: {  // before it was filed
        const Date last =
            filing.fate == Fate::in_procedure ? kAsOf : filing.valid_from.plus_days(-1);
        drawn.on = random_.day(filing.submitted, last);
        drawn.reason = "filing_in_procedure";
        return drawn;
      }
      case 1: {  // after it was stopped
        if (filing.fate == Fate::suspended) drawn.reason = "filing_suspended";
        if (filing.fate == Fate::revoked) drawn.reason = "filing_revoked";
        if (filing.fate == Fate::cancelled) drawn.reason = "filing_cancelled";
        if (drawn.reason.empty()) return std::nullopt;
        drawn.on = random_.day(filing.stopped, kAsOf);
        return drawn;
      }
      default: {  // for something else
        if (filing.effective.empty() ||
            filing.effective.front().last < filing.effective.front().first) {
          return std::nullopt;
        }
        const Span& span = filing.effective.front();
        drawn.on = random_.day(span.first, std::min(span.last, kAsOf));
        const CatalogItem& other = random_.of(items_);
        const bool covered =
            std::any_of(filing.scope.begin(), filing.scope.end(),
                        [&](const auto& line) { return line.occupation == other.occupation; });
        if (covered || !other.in_force(drawn.on)) return std::nullopt;
        drawn.subject = {other.occupation, other.occupation_name, other.work_type, other.level,
                         other.id};
        drawn.reason = "out_of_scope";
        return drawn;
      }
    }
  }

  std::string holder_name(std::uint64_t index) {
    switch (index % 50) {
      case 7:
        return "Sample Holder" + std::to_string(index);
      case 13:
        return "阿测·示例" + std::string(random_.of(kGivenNames));
      case 21:
        return std::string("测𠮷") + random_.of(kGivenNames);
      default:
        return std::string("测") + random_.of(kGivenNames) + random_.of(kGivenNames);
    }
  }

  Document document(std::uint64_t index) {
    if (index % 20 == 3) return {DocumentType::passport, "T" + padded(index, 8)};
    const Date born =
        random_.day(Date{sys_days{year{1960} / 1 / 1}}, Date{sys_days{year{2004} / 12 / 31}});
    std::string digits = "999999" + born.text().substr(0, 4) + born.text().substr(5, 2) +
                         born.text().substr(8, 2) + padded(index % 1000, 3);
    digits.push_back(*id_check_digit(digits));
    return {DocumentType::resident_id, digits};
  }

  std::string certificate_number(std::uint64_t index, const Issue& issued) {
    if (index % 40 == 11) return padded(9'900'000'000'000'000 + index, 16);  // the older form
    if (index % 40 == 17) return "DEMO-" + padded(index, 8);
    const auto serial = static_cast<std::uint64_t>(issued.issuer - planned_.data()) + 1;
    const std::string year = issued.on.text().substr(2, 2);
    const std::string digit(
        issued.subject.level == SkillLevel::apprentice ? "5" : code(issued.subject.level));
    // Serials count up within institution, year and level, as real ones do.
    const std::string stem = "S000031" + padded(serial, 6) + year + digit;
    const std::uint32_t count = ++serials_[stem];
    if (count > 999'999) return "DEMO-" + padded(index, 8);
    return stem + padded(count, 6);
  }

  // What becomes of a certificate, and the day.
  std::pair<CertificateEventKind, Date> certificate_fate(Date issued_on) {
    const Date on = random_.day(issued_on, kAsOf);
    const std::uint64_t drawn = random_.below(200);
    if (drawn < 6) return {CertificateEventKind::corrected, on};
    if (drawn < 10) return {CertificateEventKind::reissued, on};
    if (drawn < 13) return {CertificateEventKind::revoked, on};
    if (drawn < 15) return {CertificateEventKind::cancelled, on};
    if (drawn < 17) return {CertificateEventKind::erased, on};
    return {CertificateEventKind::issued, on};
  }

  void write_certificate(std::uint64_t index) {
    const Issue issued = issue();
    CertificateSecrets secrets;
    secrets.number = certificate_number(index, issued);
    secrets.holder_name = holder_name(index);
    secrets.document = document(index);
    if (issued.subject.item)
      secrets.original_certificate = "DEMO-ORIGINAL-" + std::to_string(index);
    CertificateFacts facts;
    facts.issuer = issued.issuer->institution.credit_code;
    facts.item = issued.subject.item;
    facts.occupation = issued.subject.occupation;
    facts.occupation_name = issued.subject.occupation_name;
    facts.work_type = issued.subject.work_type;
    facts.level = issued.subject.level;
    facts.issued_on = issued.on;
    const std::string actor = "institution:" + std::string(facts.issuer.text());
    put(facts, to_private_fields(secrets), actor);

    const auto [kind, on] = certificate_fate(issued.on);
    std::string wrong_name = secrets.holder_name + "误";
    if (kind != CertificateEventKind::issued) {
      CertificateEvent event;
      event.kind = kind;
      event.on = on;
      PrivateFields named = {{"certificate_number", secrets.number}};
      if (kind == CertificateEventKind::revoked || kind == CertificateEventKind::cancelled) {
        event.reason = "示例";
      }
      if (kind == CertificateEventKind::corrected) {
        wrong_name = secrets.holder_name;  // what it was before the correction no longer matches
        secrets.holder_name += "正";
        event.facts = facts;
        named = to_private_fields(secrets);
      }
      put(event, std::move(named), actor);
    }
    write_truth(index, issued, secrets, kind, wrong_name);
  }

  void write_truth(std::uint64_t index, const Issue& issued, const CertificateSecrets& secrets,
                   CertificateEventKind kind, const std::string& wrong_name) {
    line_.clear();
    JsonWriter json(line_);
    json.begin_object()
        .member("certificate_number", secrets.number)
        .member("holder_name", secrets.holder_name)
        .member("document_type", code(secrets.document.type))
        .member("document_number", secrets.document.number)
        .member("status", kind == CertificateEventKind::issued ? "valid" : code(kind))
        .member("issuer", issued.issuer->institution.credit_code.text())
        .member("issued_on", issued.on.text())
        .member("occupation", issued.subject.occupation.text())
        .member("level", code(issued.subject.level));
    if (issued.subject.item) json.member("item", issued.subject.item->text());
    json.key("issuer_authorized").boolean(issued.authorized);
    std::string wrong_document = secrets.document.number;
    wrong_document[wrong_document.size() - 2] =
        wrong_document[wrong_document.size() - 2] == '1' ? '2' : '1';
    json.member("authorization_reason", issued.reason)
        .member("wrong_holder_name", wrong_name)
        .member("wrong_document_number", wrong_document)
        .member("unknown_certificate_number", "S000031999999" + padded(index % 1'000'000'000, 9))
        .end_object();
    truth_ << line_ << '\n';
  }

  const DemoOptions& options_;
  const std::function<void(std::uint64_t, std::uint64_t)>& progress_;
  Random random_;
  std::ofstream registry_;
  std::ofstream truth_;
  std::ofstream institutions_;
  std::string line_;
  std::vector<CatalogItem> items_;
  std::vector<Occupation> occupations_;
  WorkdayCalendar calendar_;
  std::vector<PlannedInstitution> planned_;
  std::unordered_map<std::string, std::uint32_t> serials_;
};

}  // namespace

Result<void> write_demo(
    const DemoOptions& options,
    const std::function<void(std::uint64_t done, std::uint64_t all)>& progress) {
  return Demo(options, progress).write();
}

}  // namespace chayan::commands
