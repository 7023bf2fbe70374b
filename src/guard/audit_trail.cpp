#include "guard/audit_trail.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <system_error>

#include "base/file.h"
#include "crypto/digest.h"
#include "crypto/keyed_index.h"

namespace chayan::guard {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::string_view kNumberLabel = "number";  // as audit_number() has it

// Text of a bounded length in place: a queue of these allocates nothing for each.
template <std::size_t N>
class Short {
 public:
  explicit Short(std::string_view text) : size_(std::min(text.size(), N)) {
    std::copy_n(text.begin(), size_, bytes_.begin());
  }
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, N> bytes_;
  std::size_t size_;
};

Error system_error(const char* doing, const std::string& path) {
  return io_error(std::string("Cannot ") + doing + " the audit trail " + path + ": " +
                  std::generic_category().message(errno) + ".");
}

std::string hash_of(std::string_view line) {
  return to_hex(view(crypto::sha256(line)));
}

// Where a file of lines ends.
struct Tail {
  std::string last_hash;  // of the last whole line; empty: there is none
  bool torn = false;      // bytes without a newline stand behind it
};

Result<Tail> read_tail(const OpenFile& file, const std::string& path) {
  struct stat status {};
  if (::fstat(file.descriptor(), &status) != 0) return system_error("look at", path);
  constexpr off_t kWindow = 4 * static_cast<off_t>(limits::kAuditLineBytesMax);
  const off_t from = std::max<off_t>(0, status.st_size - kWindow);
  std::string bytes(static_cast<std::size_t>(status.st_size - from), '\0');
  if (::pread(file.descriptor(), bytes.data(), bytes.size(), from) !=
      static_cast<ssize_t>(bytes.size())) {
    return system_error("read", path);
  }
  Tail tail;
  const std::size_t end = bytes.rfind('\n');
  tail.torn = !bytes.empty() && end != bytes.size() - 1;
  if (end == std::string::npos) return tail;
  const std::size_t before = end == 0 ? std::string::npos : bytes.rfind('\n', end - 1);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  tail.last_hash = hash_of(std::string_view(bytes).substr(begin, end - begin));
  return tail;
}

}  // namespace

struct AuditTrail::Item {
  AuditKind kind;
  Outcome outcome;
  std::chrono::system_clock::time_point time;
  Network client;
  Short<32> credential;
  Short<limits::kCertificateNumberBytesMax> number;
  std::optional<std::uint64_t> seq;
  std::uint64_t microseconds;
};

struct AuditTrail::Queue {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t max = 0;
  std::vector<Item> items;
  std::uint64_t lost = 0;  // since the last taking
  std::uint64_t recorded = 0;
  std::uint64_t settled = 0;  // written or counted as lost
  bool flushing = false;
  bool stopping = false;
};

// The files and the chain; the trail's thread alone.
class AuditTrail::Writer {
 public:
  Writer(AuditOptions options, const crypto::SuiteKey& audit_key, const Clock& clock)
      : options_(std::move(options)),
        folder_(options_.folder),
        audit_key_(audit_key),
        clock_(clock) {}

  const Clock& clock() const { return clock_; }

  Result<void> start() {
    if (auto made = folder_.make(); !made) return made;
    return open(shanghai_day(clock_.now()));
  }

  // Writes all of it, or says why not: then at most all of it is missing.
  Result<void> append(const std::vector<Item>& items, std::uint64_t lost) {
    std::string& text = text_;
    text.clear();
    if (!file_) {
      if (auto opened = open(shanghai_day(clock_.now())); !opened) return opened;
    }
    if (lost > 0) {
      AuditLine line;
      line.kind = AuditKind::lost;
      line.count = lost;
      add(line, clock_.now(), text);
    }
    for (const Item& item : items) {
      if (const DayNumber day = shanghai_day(item.time); day > day_) {
        if (auto written = write(text); !written) return written;
        text.clear();
        if (auto opened = open(day); !opened) return opened;
      }
      add(item, text);
    }
    return write(text);
  }

