// verify FILE: an employer's list of certificates against a service, with the results beside it.
//
// Of the file only certificate number, name and document number are sent, in batches; the credential
// is read from a file and stands on no command line and in no URL. FILE.result.csv, CSV of a workbook
// too, has the file's columns and rows in their order, and behind them what was answered. It grows as
// FILE.result.csv.part, with what was reached beside it: a run that was cut goes on there, and asks
// for nothing that is answered.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>
#include <vector>

#include "api/batch_rows.h"
#include "api/verify_batch.h"
#include "base/csv_reader.h"
#include "base/file.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/xlsx_reader.h"
#include "client/backoff.h"
#include "client/http_client.h"
#include "client/server_url.h"
#include "commands/command.h"
#include "commands/progress.h"
#include "commands/row_source.h"
#include "commands/small_file.h"
#include "crypto/bearer_secret.h"

namespace chayan::commands {
namespace {

using namespace std::chrono_literals;

// Small enough that the bar moves, and that little is asked twice after a cut.
constexpr std::size_t kBatchRows = 2000;
constexpr std::size_t kBatchBytesMax = limits::kVerificationBatchBodyBytesMax / 2;
constexpr std::size_t kAnswerBytesMax = std::size_t{32} << 20;
constexpr int kAttemptsMax = 6;
constexpr auto kFirstPause = 250ms;
constexpr auto kPauseMax = 60s;  // whoever asks for a longer one gets an end instead
constexpr SmallFileKind kProgressKind = {"progress file", "进度文件", 4096};

struct VerifyOptions {
  std::string file;
  std::string server;
  std::string credential_file;
  std::string ca_file;
  bool json = false;

  std::string result() const { return file + ".result.csv"; }
  std::string part() const { return result() + ".part"; }
  std::string progress() const { return part() + ".json"; }
};

// How far a run came; durable after each batch.
struct Progress {
  std::uint64_t rows = 0;   // answered
  std::uint64_t bytes = 0;  // of the part
  std::uint64_t match = 0;
  std::uint64_t no_match = 0;
  std::uint64_t error = 0;

  static std::optional<Progress> parse(std::string_view text, std::string_view run);
  std::string text(std::string_view run) const;
  void count(std::string_view result) {
    ++rows;
    ++(result == "match" ? match : result == "no_match" ? no_match : error);
  }
};

std::int64_t signed_of(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

void write_counts(JsonWriter& json, const Progress& progress) {
  json.member("rows", signed_of(progress.rows)).member("match", signed_of(progress.match));
  json.member("no_match", signed_of(progress.no_match)).member("error", signed_of(progress.error));
}

std::string Progress::text(std::string_view run) const {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("run", run).member("bytes", signed_of(bytes));
  write_counts(json, *this);
  json.end_object();
  return out;
}

// nullopt: another file's, or another service's.
std::optional<Progress> Progress::parse(std::string_view text, std::string_view run) {
  JsonParser parser;
  auto object = parser.parse_object(text);
  if (!object || object->string("run") != run) return std::nullopt;
  const auto number = [&](std::string_view name) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, object->integer(name)));
  };
  Progress progress;
  progress.bytes = number("bytes");
  progress.rows = number("rows");
  progress.match = number("match");
  progress.no_match = number("no_match");
  progress.error = number("error");
  return object->finish() ? std::optional(progress) : std::nullopt;
}

Result<std::string> read_credential(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text;
  if (!in || !std::getline(in, text))
    return io_error("Cannot read a credential from " + path + ".");
  std::string credential(trim(text));
  if (crypto::BearerSecret::parse(credential)) return credential;
  return invalid(
      "--credential-file",
      "The credential in " + path + " is mistyped or cut short: its check characters do not fit.",
      "凭证有误或不完整（校验字符不符）。");
}

