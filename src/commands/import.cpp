// import FILE…: two readings and a writing.
//
// The files are read once to know them, then rehearsed row by row, and only if no row is rejected
// written in batches of limits::kBatchChangesMax rows, each under one fsync. So a file is recorded
// whole or not at all. A crash while writing leaves whole batches; the same command run again goes
// on behind them, because a batch's idempotency key is made of the files' digest and its number.
// With --skip-bad there is no rehearsal: good rows are written, bad ones set aside, on the disk
// before the batch that leaves them out is committed.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>
#include <utility>
#include <vector>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/private_folder.h"
#include "commands/bad_rows.h"
#include "commands/command.h"
#include "commands/progress.h"
#include "commands/row_source.h"
#include "crypto/digest.h"
#include "index/database_options.h"
#include "index/purge.h"
#include "index/reader.h"
#include "index/rehearsal.h"
#include "index/writer.h"

namespace chayan::commands {
namespace {

constexpr std::size_t kRejectionsPrintedMax = 100;

struct ImportOptions {
  index::StoreOptions store;
  std::vector<std::string> files;
  bool dry_run = false;
  std::string bad_file;
  bool json = false;
};

struct Totals {
  std::uint64_t rows = 0;
  std::uint64_t appended = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t rejected = 0;
};

class Import {
 public:
  Import(const ImportOptions& options, index::Store& store) : options_(options), store_(store) {}

  int run() {
    for (const std::string& path : options_.files) {
      auto file = inspect(path);
      if (!file) return failed(file.error());
      std::error_code absent;
      if (std::filesystem::equivalent(path, options_.bad_file, absent)) {
        return failed(invalid("--skip-bad", "This file is being imported; name another.", {}));
      }
      all_bytes_ += file->bytes;
      files_.push_back(std::move(*file));
    }
    if (options_.bad_file.empty()) {
      if (const auto rehearsed = rehearse(); !rehearsed) return failed(rehearsed.error());
      if (totals_.rejected > 0) {
        if (!options_.dry_run) totals_.appended = 0;
        std::cerr << "Nothing was recorded: " << totals_.rejected << " of " << totals_.rows
                  << " rows are rejected. Mend them, or set them aside with --skip-bad FILE.\n";
        return finish(1);
      }
      if (options_.dry_run) return finish(rejected_earlier_ > 0 ? 1 : 0);
      totals_ = {};
      rejected_earlier_ = 0;
    } else if (const auto opened = open_bad_rows(); !opened) {
      return failed(opened.error());
    }
    const auto written = write();
    if (bad_rows_) bad_rows_->remove_if_empty();
    if (!written) return failed(written.error());
    if (const auto anchored = store_.publish(); !anchored) return failed(anchored.error());
    const auto purged = index::purge_alone(store_.db(), store_.views());
    if (!purged) return failed(purged.error());
    if (!*purged) {
      std::cerr << "What these rows erased may stand in the files until the next start.\n";
    }
    if (const auto merged = merge_bulk(); !merged) {
      std::cerr << "All is recorded, but look-ups are slower than they could be: "
                << merged.error().message.en << '\n';
    }
    return finish(options_.bad_file.empty() && rejected_earlier_ > 0 ? 1 : 0);
  }

 private:
  Result<void> rehearse() {
    auto rehearsal = index::Rehearsal::begin(store_);
    if (!rehearsal) return rehearsal.error();
    ProgressBar bar("Checking ");
    return each_chunk(bar, [&](std::size_t number, std::vector<Row>& rows) -> Result<void> {
      // Rows of a batch that an interrupted run wrote would be rejected as recorded already.
      const auto earlier = store_.reader().batch(idempotency_key(number));
      if (!earlier) return earlier.error();
      if (*earlier) {
        replay(**earlier, unreadable(rows));
        return {};
      }
      for (const Row& row : rows) {
        const auto change = parse(row);
        const auto planned = change ? (*rehearsal)->plan(*change) : Result<bool>(change.error());
        if (planned) {
          ++(*planned ? totals_.appended : totals_.unchanged);
        } else if (planned.error().code == ErrorCode::io ||
                   planned.error().code == ErrorCode::corrupt) {
          return planned.error();
        } else {
          reject(row, planned.error());
        }
      }
      return {};
    });
  }

