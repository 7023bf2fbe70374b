#include "commands/quota_ledger.h"

#include <algorithm>
#include <chrono>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "commands/small_file.h"
#include "domain/date.h"

namespace chayan::commands {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr SmallFileKind kKind = {"quota file", "额度文件", limits::kCredentialFileBytesMax};

std::chrono::seconds until_next_day(std::chrono::system_clock::time_point now) {
  using namespace std::chrono;
  const auto shanghai = floor<seconds>(now.time_since_epoch() + hours(8));
  return ceil<days>(shanghai + seconds(1)) - shanghai;
}

}  // namespace

Result<std::unique_ptr<QuotaLedger>> QuotaLedger::open(std::string path, const Clock& clock) {
  std::unique_ptr<QuotaLedger> ledger(new QuotaLedger(std::move(path), clock));
  if (const auto read = ledger->read(); !read) return read.error();
  return ledger;
}

QuotaLedger::~QuotaLedger() {
  if (counts_.empty()) return;
  static_cast<void>(write(&Count::asked));  // failed: the file still covers it
}

Result<void> QuotaLedger::read() {
  const auto text = read_small_file(path_, kKind);
  if (!text) return text.error();
  if (!*text) return {};
  JsonParser parser;
  auto object = parser.parse_object(**text);
  if (object && object->integer("version") == kVersion) {
    const auto day = Date::parse(object->string("day"));
    auto rows = object->optional_object("rows");
    if (day && rows) {
      day_ = day->days();
      for (const std::string_view id : rows->names()) {
        const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(0, rows->integer(id)));
        counts_.emplace(id, Count{count, count});
      }
      if (rows->finish() && object->finish()) return {};
    }
  }
  return corrupt("The quota file " + path_ +
                 " does not parse; remove it to begin today's counts anew.");
}

// A clock that was set back begins no day anew.
void QuotaLedger::begin_day(int day) {
  if (day <= day_) return;
  day_ = day;
  counts_.clear();
}

Result<void> QuotaLedger::write(std::uint64_t Count::*rows) const {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("day", Date::from_days(day_).text()).key("rows").begin_object();
  for (const auto& [id, count] : counts_) json.member(id, static_cast<std::int64_t>(count.*rows));
  json.end_object().member("version", kVersion).end_object();
  text.push_back('\n');
  return replace_small_file(path_, kKind, text);
}

Result<api::QuotaStanding> QuotaLedger::spend(const api::Employer& employer, std::uint64_t rows) {
  const auto now = clock_.now();
  const std::lock_guard lock(mutex_);
  begin_day(shanghai_day(now));
  Count& count = counts_[employer.credential];
  const std::uint64_t limit = employer.rows_per_day;
  api::QuotaStanding standing{false, limit, limit - std::min(limit, count.asked),
                              until_next_day(now)};
  if (rows > standing.left) return standing;
  const Count before = count;
  count.asked += rows;
  if (count.asked > count.covered) {
    count.covered = std::max(count.asked, std::min(limit, count.asked + limits::kQuotaBlockRows));
    if (auto written = write(&Count::covered); !written) {
      count = before;
      return written.error();
    }
  }
  standing.granted = true;
  standing.left -= rows;
  return standing;
}

}  // namespace chayan::commands