// A number that a spreadsheet would round off is kept from it by ', as the cells that it would
// compute are (api/table_writer.h): one rule undoes both.
void append_input_cell(std::string& out, std::string_view cell) {
  constexpr std::size_t kDigitsKept = 11;  // a spreadsheet shows longer ones as 1.1E+11
  const bool is_long =
      cell.size() > kDigitsKept &&
      std::all_of(cell.begin(), cell.end() - 1, [](char c) { return c >= '0' && c <= '9'; });
  api::append_csv_text(out, is_long ? "'" + std::string(cell) : std::string(cell));
}

void append_cells(std::string& out, std::size_t count, std::vector<std::string>& cells) {
  cells.resize(std::max(count, cells.size()));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out.push_back(',');
    if (!cells[i].empty()) append_input_cell(out, cells[i]);
  }
}

// A row of the file: what it says, and the question to send or why there is none.
struct FileRow {
  std::vector<std::string> cells;
  std::string question;  // JSON; empty where `error` is set
  std::optional<Error> error;
  std::uint64_t offset = 0;  // bytes of the file read by then
};

std::string question_of(const api::QuestionColumns::Cells& cells) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  if (cells.certificate_number) json.member("certificate_number", *cells.certificate_number);
  if (cells.holder_name) json.member("holder_name", *cells.holder_name);
  if (cells.document_number) json.member("document_number", *cells.document_number);
  json.end_object();
  return out;
}

// The rows of the file, whichever form it has.
class FileRows {
 public:
  using Visit = std::function<bool(FileRow& row)>;

  explicit FileRows(const ImportFile& file) : file_(file) {}

  const std::vector<std::string>& header() const { return header_; }

  // Knows header() before the first visit. Where `visit` says false the walk ends well.
  Result<void> each(const Visit& visit) {
    if (file_.form == FileForm::xlsx) return each_of_workbook(visit);
    return file_.form == FileForm::csv ? each_of_csv(visit) : each_of_ndjson(visit);
  }

 private:
  Result<void> each_of_ndjson(const Visit& visit) {
    header_ = {"certificate_number", "holder_name", "document_number"};
    JsonParser parser;
    return each_row(file_, [&](const Row& row) {
      FileRow made;
      made.offset = row.offset;
      if (!row.readable) {
        made.error = row.error;
      } else if (auto object = parser.parse_object(row.json); !object) {
        made.error = object.error();
      } else {
        read_members(*object, made);
      }
      return visit(made);
    });
  }

  // What else stands in the object is nobody's business: it is not asked for.
  static void read_members(JsonObject& object, FileRow& made) {
    api::QuestionColumns::Cells cells;
    for (const auto& [name, cell] : {std::pair{"certificate_number", &cells.certificate_number},
                                     std::pair{"holder_name", &cells.holder_name},
                                     std::pair{"document_number", &cells.document_number}}) {
      *cell = object.optional_string(name);
      made.cells.push_back(cell->value_or(""));
    }
    made.error = object.error();
    if (!made.error) made.question = question_of(cells);
  }

  Result<void> each_of_csv(const Visit& visit) {
    std::ifstream in(file_.path, std::ios::binary);
    if (!in) return cannot_read();
    FileRow made;
    CsvReader reader(file_.encoding, limits::kImportLineBytesMax,
                     [&](CsvRow& row) { return take(row, made, visit); });
    for (std::string line; going_ && std::getline(in, line);) {
      made.offset += line.size() + 1;
      if (line.ends_with('\r')) line.pop_back();
      if (const auto read = reader.line(line); !read) return read.error();
      if (header_error_) return *header_error_;
    }
    if (const auto read = reader.finish(); !read) return read.error();
    return header_found();
  }

