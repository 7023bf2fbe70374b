// kill -9 at any moment: no acknowledged change is lost and none is invented.
//
// The first test drives the library's writer in a child of its own (this program again, running the
// disabled test at the end), which prints the number of each batch before it submits it and after
// its receipt. The others kill `chayan import`.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "crypto/digest.h"
#include "index/log_reader.h"
#include "index/reader.h"
#include "index/rebuild.h"
#include "index/scan.h"
#include "index/schema.h"
#include "tests/support/registry.h"
#include "tests/system/cli.h"

namespace chayan::test {
namespace {

using std::chrono::milliseconds;

constexpr const char* kChildData = "CHAYAN_CRASH_DATA";
constexpr const char* kChildFirst =
    "CHAYAN_CRASH_FIRST";            // "first batch of each stream", by commas
constexpr std::size_t kStreams = 2;  // threads that submit; batch n belongs to stream n % kStreams

std::uint64_t seed() {
  const char* given = std::getenv("CHAYAN_TEST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
}

// ---- batch n, a pure function of n, so that the parent knows what the child submitted

std::string key_of(std::uint64_t n) {
  return "crash batch " + std::to_string(n);
}
std::string number_of(std::uint64_t batch, std::uint64_t certificate) {
  return "C-" + std::to_string(batch) + "-" + std::to_string(certificate);
}
std::uint64_t certificates_of(std::uint64_t n) {
  return 1 + std::mt19937_64(n)() % 10;
}

// An institution, sometimes with a filing, its certificates, and what becomes of certificates of
// the stream's batches before it: 2 to 19 changes.
index::Batch batch(std::uint64_t n) {
  const CreditCode issuer = credit(static_cast<int>(n) + 1);
  const Date on = day("2026-05-06");
  std::vector<Change> changes = {put_institution(issuer, "示例机构" + std::to_string(n))};
  if (n % 3 == 0) {
    const ScopeLine line = plain_line("4-10-01-05", SkillLevel::senior);
    for (Change& change :
         filing_until_filed(issuer, "F-" + std::to_string(n), day("2026-03-02"), {line})) {
      changes.push_back(std::move(change));
    }
  }
  for (std::uint64_t i = 0; i < certificates_of(n); ++i) {
    changes.push_back(issue(issuer, "foreign/1/3", on, number_of(n, i), "测试" + std::to_string(i),
                            "T" + std::to_string(1'000'000 + n * 20 + i)));
  }
  if (n >= kStreams) {
    const std::uint64_t before = n - kStreams;
    changes.push_back(correct(number_of(before, 0), on.plus_days(1), "更正", "T9999999"));
    if (certificates_of(before) > 1) {
      changes.push_back(
          certificate_event(CertificateEventKind::erased, number_of(before, 1), on.plus_days(2)));
    }
  }
  return {key_of(n), crypto::sha256(key_of(n)), std::move(changes), false};
}

// ---- what the child said

struct Said {
  std::set<std::uint64_t> submitted;
  std::set<std::uint64_t> acknowledged;
};

Said read_said(const std::string& out) {
  Said said;
  for (std::size_t at = 0, end = 0; (end = out.find('\n', at)) != std::string::npos; at = end + 1) {
    std::istringstream line(out.substr(at, end - at));  // whole lines only
    std::string word;
    std::uint64_t n = 0;
    if (!(line >> word >> n)) continue;
    if (word == "submitting") said.submitted.insert(n);
    if (word == "acknowledged") said.acknowledged.insert(n);
  }
  return said;
}

// ---- the parent

class CrashTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::uint64_t chosen = seed();
    std::cout << "CHAYAN_TEST_SEED=" << chosen << std::endl;
    RecordProperty("seed", std::to_string(chosen));
    random_.seed(chosen);
  }

  std::unique_ptr<index::Store> open() {
    auto store = open_store(data_, clock_);
    EXPECT_FALSE(store->read_only()) << store->read_only_reason();
    return store;
  }

