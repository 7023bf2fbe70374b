// The index against a model: random changes, and after each batch every question is answered twice,
// by the index and by going through everything that was recorded with the rules of the domain. At
// the end `check` re-derives every row.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

#include "base/limits.h"
#include "base/text.h"
#include "domain/rules.h"
#include "index/rebuild.h"
#include "tests/support/registry.h"

namespace chayan::index {
namespace {

using test::credit;
using test::day;
using test::Registry;

struct ModelCertificate {
  std::string holder;
  std::string document;
  CreditCode issuer;
  Date issued_on;
  std::vector<CertificateEventKind> history;
};

struct Model {
  std::map<CreditCode, InstitutionRecord> institutions;
  std::map<std::string, ModelCertificate> certificates;  // erased ones are gone
};

class ModelTest : public testing::Test {
 protected:
  static constexpr int kInstitutions = 12;
  static inline const Date kToday = day("2026-11-02");

  ModelTest() {
    const char* given = std::getenv("CHAYAN_TEST_SEED");
    seed_ = given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                             : std::random_device{}();
    random_.seed(seed_);
    registry_.write(test::official_changes());
    for (const Change& change : test::official_changes()) {
      if (const auto* item = std::get_if<CatalogItem>(&change.body)) items_.push_back(*item);
    }
  }

  std::uint32_t below(std::uint32_t bound) { return random_() % bound; }
  template <typename T>
  const T& one_of(const std::vector<T>& all) {
    return all[below(static_cast<std::uint32_t>(all.size()))];
  }

  // ---- random changes; a refused one must leave no trace, so the model follows only what was
  // accepted

  Change random_institution() {
    static const std::vector<std::string> kNames = {"上海示例养老培训学校", "上海浦东示例技能中心",
                                                    "示例楼宇协会", "上海示例艺术涂装学院"};
    static const std::vector<std::string> kRegions = {"310115", "310101", "310000", "320100"};
    return test::put_institution(credit(static_cast<int>(below(kInstitutions)) + 1),
                                 one_of(kNames) + std::to_string(below(3)), one_of(kRegions));
  }

  std::vector<Change> random_filing() {
    std::vector<ScopeLine> scope;
    for (std::uint32_t n = below(3) + 1; n > 0; --n) {
      const CatalogItem& item = one_of(items_);
      scope.push_back(below(4) == 0 ? test::plain_line(item.occupation.text(), item.level)
                                    : test::item_line(item.id.text()));
    }
    const std::string id = "F-" + std::to_string(below(60));
    const CreditCode code = credit(static_cast<int>(below(kInstitutions)) + 1);
    auto changes = test::filing_until_filed(
        code, id, day("2026-03-02").plus_days(static_cast<int>(below(200))), scope);
    changes.resize(below(4) == 0 ? below(5) + 1 : changes.size());
    return changes;
  }

  Change random_filing_event() {
    static const std::vector<FilingEventKind> kKinds = {
        FilingEventKind::suspended, FilingEventKind::resumed,  FilingEventKind::revoked,
        FilingEventKind::cancelled, FilingEventKind::reported, FilingEventKind::published};
    return test::filing_event(credit(static_cast<int>(below(kInstitutions)) + 1),
                              "F-" + std::to_string(below(60)), one_of(kKinds),
                              kToday.plus_days(-static_cast<int>(below(60))));
  }

  std::string random_number() { return "DEMO-" + std::to_string(below(80)); }