  // Unpacked, a sheet has no place in the file: the bar moves at the end.
  Result<void> each_of_workbook(const Visit& visit) {
    const OpenFile file(file_.path, O_RDONLY);
    const auto bytes = file.is_open() ? read_all(file, file_.bytes) : std::nullopt;
    if (!bytes) return cannot_read();
    FileRow made;
    const auto read =
        read_xlsx(*bytes, {limits::kImportLineBytesMax, limits::kSheetFileInflatedBytesMax},
                  [&](CsvRow& row) { return take(row, made, visit); });
    if (!read) return read.error();
    return header_found();
  }

  bool take(CsvRow& row, FileRow& made, const Visit& visit) {
    if (!search_.columns()) return take_header(row);
    // Beside the list in a sheet stands what is none of its cells.
    const bool is_sheet = file_.form == FileForm::xlsx;
    if (is_sheet && row.cells.size() > header_.size()) row.cells.resize(header_.size());
    if (!row.error && row.is_blank()) return true;
    made.error = row.error;
    made.question.clear();
    if (!made.error) {
      const auto cells = search_.columns()->cells(row.cells);
      if (cells) made.question = question_of(*cells);
      if (!cells) made.error = cells.error();
    }
    made.cells = std::move(row.cells);
    return going_ = visit(made);
  }

  bool take_header(const CsvRow& row) {
    if (const auto looked = search_.look_at(row); !looked) header_error_ = looked.error();
    if (search_.columns()) header_ = row.cells;
    return !header_error_;
  }

  Result<void> header_found() const {
    if (header_error_) return *header_error_;
    return search_.finish();
  }

  Error cannot_read() const { return io_error("Cannot read " + file_.path + "."); }

  const ImportFile& file_;
  std::vector<std::string> header_;
  api::HeaderSearch search_;
  std::optional<Error> header_error_;
  bool going_ = true;
};

// Asks the service batch by batch.
class BatchClient {
 public:
  explicit BatchClient(client::ClientOptions options) : client_(std::move(options)) {}

  // A result for each question, as the cells of api::batch_columns().
  Result<std::vector<std::vector<std::string>>> ask(const std::string& body, std::size_t rows) {
    client::Backoff backoff(std::random_device{}(), kFirstPause);
    for (int attempt = 1;; ++attempt) {
      const auto reply =
          client_.post("/v1/verifications/batch", {"application/x-ndjson", "text/csv", body});
      if (reply && reply->status == 200) return results(reply->body, rows);
      const auto pause = pause_before_another(reply, backoff);
      if (!pause || attempt == kAttemptsMax) return reply ? problem(*reply) : reply.error();
      std::this_thread::sleep_for(*pause);
    }
  }

 private:
  static std::optional<std::chrono::milliseconds> pause_before_another(
      const Result<client::Fetched>& reply, client::Backoff& backoff) {
    if (!reply && reply.error().code != ErrorCode::unavailable) return std::nullopt;
    if (reply && reply->status != 429 && reply->status != 503) return std::nullopt;
    long seconds = 0;
    if (reply) {
      const std::string& text = reply->retry_after;
      std::from_chars(text.data(), text.data() + text.size(), seconds);
    }
    if (std::chrono::seconds(seconds) > kPauseMax) return std::nullopt;
    return std::max<std::chrono::milliseconds>(backoff.next(), std::chrono::seconds(seconds));
  }

  static Error problem(const client::Fetched& reply) {
    JsonParser parser;
    std::string detail = "status " + std::to_string(reply.status);
    if (auto object = parser.parse_object(reply.body)) {
      if (const auto said = object->optional_string("detail")) detail = *said;
    }
    return {ErrorCode::unavailable, {}, {"The service answers: " + detail, {}}};
  }