  milliseconds below(std::uint64_t bound_ms) {
    return milliseconds(random_() % std::max<std::uint64_t>(1, bound_ms));
  }

  // Lets a process run for a while, then kills it. False: it ended by itself.
  static bool kill_after(Process& process, milliseconds while_running) {
    if (process.wait(while_running)) return false;
    process.signal(SIGKILL);
    const auto exit = process.wait();
    return exit && exit->signal == SIGKILL;
  }

  TempDirectory folder_;
  SystemClock clock_;
  std::string data_ = folder_ / "data";
  std::mt19937_64 random_;
};

void expect_no_faults(const index::Store& store) {
  const auto report = index::check(store, [](auto, auto) {}).value();
  for (const std::string& fault : report.faults) ADD_FAILURE() << fault;
}

std::size_t rows_of(const index::Store& store, index::Family family) {
  std::size_t count = 0;
  index::scan(store.db(), nullptr, index::prefix(family), [&](auto, auto) -> Result<bool> {
    ++count;
    return true;
  }).value();
  return count;
}

class WriterCrashTest : public CrashTest {
 protected:
  void SetUp() override {
    CrashTest::SetUp();
    index::StoreOptions options;
    options.data = data_;
    const auto store = index::Store::open(options, clock_).value();
    const auto writer = index::Writer::create(*store).value();
    index::Batch official{"official", crypto::sha256("official"), official_changes(), false};
    const auto outcome = writer->submit(std::move(official));
    ASSERT_TRUE(outcome.receipt);
    entries_ = outcome.receipt->count;
    for (std::size_t stream = 0; stream < kStreams; ++stream) next_[stream] = stream;
  }

  std::vector<std::string> child_command() const {
    std::array<char, 4096> self{};
    const ssize_t size = ::readlink("/proc/self/exe", self.data(), self.size());
    std::string first;
    for (const std::uint64_t n : next_) first += std::to_string(n) + ",";
    return {"/usr/bin/env",
            std::string(kChildData) + "=" + data_,
            std::string(kChildFirst) + "=" + first,
            std::string(self.data(), static_cast<std::size_t>(size)),
            "--gtest_filter=CrashChild.DISABLED_SubmitsBatches",
            "--gtest_also_run_disabled_tests"};
  }

  // One run of the child, killed: every fourth time while it opens the store, else after some
  // batches, so that a slow machine sees as many of them as a fast one.
  Said run_and_kill() {
    Process child(child_command());
    const bool while_opening = random_() % 4 == 0;
    const std::size_t batches = while_opening ? 0 : 1 + random_() % 12;
    const auto deadline = std::chrono::steady_clock::now() + Process::kPatience;
    while (read_said(child.out()).acknowledged.size() < batches && !child.wait(milliseconds(1)) &&
           std::chrono::steady_clock::now() < deadline) {
    }
    EXPECT_TRUE(kill_after(child, below(while_opening ? 60 : 10))) << child.out() << child.err();
    return read_said(child.out());
  }

  // Holds what is recorded against what the child said.
  void expect_kept(index::Store& store, const Said& said) {
    const index::Reader reader = store.reader();
    for (const std::uint64_t n : said.acknowledged) {
      EXPECT_TRUE(reader.batch(key_of(n)).value()) << "acknowledged batch " << n << " is lost";
    }
    for (const std::uint64_t n : said.submitted) {
      if (const auto record = reader.batch(key_of(n)).value()) expect_entries(store, n, *record);
    }
    EXPECT_EQ(rows_of(store, index::Family::batch), kept_.size() + 1) << "a batch was invented";
    EXPECT_EQ(reader.head().value().size, entries_) << "an entry was invented or lost";
    EXPECT_EQ(rows_of(store, index::Family::entry), entries_);
    for (const auto& [n, record] : kept_) {
      EXPECT_EQ(reader.batch(key_of(n)).value(), record) << "batch " << n << " of an earlier cycle";
    }
  }