  Result<void> write() {
    auto writer = index::Writer::create(store_, {}, index::Writer::Purging::left_to_caller);
    if (!writer) return writer.error();
    ProgressBar bar("Recording");
    return each_chunk(bar, [&](std::size_t number, std::vector<Row>& rows) -> Result<void> {
      index::Batch batch;
      batch.idempotency_key = idempotency_key(number);
      batch.content = crypto::sha256(batch.idempotency_key);
      batch.skip_bad = !options_.bad_file.empty();
      std::vector<const Row*> row_of_change;
      std::vector<std::pair<const Row*, Error>> unparsed;
      for (const Row& row : rows) {
        auto change = parse(row);
        if (change) {
          batch.changes.push_back(std::move(*change));
          row_of_change.push_back(&row);
        } else {
          unparsed.emplace_back(&row, change.error());
        }
      }
      if (bad_rows_) {
        batch.set_aside = [&](const std::vector<index::Rejection>& rejections) {
          for (const auto& [row, error] : unparsed) reject(*row, error);
          for (const auto& [index, error] : rejections) reject(*row_of_change[index], error);
          return bad_rows_->write();
        };
      }
      const index::BatchOutcome outcome = (*writer)->submit(std::move(batch));
      if (outcome.failure) return *outcome.failure;
      if (!outcome.receipt)
        return outcome.rejections.front().error;  // rehearsed rows are not rejected
      if (outcome.replayed) {
        replay(*outcome.receipt, unparsed.size());
        return {};
      }
      totals_.appended += outcome.receipt->count;
      totals_.unchanged += outcome.receipt->unchanged;
      return {};
    });
  }

  // After a bulk load. A few rows into a large registry are left to RocksDB's own pace.
  Result<void> merge_bulk() {
    constexpr std::uint64_t kBulkRowsMin = 100'000;
    const auto head = store_.reader().head();
    if (!head) return head.error();
    const bool is_bulk = totals_.appended >= kBulkRowsMin && 2 * totals_.appended > head->size;
    return is_bulk ? index::merge_levels(store_.db()) : Result<void>();
  }

  // A batch that an earlier run of this import wrote. Which rows that run rejected is not recorded,
  // but they were in its file before the batch was.
  void replay(const index::BatchRecord& earlier, std::uint64_t unparsed) {
    totals_.unchanged += earlier.unchanged + earlier.count;
    rejected_earlier_ += earlier.rejected + unparsed;
    replayed_ = true;
  }

  std::uint64_t unreadable(const std::vector<Row>& rows) {
    return static_cast<std::uint64_t>(
        std::count_if(rows.begin(), rows.end(), [this](const Row& row) { return !parse(row); }));
  }

  // Before anything is recorded: what is left out must have a place.
  Result<void> open_bad_rows() {
    const auto earlier = store_.reader().batch(idempotency_key(0));
    if (!earlier) return earlier.error();
    auto opened = BadRows::open(options_.bad_file, earlier->has_value());
    if (!opened) return opened.error();
    bad_rows_.emplace(std::move(*opened));
    return {};
  }

  // Reads all files as batches. The last batch of a file ends with the file.
  template <typename Visit>
  Result<void> each_chunk(ProgressBar& bar, Visit visit) {
    std::size_t number = 0;
    std::uint64_t bytes_before = 0;
    for (const ImportFile& file : files_) {
      file_ = &file;
      std::vector<Row> rows;
      Result<void> outcome;
      const auto flush = [&] {
        if (!rows.empty()) outcome = visit(number++, rows);
        rows.clear();
        return outcome.has_value();
      };
      const auto read = each_row(file, [&](const Row& row) {
        ++totals_.rows;
        rows.push_back(row);
        bar.update(bytes_before + row.offset, all_bytes_);
        return rows.size() < limits::kBatchChangesMax || flush();
      });
      if (!read) {
        Error error = read.error();
        error.field = file.path + ", " + error.field;
        return error;
      }
      if (!outcome || !flush()) return outcome.error();
      bytes_before += file.bytes;
    }
    bar.update(all_bytes_, all_bytes_);
    return {};
  }

  Result<Change> parse(const Row& row) {
    if (!row.readable) return row.error;
    auto object = parser_.parse_object(row.json);
    if (!object) return object.error();
    return read_change(*object);
  }

  std::string idempotency_key(std::size_t number) const {
    std::string key = "import";
    for (const ImportFile& file : files_) key += ':' + file.digest;
    return key + '#' + std::to_string(number);
  }