  bool is_dirty() const { return dirty_; }
  SteadyClock::time_point sync_due() const { return synced_at_ + limits::kAuditSyncEvery; }
  Result<void> sync_now() {
    synced_at_ = SteadyClock::now();
    if (!dirty_ || !file_) return {};
    if (!sync(*file_)) return give_up(system_error("sync", folder_.lines_path(day_)));
    dirty_ = false;
    return {};
  }

 private:
  // Goes on with the file of `day`, or begins it.
  Result<void> open(DayNumber day) {
    if (auto synced = sync_now(); !synced) return synced;
    file_.reset();
    const DayNumber first_kept = day - options_.retention_days;
    if (auto destroyed = folder_.destroy_before(first_kept); !destroyed) return destroyed;
    const auto key = folder_.make_key(audit_key_, day);
    if (!key) return key.error();
    key_ = std::make_unique<crypto::KeyedIndex>(*key);

    const std::string path = folder_.lines_path(day);
    OpenFile file(path, O_RDWR | O_CREAT | O_APPEND, 0600);
    if (!file.is_open()) return system_error("open", path);
    const auto tail = read_tail(file, path);
    if (!tail) return tail.error();
    std::string text;
    if (tail->last_hash.empty()) {
      // Empty, or cut within its first line: nobody is on record in it.
      if (::ftruncate(file.descriptor(), 0) != 0) return system_error("begin", path);
      if (!sync_directory(options_.folder)) return system_error("sync", options_.folder);
      if (auto begun = begin(day, text); !begun) return begun;
    } else {
      go_on(*tail, text);
    }
    day_ = day;
    file_.emplace(std::move(file));
    return write(text);
  }

  Result<void> begin(DayNumber day, std::string& text) {
    AuditLine line;
    line.kind = AuditKind::day;
    const auto days = folder_.days();
    if (!days) return days.error();
    const auto next = std::lower_bound(days->begin(), days->end(), day);
    last_hash_ = std::string(64, '0');
    if (next != days->begin()) {
      const DayNumber before = *std::prev(next);
      const std::string path = folder_.lines_path(before);
      const OpenFile file(path, O_RDONLY);
      if (!file.is_open()) return system_error("open", path);
      const auto tail = read_tail(file, path);
      if (!tail) return tail.error();
      if (!tail->last_hash.empty()) last_hash_ = tail->last_hash;
      line.after = day_text(before);
    }
    add(line, clock_.now(), text);
    return {};
  }

  void go_on(const Tail& tail, std::string& text) {
    last_hash_ = tail.last_hash;
    if (tail.torn) text.push_back('\n');
    AuditLine line;
    line.kind = AuditKind::started;
    line.torn = tail.torn;
    add(line, clock_.now(), text);
  }

  void add(const Item& item, std::string& text) {
    const crypto::RowKey mac = key_->mac(kNumberLabel, item.number.view());
    AuditLine line;
    line.kind = item.kind;
    line.number = to_hex({mac.data(), mac.size()});
    line.client = item.client.text();
    line.credential = item.credential.view();
    line.outcome = item.outcome;
    line.seq = item.seq;
    line.microseconds = item.microseconds;
    add(line, item.time, text);
  }

  void add(AuditLine& line, std::chrono::system_clock::time_point time, std::string& text) {
    line.prev = last_hash_;
    line.time = rfc3339_utc_milliseconds(time);
    const std::size_t begin = text.size();
    render(line, text);
    last_hash_ = hash_of(std::string_view(text).substr(begin));
    text.push_back('\n');
  }

  Result<void> write(std::string_view text) {
    if (text.empty()) return {};
    dirty_ = true;
    if (!write_all(*file_, text)) return give_up(system_error("write", folder_.lines_path(day_)));
    return {};
  }

  // What stands on the disk is not known any more: the next append opens the file anew and reads.
  Error give_up(Error error) {
    file_.reset();
    dirty_ = false;
    return error;
  }