  void expect_entries(const index::Store& store, std::uint64_t n,
                      const index::BatchRecord& record) {
    if (!kept_.emplace(n, record).second) return;
    entries_ += record.count;
    const index::Batch expected = batch(n);
    ASSERT_EQ(record.count, expected.changes.size());
    index::LogReader log(store);
    for (std::size_t i = 0; i < expected.changes.size(); ++i) {
      const auto logged = log.read(record.first_seq + i).value();
      EXPECT_EQ(kind(logged.body), kind(expected.changes[i].body)) << "batch " << n;
      if (logged.payload) {
        EXPECT_EQ(logged.payload->fields, expected.changes[i].secrets) << "batch " << n;
      }
    }
  }

  // What was submitted and not acknowledged is asked again, twice, and is then there once.
  void submit_again(index::Store& store, const Said& said) {
    const auto writer = index::Writer::create(store).value();
    for (const std::uint64_t n : said.submitted) {
      next_[n % kStreams] = std::max(next_[n % kStreams], n + kStreams);
      if (said.acknowledged.contains(n)) continue;
      const bool was_there = kept_.contains(n);
      const auto outcome = writer->submit(batch(n));
      ASSERT_TRUE(outcome.receipt) << "batch " << n;
      EXPECT_EQ(outcome.replayed, was_there) << "batch " << n;
      ++(was_there ? committed_unheard_ : uncommitted_);
      expect_entries(store, n, *outcome.receipt);
      const auto again = writer->submit(batch(n));
      EXPECT_TRUE(again.replayed);
      EXPECT_EQ(again.receipt, outcome.receipt);
    }
    EXPECT_EQ(store.reader().head().value().size, entries_);
  }

  std::array<std::uint64_t, kStreams> next_{};
  std::map<std::uint64_t, index::BatchRecord> kept_;  // batches found recorded
  std::uint64_t entries_ = 0;
  int uncommitted_ = 0;        // killed before the commit
  int committed_unheard_ = 0;  // killed between the commit and the word of it
};

TEST_F(WriterCrashTest, KilledWritersLoseNothingAcknowledgedAndInventNothing) {
  std::size_t acknowledged = 0;
  const std::uint64_t cycles = scaled(50, 3);
  for (std::uint64_t cycle = 0; cycle < cycles && !HasFailure(); ++cycle) {
    SCOPED_TRACE("cycle " + std::to_string(cycle));
    const Said said = run_and_kill();
    acknowledged += said.acknowledged.size();
    const auto store = open();
    ASSERT_FALSE(store->read_only());
    expect_kept(*store, said);
    expect_no_faults(*store);
    submit_again(*store, said);
  }
  std::cout << cycles << " kills, " << acknowledged << " batches acknowledged, " << uncommitted_
            << " killed before their commit, " << committed_unheard_ << " after it, " << entries_
            << " entries\n";
  EXPECT_GT(acknowledged, cycles / 4);
  expect_no_faults(*open());
}

// ---- kills of `chayan import`

struct Shape {
  std::uint64_t entries = 0;
  std::size_t certificates = 0;
  std::size_t institutions = 0;

  bool operator==(const Shape&) const = default;
};

Shape shape_of(const index::Store& store) {
  return {store.reader().head().value().size, rows_of(store, index::Family::certificate),
          rows_of(store, index::Family::institution)};
}

void PrintTo(const Shape& shape, std::ostream* out) {
  *out << shape.entries << " entries, " << shape.certificates << " certificates, "
       << shape.institutions << " institutions";
}

class ImportCrashTest : public CrashTest {
 protected:
  // A keyring that was half made is left for a person to look at, so it is made beforehand.
  static void make_keyring(const std::string& data) {
    ASSERT_EQ(run_chayan({"keys", "init", "--keys", data + ".keys"}).code, 0);
  }