  static Result<std::vector<std::vector<std::string>>> results(const std::string& answer,
                                                               std::size_t rows) {
    std::vector<std::vector<std::string>> lines;
    CsvReader reader(Encoding::utf8, kAnswerBytesMax, [&](CsvRow& row) {
      lines.push_back(std::move(row.cells));
      return true;
    });
    Result<void> read;
    each_line(answer, [&](std::string_view line) {
      read = reader.line(line);
      return read.has_value();
    });
    if (read) read = reader.finish();
    const auto columns = api::batch_columns();
    bool same = read.has_value() && lines.size() == rows + 2 && lines[0].size() == columns.size();
    for (std::size_t i = 0; same && i < columns.size(); ++i) {
      same = lines[0][i] == api::header_of(columns[i]);
    }
    for (std::size_t i = 1; same && i < lines.size(); ++i) same = lines[i].size() == columns.size();
    if (!same) return io_error("The service does not answer as one of this version does.");
    lines.pop_back();  // the summary
    lines.erase(lines.begin());
    return lines;
  }

  client::HttpClient client_;
};

class Verification {
 public:
  Verification(const VerifyOptions& options, const ImportFile& file, BatchClient& client)
      : options_(options),
        file_(file),
        client_(client),
        run_(file.digest + " " + options.server),
        rows_(file),
        bar_("Verifying") {}

  Result<Progress> run() {
    if (auto resumed = resume(); !resumed) return resumed.error();
    std::uint64_t number = 0;
    Result<void> outcome;
    const auto walked = rows_.each([&](FileRow& row) {
      if (++number <= progress_.rows) return true;
      pending_bytes_ += row.question.size() + 1;
      pending_.push_back(std::move(row));
      if (pending_.size() == kBatchRows || pending_bytes_ > kBatchBytesMax) outcome = answer();
      return outcome.has_value();
    });
    if (!walked) return walked.error();
    if (outcome) outcome = answer();
    if (outcome) outcome = finish();
    if (!outcome) return outcome.error();
    return progress_;
  }

 private:
  Result<void> resume() {
    const auto text = read_small_file(options_.progress(), kProgressKind);
    const auto known = text && *text ? Progress::parse(**text, run_) : std::nullopt;
    std::error_code absent;
    const auto bytes = std::filesystem::file_size(options_.part(), absent);
    const bool goes_on = known && !absent && bytes >= known->bytes;
    std::error_code failed;
    if (goes_on) {
      progress_ = *known;
      std::filesystem::resize_file(options_.part(), progress_.bytes, failed);
      std::cerr << "Going on behind row " << progress_.rows << ", where the last run was cut.\n";
    }
    part_ = open_private_file(options_.part(), goes_on ? std::ios::app : std::ios::trunc);
    if (!part_ || failed) return cannot_write();
    return {};
  }

  Result<void> answer() {
    if (pending_.empty()) return {};
    std::string body;
    std::size_t asked = 0;
    for (const FileRow& row : pending_) {
      if (row.error) continue;
      body.append(row.question).push_back('\n');
      ++asked;
    }
    std::vector<std::vector<std::string>> results;
    if (asked > 0) {
      auto answered = client_.ask(body, asked);
      if (!answered) return answered.error();
      results = std::move(*answered);
    }
    std::string out = progress_.bytes == 0 ? header() : std::string();
    auto next = results.begin();
    for (FileRow& row : pending_) {
      const auto& result = row.error ? own_error(*row.error) : *next++;
      progress_.count(result[api::kBatchResultColumn]);
      append_row(out, row.cells, result);
    }
    if (auto kept = keep(out); !kept) return kept;
    bar_.update(pending_.back().offset, file_.bytes);
    pending_.clear();
    pending_bytes_ = 0;
    return {};
  }

  // The rows first, then how far they go.
  Result<void> keep(const std::string& out) {
    part_ << out;
    if (!part_.flush()) return cannot_write();
    progress_.bytes += out.size();
    return replace_small_file(options_.progress(), kProgressKind, progress_.text(run_));
  }

  Result<void> finish() {
    if (progress_.rows == 0) return invalid("file", "There is no row in the file.", {});
    part_.close();
    std::error_code failed;
    std::filesystem::rename(options_.part(), options_.result(), failed);
    if (failed) return cannot_write();
    std::filesystem::remove(options_.progress(), failed);
    bar_.update(file_.bytes, file_.bytes);
    return {};
  }