  const AuditOptions options_;
  const AuditFolder folder_;
  const crypto::SuiteKey audit_key_;
  const Clock& clock_;
  std::optional<OpenFile> file_;
  DayNumber day_ = 0;
  std::unique_ptr<crypto::KeyedIndex> key_;
  std::string last_hash_;
  std::string text_;  // of append, whose room is used again: fresh pages for each write cost more
                      // than the writing
  bool dirty_ = false;
  SteadyClock::time_point synced_at_ = SteadyClock::now();
};

Result<std::unique_ptr<AuditTrail>> AuditTrail::open(const AuditOptions& options,
                                                     const crypto::SuiteKey& audit_key,
                                                     const Clock& clock,
                                                     std::function<void(const Error&)> report) {
  auto writer = std::make_unique<Writer>(options, audit_key, clock);
  if (auto started = writer->start(); !started) return started.error();
  return std::unique_ptr<AuditTrail>(
      new AuditTrail(options.queue_max, std::move(writer), std::move(report)));
}

AuditTrail::AuditTrail(std::size_t queue_max, std::unique_ptr<Writer> writer,
                       std::function<void(const Error&)> report)
    : queue_(std::make_unique<Queue>()), writer_(std::move(writer)), report_(std::move(report)) {
  queue_->max = queue_max;
  thread_ = std::thread([this] { run(); });
}

AuditTrail::~AuditTrail() {
  {
    const std::lock_guard lock(queue_->mutex);
    queue_->stopping = true;
  }
  queue_->changed.notify_all();
  thread_.join();
}

void AuditTrail::record(const Question& question) {
  using std::chrono::microseconds;
  const auto took = std::chrono::duration_cast<microseconds>(question.duration).count();
  const Item item{question.kind,
                  question.outcome,
                  writer_->clock().now(),
                  question.caller.client,
                  Short<32>(question.caller.credential),
                  Short<limits::kCertificateNumberBytesMax>(question.number),
                  question.seq,
                  static_cast<std::uint64_t>(std::max<std::int64_t>(took, 0))};
  Queue& queue = *queue_;
  bool is_first = false;
  {
    const std::lock_guard lock(queue.mutex);
    ++queue.recorded;
    is_first = queue.items.empty() && queue.lost == 0;
    if (queue.items.size() < queue.max) {
      queue.items.push_back(item);
    } else {
      ++queue.lost;
      ++lost_;
    }
  }
  if (is_first) queue.changed.notify_all();
}

void AuditTrail::flush() {
  std::unique_lock lock(queue_->mutex);
  const std::uint64_t wanted = queue_->recorded;
  queue_->flushing = true;
  queue_->changed.notify_all();
  queue_->changed.wait(lock, [&] { return queue_->settled >= wanted; });
}

void AuditTrail::run() {
  Queue& queue = *queue_;
  std::vector<Item> items;
  std::uint64_t lost = 0;  // not yet told in the chain
  for (bool stopping = false; !stopping;) {
    {
      std::unique_lock lock(queue.mutex);
      const auto has_news = [&] {
        return queue.stopping || queue.flushing || !queue.items.empty() || queue.lost > 0;
      };
      if (writer_->is_dirty()) {
        queue.changed.wait_until(lock, writer_->sync_due(), has_news);
      } else {
        queue.changed.wait(lock, has_news);
      }
      // Others ask in the meantime, and one write takes them all.
      queue.changed.wait_for(lock, limits::kAuditGather,
                             [&] { return queue.stopping || queue.flushing; });
      items.clear();
      std::swap(items, queue.items);
      lost += std::exchange(queue.lost, 0);
      queue.flushing = false;
      stopping = queue.stopping;
    }
    auto done = Result<void>();
    if (!items.empty() || lost > 0) done = writer_->append(items, lost);
    if (done) {
      written_ += items.size();
      lost = 0;
    } else {
      lost += items.size();
      lost_ += items.size();
    }
    if (done && (stopping || SteadyClock::now() >= writer_->sync_due())) done = writer_->sync_now();
    if (!done && report_) report_(done.error());
    {
      const std::lock_guard lock(queue.mutex);
      queue.settled = queue.recorded - queue.items.size() - queue.lost;
    }
    queue.changed.notify_all();
  }
}

}  // namespace chayan::guard