  Change random_certificate_change() {
    const std::string number = random_number();
    const std::string salt = std::to_string(below(1000) + 100'000);
    const Date on = kToday.plus_days(-static_cast<int>(below(30)));
    switch (below(6)) {
      case 0:
        return test::correct(number, on, "测试更正" + salt, "T2" + salt);
      case 1:
        return test::certificate_event(CertificateEventKind::reissued, number, on);
      case 2:
        return test::certificate_event(CertificateEventKind::revoked, number, on);
      case 3:
        return test::certificate_event(CertificateEventKind::erased, number, on);
      default:
        return test::issue(credit(static_cast<int>(below(kInstitutions)) + 1),
                           one_of(items_).id.text(),
                           kToday.plus_days(-static_cast<int>(below(200)) - 30), number,
                           "测试" + salt, "T1" + salt);
    }
  }

  std::vector<Change> random_batch() {
    std::vector<Change> changes;
    for (std::uint32_t n = below(4) + 1; n > 0; --n) {
      switch (below(4)) {
        case 0:
          changes.push_back(random_institution());
          break;
        case 1: {
          auto filing = random_filing();
          std::move(filing.begin(), filing.end(), std::back_inserter(changes));
          break;
        }
        case 2:
          changes.push_back(random_filing_event());
          break;
        default:
          changes.push_back(random_certificate_change());
          break;
      }
    }
    return changes;
  }

  // ---- the model

  void apply(const Change& change) {
    if (const auto* institution = std::get_if<Institution>(&change.body)) {
      model_.institutions[institution->credit_code].institution = *institution;
    } else if (const auto* event = std::get_if<FilingEvent>(&change.body)) {
      auto& filings = model_.institutions[event->institution].filings;
      auto filing = std::find_if(filings.begin(), filings.end(),
                                 [&](const Filing& f) { return f.id == event->filing; });
      if (filing == filings.end()) {
        filings.push_back({event->filing, event->institution, {}});
        filing = std::prev(filings.end());
      }
      filing->events.push_back({completed(*event), 0});
    } else if (const auto* facts = std::get_if<CertificateFacts>(&change.body)) {
      const CertificateSecrets secrets = certificate_secrets(change.secrets).value();
      model_.certificates[secrets.number] = {secrets.holder_name,
                                             secrets.document.number,
                                             facts->issuer,
                                             facts->issued_on,
                                             {CertificateEventKind::issued}};
    } else if (const auto* later = std::get_if<CertificateEvent>(&change.body)) {
      const std::string& number = change.secrets.at("certificate_number");
      if (later->kind == CertificateEventKind::erased) {
        model_.certificates.erase(number);
        return;
      }
      ModelCertificate& certificate = model_.certificates.at(number);
      certificate.history.push_back(later->kind);
      if (change.secrets.contains("holder_name")) {
        certificate.holder = change.secrets.at("holder_name");
        certificate.document = change.secrets.at("document_number");
      }
    }
  }

  const CatalogItem& item_of(const CatalogItemId& id) const {
    return *std::find_if(items_.begin(), items_.end(),
                         [&](const CatalogItem& item) { return item.id == id; });
  }

  FilingEvent completed(FilingEvent event) const {
    for (ScopeLine& line : event.scope) {
      if (!line.item) continue;
      const CatalogItem* item = &item_of(*line.item);
      line.occupation = item->occupation;
      line.work_type = item->work_type;
      line.level = item->level;
    }
    return event;
  }

  // ---- the questions

  bool matches(const Filing& filing, const ScopeLine& line, const OfferingQuery& query) const {
    const FilingState state = state_on(filing, query.on);
    if (state == FilingState::unknown || (!query.any_state && state != query.state)) return false;
    return (!query.occupation || line.occupation == *query.occupation) &&
           (!query.level || line.level == *query.level) &&
           (query.work_type.empty() || line.work_type.empty() ||
            line.work_type == query.work_type) &&
           (!query.item || covers(line, item_of(*query.item))) &&
           (!query.list || (line.item && line.item->list == *query.list));
  }

  bool found_by_text(const InstitutionRecord& record, const std::string& text) const {
    const auto holds = [&](const std::string& name) {
      const auto keys = search_keys(name);
      return std::any_of(keys.begin(), keys.end(),
                         [&](const std::string& key) { return key.starts_with(match_form(text)); });
    };
    if (holds(record.institution.name)) return true;
    for (const Filing& filing : record.filings) {
      for (const ScopeLine& line : filing.scope()) {
        if (holds(line.work_type)) return true;
        const auto named = std::find_if(items_.begin(), items_.end(), [&](const CatalogItem& i) {
          return i.occupation == line.occupation;
        });
        if (holds(named->occupation_name)) return true;
      }
    }
    return false;
  }

  std::set<CreditCode> expected(const OfferingQuery& query) const {
    std::set<CreditCode> codes;
    for (const auto& [code, record] : model_.institutions) {
      if (!record.institution.region.text().starts_with(query.region.prefix())) continue;
      if (!query.text.empty() && !found_by_text(record, query.text)) continue;
      for (const Filing& filing : record.filings) {
        for (const ScopeLine& line : filing.scope()) {
          if (matches(filing, line, query)) codes.insert(code);
        }
      }
    }
    return codes;
  }

  // All pages; an institution that came twice is a failure.
  std::set<CreditCode> listed(const Reader& reader, const OfferingQuery& query, std::size_t limit) {
    std::set<CreditCode> codes;
    std::string position;
    do {
      const OfferingPage page = reader.offerings(query, limit, position).value();
      EXPECT_LE(page.institutions.size(), limit);
      for (const ListedInstitution& institution : page.institutions) {
        const std::string& json = institution.record.institution_json;
        const std::size_t at = json.find("\"credit_code\":\"") + 15;
        EXPECT_TRUE(codes.insert(credit(json.substr(at, CreditCode::kLength))).second) << json;
      }
      position = page.next_position;
    } while (!position.empty());
    return codes;
  }

  OfferingQuery random_query() {
    static const std::vector<std::string> kTexts = {"养老", "yanglao", "ylhly", "示例",    "knx",
                                                    "上海", "艺术",    "l",     "zhineng", "没有"};
    static const std::vector<std::string> kRegions = {"310115", "310000", "320000", "310101"};
    OfferingQuery query;
    const CatalogItem& item = one_of(items_);
    query.on = kToday.plus_days(static_cast<int>(below(1400)) - 250);
    if (below(2) == 0) query.occupation = item.occupation;
    if (below(2) == 0) query.level = item.level;
    if (below(4) == 0) query.work_type = item.work_type;
    if (below(4) == 0) query.item = item.id;
    if (below(4) == 0) query.list = item.id.list;
    if (below(3) == 0) query.region = RegionCode::parse(one_of(kRegions)).value();
    if (below(3) == 0) query.text = one_of(kTexts);
    if (below(3) == 0) query.any_state = true;
    if (below(3) == 0) query.state = static_cast<FilingState>(below(8));
    return query;
  }

  void compare() {
    const Reader reader = registry_.reader();
    for (int i = 0; i < 12; ++i) {
      const OfferingQuery query = random_query();
      EXPECT_EQ(listed(reader, query, below(4) + 1), expected(query))
          << "on " << query.on.text() << " text " << query.text;
    }
    for (const auto& [code, record] : model_.institutions) {
      const auto recorded = reader.institution(code).value();
      ASSERT_TRUE(recorded);
      EXPECT_EQ(recorded->institution, record.institution);
      ASSERT_EQ(recorded->filings.size(), record.filings.size());
    }
    for (int i = 0; i < 80; ++i) compare_certificate(reader, "DEMO-" + std::to_string(i));
  }

  void compare_certificate(const Reader& reader, const std::string& number) {
    const auto recorded = reader.certificate(CertificateNumber::parse(number).value()).value();
    const auto model = model_.certificates.find(number);
    ASSERT_EQ(recorded.has_value(), model != model_.certificates.end()) << number;
    if (!recorded) return;
    EXPECT_EQ(recorded->secrets.holder_name, model->second.holder);
    EXPECT_EQ(recorded->secrets.document.number, model->second.document);
    EXPECT_EQ(recorded->facts.issuer, model->second.issuer);
    EXPECT_EQ(recorded->first_issued_on, model->second.issued_on);
    ASSERT_EQ(recorded->history.size(), model->second.history.size());
    for (std::size_t i = 0; i < recorded->history.size(); ++i) {
      EXPECT_EQ(recorded->history[i].kind, model->second.history[i]);
    }
  }

  Registry registry_;
  std::vector<CatalogItem> items_;
  Model model_;
  std::mt19937 random_;
  unsigned seed_ = 0;
};

TEST_F(ModelTest, AnswersAsTheModelDoesUnderRandomChanges) {
  SCOPED_TRACE("CHAYAN_TEST_SEED=" + std::to_string(seed_));
  for (int n = 1; n <= kInstitutions / 2; ++n) {
    const Change put = test::put_institution(credit(n), "上海示例技能学校" + std::to_string(n));
    registry_.write(put);
    apply(put);
  }
  int accepted = 0;
  for (int step = 0; step < 400 && !HasFailure(); ++step) {
    const std::vector<Change> batch = random_batch();
    const Head before = registry_.reader().head().value();
    const BatchOutcome outcome = registry_.submit(batch);
    ASSERT_FALSE(outcome.failure) << outcome.failure->message.en;
    if (outcome.receipt) {
      ++accepted;
      for (const Change& change : batch) apply(change);
    } else {
      EXPECT_EQ(registry_.reader().head().value(), before);
    }
    if (step % 10 == 9) compare();
    if (step % 100 == 99) {  // what is on disk is what was in memory
      registry_.close();
      ASSERT_TRUE(registry_.open());
      compare();
    }
  }
  EXPECT_GT(accepted, 30);
  const CheckReport report = check(registry_.store(), [](auto, auto) {}).value();
  for (const std::string& fault : report.faults) ADD_FAILURE() << fault;
}

}  // namespace
}  // namespace chayan::index