  std::string header() const {
    std::string out(kByteOrderMark);
    std::vector<std::string> names = rows_.header();
    append_cells(out, names.size(), names);
    for (const api::Column& column : api::batch_columns().subspan(api::kBatchResultColumn)) {
      out.push_back(',');
      api::append_csv_text(out, api::header_of(column));
    }
    return out.append("\r\n");
  }

  void append_row(std::string& out, std::vector<std::string>& cells,
                  const std::vector<std::string>& result) const {
    cells.resize(rows_.header().size());  // what stands behind the header has no column
    append_cells(out, cells.size(), cells);
    for (std::size_t i = api::kBatchResultColumn; i < result.size(); ++i) {
      out.push_back(',');
      const std::string_view text = result[i];
      if (!text.empty()) api::append_csv_text(out, text.starts_with('\'') ? text.substr(1) : text);
    }
    out.append("\r\n");
  }

  std::vector<std::string> own_error(const Error& error) const {
    std::vector<std::string> result(api::batch_columns().size());
    result[api::kBatchResultColumn] = "error";
    result[api::kBatchFieldColumn] = error.field;
    result[api::kBatchDetailColumn] = error.message.zh;
    return result;
  }

  Error cannot_write() const { return io_error("Cannot write " + options_.result() + "."); }

  const VerifyOptions& options_;
  const ImportFile& file_;
  BatchClient& client_;
  const std::string run_;  // which file against which service
  FileRows rows_;
  ProgressBar bar_;
  Progress progress_;
  std::vector<FileRow> pending_;
  std::size_t pending_bytes_ = 0;
  std::ofstream part_;
};

int report(const VerifyOptions& options, const Progress& progress) {
  if (options.json) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().member("result", options.result());
    write_counts(json, progress);
    json.end_object();
    std::cout << out << '\n';
  } else {
    std::cout << progress.rows << " rows: " << progress.match << " match, " << progress.no_match
              << " do not, " << progress.error
              << " could not be asked. Row by row: " << options.result() << '\n';
  }
  if (progress.error < progress.rows) return 0;
  std::cerr << "chayan: No row could be asked; the last column of the result says why.\n";
  return 1;
}

int run(const VerifyOptions& options) {
  const auto server = client::parse_server_url(options.server);
  if (!server) return failed(invalid("--server", server.error().message.en, {}));
  // The credential is as good as a password.
  if (!server->keeps_secrets()) {
    return failed(
        invalid("--server", "The credential goes to https:// only, or to this machine.", {}));
  }
  const auto credential = read_credential(options.credential_file);
  if (!credential) return failed(credential.error());
  const auto file = inspect(options.file);
  if (!file) return failed(file.error());
  client::ClientOptions made;
  made.base_url = options.server;
  made.ca_file = options.ca_file;
  made.bearer = *credential;
  made.body_bytes_max = kAnswerBytesMax;
  BatchClient client(std::move(made));
  auto verified = Verification(options, *file, client).run();
  return verified ? report(options, *verified) : failed(verified.error());
}

}  // namespace

void add_verify(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "verify", "Verify the certificates in a file and write the results beside it");
  const auto options = std::make_shared<VerifyOptions>();
  command
      ->add_option("FILE", options->file,
                   "CSV (UTF-8 or GB18030) or XLSX with a header row, or NDJSON")
      ->required();
  command->add_option("--server", options->server, "The service: https://registry.example")
      ->required();
  command
      ->add_option("--credential-file", options->credential_file,
                   "File that holds the credential's secret")
      ->envname("CHAYAN_CREDENTIAL_FILE")
      ->required();
  command->add_option("--ca", options->ca_file, "PEM, whom to believe (default: the system's)");
  command->add_flag("--json", options->json, "Report as JSON");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace chayan::commands