  void reject(const Row& row, const Error& error) {
    if (totals_.rejected++ < kRejectionsPrintedMax) {
      std::cerr << file_->path << ':' << row.line << ": ";
      if (!error.field.empty()) std::cerr << error.field << ": ";
      std::cerr << error.message.en << '\n';
    } else if (totals_.rejected == kRejectionsPrintedMax + 1) {
      std::cerr << "(further rejected rows are only counted)\n";
    }
    if (!bad_rows_) return;
    bad_rows_->add(row.json, file_->path + ':' + std::to_string(row.line) + ": " + error.field +
                                 ": " + error.message.en);
  }

  int finish(int exit_code) {
    const auto head = store_.reader().head();
    if (!head) return failed(head.error());
    if (!options_.bad_file.empty() && totals_.rejected > 0) {
      std::cerr << totals_.rejected << " rejected rows are in " << options_.bad_file
                << ", the reasons in " << options_.bad_file << ".reasons\n";
    }
    if (rejected_earlier_ > 0) {
      totals_.rejected += rejected_earlier_;
      std::cerr << rejected_earlier_ << " rows were rejected by an earlier run with --skip-bad: "
                << "they are in the file that that run named, and are not written again.\n";
    }
    if (options_.json) {
      std::string out;
      JsonWriter json(out);
      json.begin_object().member("rows", signed_of(totals_.rows));
      json.member("appended", signed_of(totals_.appended));
      json.member("unchanged", signed_of(totals_.unchanged));
      json.member("rejected", signed_of(totals_.rejected));
      json.key("dry_run").boolean(options_.dry_run).key("resumed").boolean(replayed_);
      json.member("size", signed_of(head->size)).member("root", to_hex(view(head->root)));
      json.end_object();
      std::cout << out << '\n';
      return exit_code;
    }
    std::cout << (options_.dry_run ? "Dry run: " : "") << totals_.rows << " rows read, "
              << totals_.appended << (options_.dry_run ? " would be appended, " : " appended, ")
              << totals_.unchanged << " recorded already, " << totals_.rejected << " rejected"
              << (replayed_ ? " (an earlier run recorded some or all of it)" : "")
              << ". The log has " << head->size << " entries, root " << to_hex(view(head->root))
              << ".\n";
    return exit_code;
  }

  static std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }

  const ImportOptions& options_;
  index::Store& store_;
  std::vector<ImportFile> files_;
  const ImportFile* file_ = nullptr;  // being read
  std::uint64_t all_bytes_ = 0;
  JsonParser parser_;
  Totals totals_;
  bool replayed_ = false;
  std::uint64_t rejected_earlier_ = 0;  // by the run whose batches are found recorded
  std::optional<BadRows> bad_rows_;     // with --skip-bad
};

// Neither rows nor an anchor that remembers any.
bool is_new(const index::StoreOptions& store) {
  const std::string keys = store.keys.empty() ? store.data + ".keys" : store.keys;
  const std::string anchor = store.anchor.empty() ? keys + "/anchor" : store.anchor;
  return !std::filesystem::exists(store.data + "/rows") && !std::filesystem::exists(anchor);
}

int import_into(const ImportOptions& options) {
  const SystemClock clock;
  const auto store = index::Store::open(options.store, clock);
  if (!store) return failed(store.error());
  return Import(options, **store).run();
}

// A dry run makes nothing, a data directory and its keyring neither: what is not there yet is as
// good as an empty one elsewhere.
int run(const ImportOptions& options) {
  if (!options.dry_run || !is_new(options.store)) return import_into(options);
  const PrivateFolder scratch("chayan-dry-run-");
  if (!scratch.exists()) return failed(io_error("Cannot make a temporary directory."));
  ImportOptions elsewhere = options;
  elsewhere.store.data = scratch.path() + "/data";
  elsewhere.store.keys.clear();
  elsewhere.store.anchor.clear();
  return import_into(elsewhere);
}

}  // namespace

void add_import(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "import", "Record the changes of NDJSON or CSV files: all of them, or none if one is bad");
  const auto options = std::make_shared<ImportOptions>();
  add_store_options(*command, options->store);
  command->add_option("files", options->files, "Files, in the order to record them")->required();
  auto* dry = command->add_flag("--dry-run", options->dry_run, "Check every row, record nothing");
  command
      ->add_option("--skip-bad", options->bad_file,
                   "Record the good rows and set the bad ones aside in this NDJSON file")
      ->excludes(dry)
      ->check([](const std::string& name) {
        return is_csv_name(name) ? "rows are set aside as NDJSON; take a name without .csv" : "";
      });
  command->add_flag("--json", options->json, "Report as JSON");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace chayan::commands