  std::vector<std::string> import_command(const std::string& data) const {
    std::vector<std::string> command = {CHAYAN_BINARY, "import", "--data", data};
    command.insert(command.end(), files_.begin(), files_.end());
    return command;
  }

  std::vector<std::string> files_;
};

// Bytes in the write-ahead log: how far an import that runs has come.
std::uint64_t logged_bytes(const std::string& data) {
  std::uint64_t bytes = 0;
  std::error_code gone;  // files come and go meanwhile
  for (std::filesystem::directory_iterator file(data + "/rows", gone), end; !gone && file != end;
       file.increment(gone)) {
    std::error_code deleted;
    const std::uintmax_t size = file->file_size(deleted);
    if (file->path().extension() == ".log" && !deleted) bytes += size;
  }
  return bytes;
}

TEST_F(ImportCrashTest, AnImportThatWasKilledGoesOnWhereItWas) {
  const std::string rows = std::to_string(scaled(20'000, 1000));
  ASSERT_EQ(run_chayan(
                {"demo", "--institutions", "40", "--certificates", rows, "--out", folder_ / "demo"})
                .code,
            0);
  files_ = {folder_ / "demo/registry.ndjson"};
  const std::string undisturbed = folder_ / "undisturbed";
  make_keyring(undisturbed);
  make_keyring(data_);
  const auto started = std::chrono::steady_clock::now();
  ASSERT_EQ(run(import_command(undisturbed)).code, 0);
  const auto took =
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - started);
  const std::uint64_t all_bytes = logged_bytes(undisturbed);

  std::uint64_t kills = 0;
  std::uint64_t size_before = 0;
  for (const std::uint64_t most = scaled(8, 3); kills < most; ++kills) {
    SCOPED_TRACE("kill " + std::to_string(kills));
    Process import(import_command(data_));
    // By turns while it records and at any time: it rehearses for half of it.
    const std::uint64_t until = kills % 2 == 0 ? random_() % (all_bytes / 4) : 0;
    while (logged_bytes(data_) < until && !import.wait(milliseconds(1))) {
    }
    const auto more = kills % 2 == 0 ? 5 : static_cast<std::uint64_t>(took.count());
    if (!kill_after(import, below(more))) break;
    if (!std::filesystem::exists(data_ + ".keys/anchor"))
      continue;  // killed before the store was made
    const auto store = open();
    const std::uint64_t size = store->reader().head().value().size;
    EXPECT_GE(size, size_before);
    size_before = size;
    expect_no_faults(*store);
  }
  std::cout << kills << " kills, the last at " << size_before << " entries\n";
  EXPECT_GT(kills, 0U);
  const Finished last = run(import_command(data_));
  EXPECT_EQ(last.code, 0) << last.err;
  const Finished again = run(import_command(data_));
  EXPECT_EQ(again.code, 0) << again.err;

  EXPECT_EQ(shape_of(*open()), shape_of(*open_store(undisturbed, clock_)));
  const Finished check = run_chayan({"check", "--data", data_});
  EXPECT_EQ(check.code, 0) << check.out << check.err;
  EXPECT_FALSE(std::filesystem::exists(data_ + "/scratch")) << "a killed rehearsal is cleared away";
}

// Every sync of an import of eight small files, one after the other, is where it dies.
class SyncCrashTest : public ImportCrashTest, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    ImportCrashTest::SetUp();
    if (::access(kStrace, X_OK) != 0) GTEST_SKIP() << "strace is not installed";
    std::vector<std::string> probe = tracing();
    probe.push_back("/bin/true");
    if (run(probe).code != 0) GTEST_SKIP() << "strace may not trace here";

    add_file("official", official_changes());
    for (std::uint64_t n = 0; n < 7; ++n) add_file(std::to_string(n), batch(n).changes);
  }

  static std::vector<std::string> tracing() {
    return {kStrace,
            "-f",
            "-qqq",
            "-o",
            "/dev/null",
            "-e",
            std::string("trace=") + GetParam(),
            "-E",
            "ASAN_OPTIONS=detect_leaks=0"};  // LeakSanitizer is a tracer too
  }

