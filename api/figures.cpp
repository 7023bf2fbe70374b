#include "api/figures.h"

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "domain/rules.h"

namespace chayan::api {
namespace {

constexpr std::size_t kMonthBytes = 7;  // "2026-07"

std::string month_of(Date day) {
  return day.text().substr(0, kMonthBytes);
}

class Counter {
 public:
  Counter(const index::Reader& reader, Figures& figures) : reader_(reader), figures_(figures) {}

  Result<bool> add(const index::InstitutionRecord& record) {
    ++figures_.institutions;
    std::set<OccupationCode> offered;
    bool is_effective_now = false;
    for (const Filing& filing : record.filings) {
      count_grants(filing);
      if (!is_effective(filing, figures_.on)) continue;
      is_effective_now = true;
      ++figures_.effective_filings;
      if (auto read = offer(filing, offered); !read) return read.error();
    }
    if (is_effective_now) ++figures_.effective_institutions;
    for (const OccupationCode& code : offered) ++by_occupation_[code];
    return true;
  }

  std::uint64_t count(const OccupationCode& code) const {
    const auto found = by_occupation_.find(code);
    return found == by_occupation_.end() ? 0 : found->second;
  }

 private:
  void count_grants(const Filing& filing) {
    for (const RecordedFilingEvent& recorded : filing.events) {
      const FilingEvent& event = recorded.event;
      const bool grants =
          event.kind == FilingEventKind::filed || event.kind == FilingEventKind::renewed;
      if (grants && event.on <= figures_.on) ++figures_.filings[month_of(event.on)];
    }
  }

  Result<void> offer(const Filing& filing, std::set<OccupationCode>& offered) {
    for (const ScopeLine& line : filing.scope()) {
      if (line.item && !catalog_.contains(*line.item)) {
        auto versions = reader_.catalog_versions(*line.item);
        if (!versions) return versions.error();
        catalog_[*line.item] = std::move(*versions);
      }
      if (const auto counted = line_on(line, catalog_, figures_.on)) {
        offered.insert(counted->occupation);
      }
    }
    return {};
  }

  const index::Reader& reader_;
  Figures& figures_;
  CatalogVersions catalog_;
  std::map<OccupationCode, std::uint64_t> by_occupation_;
};

Result<Figures> count(const index::Reader& reader, Date on) {
  Figures figures;
  const auto head = reader.head();
  if (!head) return head.error();
  figures.seq = head->size;
  figures.on = on;
  const auto items = reader.catalog_on(on);
  if (!items) return items.error();
  figures.catalog_items = items->size();
  Counter counter(reader, figures);
  const auto walked = reader.each_institution(
      [&](const index::InstitutionRecord& record) { return counter.add(record); });
  if (!walked) return walked.error();
  auto occupations = reader.occupations();
  if (!occupations) return occupations.error();
  for (Occupation& occupation : *occupations) {
    const std::uint64_t institutions = counter.count(occupation.code);
    figures.by_occupation.push_back({std::move(occupation), institutions});
  }
  std::stable_sort(figures.by_occupation.begin(), figures.by_occupation.end(),
                   [](const auto& a, const auto& b) { return a.institutions > b.institutions; });
  return figures;
}

}  // namespace

std::string_view month_of_issue(std::string_view entry) {
  constexpr std::string_view kIssued = R"("kind":"certificate.issued")";
  constexpr std::string_view kIssuedOn = R"("issued_on":")";
  if (entry.find(kIssued) == std::string_view::npos) return {};
  const std::size_t at = entry.find(kIssuedOn);
  return at == std::string_view::npos ? std::string_view()
                                      : entry.substr(at + kIssuedOn.size(), kMonthBytes);
}

Result<void> FigureShelf::count_certificates(const index::Reader& reader) {
  std::size_t left = limits::kCountedEntriesMax;
  return reader.each_entry(counted_, [&](std::uint64_t seq, std::string_view entry) {
    const std::string_view month = month_of_issue(entry);
    if (!month.empty()) ++certificates_[std::string(month)];
    counted_ = seq + 1;
    return --left > 0;
  });
}

Result<std::shared_ptr<const Figures>> FigureShelf::find(const index::Reader& reader, Date on) {
  const auto head = reader.head();
  if (!head) return head.error();
  const auto now = clock_.now();
  const auto current = [&]() -> std::shared_ptr<const Figures> {
    const std::lock_guard lock(mutex_);
    if (!figures_ || figures_->on != on) return nullptr;
    const bool is_whole = figures_->seq == head->size && figures_->counted >= head->size;
    return is_whole || now < at_ + limits::kFiguresFresh ? figures_ : nullptr;
  };
  if (auto kept = current()) return kept;
  std::unique_lock counting(counting_, std::try_to_lock);
  if (!counting) {
    const std::lock_guard lock(mutex_);
    if (figures_ && figures_->on == on) return figures_;
  }
  if (!counting) counting.lock();
  if (auto kept = current()) return kept;
  auto figures = count(reader, on);
  if (!figures) return figures.error();
  if (auto counted = count_certificates(reader); !counted) return counted.error();
  figures->certificates = certificates_;
  figures->counted = counted_;
  auto made = std::make_shared<const Figures>(std::move(*figures));
  const std::lock_guard lock(mutex_);
  figures_ = made;
  at_ = now;
  return made;
}

}  // namespace chayan::api