  void add_file(const std::string& name, const std::vector<Change>& changes) {
    files_.push_back(put_file(folder_ / name + ".ndjson", import_lines(changes)));
    sizes_.push_back(sizes_.back() + changes.size());
  }

  // False: the import ended before its `when`-th sync.
  bool import_until_killed(const std::string& data, std::uint64_t when) {
    std::vector<std::string> command = tracing();
    command.insert(command.end(), {"-e", std::string("inject=") + GetParam() +
                                             ":signal=KILL:when=" + std::to_string(when)});
    const auto import = import_command(data);
    command.insert(command.end(), import.begin(), import.end());
    Process process(command);
    const auto exit = process.wait();
    if (exit && exit->code == 0) return false;
    EXPECT_TRUE(exit && exit->signal == SIGKILL) << process.err();
    return true;
  }

  void expect_whole_batches(const std::string& data) {
    const auto store = open_store(data, clock_);
    EXPECT_FALSE(store->read_only()) << store->read_only_reason();
    const std::uint64_t size = store->reader().head().value().size;
    EXPECT_NE(std::find(sizes_.begin(), sizes_.end(), size), sizes_.end()) << size;
    seen_.insert(size);
    expect_no_faults(*store);
  }

  static constexpr const char* kStrace = "/usr/bin/strace";
  std::vector<std::uint64_t> sizes_ = {0};  // of the log between batches
  std::set<std::uint64_t> seen_;
};

TEST_P(SyncCrashTest, KilledAtEverySyncAnImportIsThereInWholeBatches) {
  std::uint64_t when = 1;
  const std::uint64_t step = 100 / scaled(100, 10);  // a sanitizer run takes every tenth
  for (; !HasFailure(); when += step) {
    SCOPED_TRACE(GetParam() + (" " + std::to_string(when)));
    ASSERT_LT(when, 1000U);
    const std::string data = folder_ / "at" + std::to_string(when);
    make_keyring(data);
    if (!import_until_killed(data, when)) break;
    // Without an anchor it was killed before the store was made.
    if (std::filesystem::exists(data + ".keys/anchor")) expect_whole_batches(data);
    const Finished again = run(import_command(data));
    ASSERT_EQ(again.code, 0) << again.err;
    const auto store = open_store(data, clock_);
    EXPECT_EQ(store->reader().head().value().size, sizes_.back());
    expect_no_faults(*store);
  }
  std::cout << when - 1 << " times, stopped at " << seen_.size() << " sizes of the log\n";
  EXPECT_GT(when, 1U);
  EXPECT_GT(seen_.size(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Syscalls, SyncCrashTest, testing::Values("fdatasync", "fsync"),
                         [](const auto& syscall) { return std::string(syscall.param); });

// ---- the child

void say(std::string_view word, std::uint64_t n) {
  const std::string line = std::string(word) + " " + std::to_string(n) + "\n";
  if (::write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    std::abort();
  }
}

TEST(CrashChild, DISABLED_SubmitsBatches) {
  const char* data = std::getenv(kChildData);
  const char* first = std::getenv(kChildFirst);
  if (data == nullptr || first == nullptr) GTEST_SKIP() << "only the crash test runs this";
  const SystemClock clock;
  const auto store = open_store(data, clock);
  const auto writer = index::Writer::create(*store).value();
  std::vector<std::thread> streams;
  std::istringstream numbers(first);
  std::string number;
  while (std::getline(numbers, number, ',')) {
    streams.emplace_back([&writer, n = std::stoull(number)]() mutable {
      for (;; n += kStreams) {
        say("submitting", n);
        if (!writer->submit(batch(n)).receipt) std::abort();
        say("acknowledged", n);
      }
    });
  }
  for (std::thread& stream : streams) stream.join();
}

}  // namespace
}  // namespace chayan::test
