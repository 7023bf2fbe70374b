#include "commands/disclosure_ledger.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "base/file.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "commands/partner_file.h"

namespace chayan::commands {
namespace {

namespace fs = std::filesystem;

Error system_error(const char* doing, const std::string& path) {
  return io_error(std::string("Cannot ") + doing + " the ledger of disclosures " + path + ": " +
                  std::generic_category().message(errno) + ".");
}

// Whether the file's last line lacks its end: an append before this one was cut short.
bool ends_amid_a_line(const OpenFile& file, off_t size) {
  char last = '\n';
  return size > 0 && ::pread(file.descriptor(), &last, 1, size - 1) == 1 && last != '\n';
}

bool is_ledger_file(const fs::path& path) {
  const std::string name = path.filename();
  return name.starts_with("disclosures-") && name.ends_with(".ndjson");
}

Result<std::vector<fs::path>> ledger_files(const std::string& folder) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    if (is_ledger_file(at->path())) files.push_back(at->path());
  }
  if (failed == std::errc::no_such_file_or_directory) return files;
  if (failed) {
    errno = failed.value();
    return system_error("read", folder);
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<void> read_file(const fs::path& path, const std::function<void(const DisclosureLine&)>& take,
                       LedgerFaults& faults) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return system_error("open", path);
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (const auto parsed = parse_disclosure(line)) {
      take(*parsed);
    } else if (line.ends_with('}')) {
      faults.damaged.push_back(path.string() + ":" + std::to_string(number));
    } else {
      ++faults.cut;
    }
  }
  if (in.bad()) return system_error("read", path);
  return {};
}

}  // namespace

std::string render(const DisclosureLine& line) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("time", line.time).member("partner", line.partner);
  write_profile(json, line.profile);
  json.member("entries", static_cast<std::int64_t>(line.entries)).key("seqs").begin_array();
  for (const auto& [first, last] : line.seqs) {
    json.begin_array().number(first).number(last).end_array();
  }
  json.end_array().end_object();
  text.push_back('\n');
  return text;
}

Result<DisclosureLine> parse_disclosure(std::string_view line) {
  JsonParser parser;
  auto object = parser.parse_object(line);
  if (!object) return object.error();
  DisclosureLine parsed;
  parsed.time = object->string("time");
  parsed.partner = object->string("partner");
  parsed.profile = read_profile(*object);
  parsed.entries = static_cast<std::uint64_t>(object->integer("entries"));
  parsed.seqs = object->integer_pairs("seqs");
  if (const auto finished = object->finish(); !finished) return finished.error();
  return parsed;
}

std::vector<std::pair<std::int64_t, std::int64_t>> runs_of(const std::vector<std::uint64_t>& seqs) {
  std::vector<std::pair<std::int64_t, std::int64_t>> runs;
  for (const std::uint64_t seq : seqs) {
    const auto at = static_cast<std::int64_t>(seq);
    if (!runs.empty() && runs.back().second + 1 == at) {
      runs.back().second = at;
    } else {
      runs.emplace_back(at, at);
    }
  }
  return runs;
}

Result<std::unique_ptr<DisclosureLedger>> DisclosureLedger::open(std::string folder,
                                                                 const Clock& clock) {
  const bool made = ::mkdir(folder.c_str(), 0700) == 0;
  if (!made && errno != EEXIST) return system_error("make", folder);
  if (::chmod(folder.c_str(), 0700) != 0) return system_error("close to others", folder);
  if (!sync_directory(fs::path(folder).parent_path())) {
    return system_error("sync the folder of", folder);
  }
  return std::unique_ptr<DisclosureLedger>(new DisclosureLedger(std::move(folder), clock));
}

// The file is opened anew each time: that costs nothing beside the fsync, and a file that an
// operator moved to the archive is not written to there.
Result<void> DisclosureLedger::append(const api::Disclosure& disclosure) {
  const std::string time = rfc3339_utc(clock_.now());
  const std::string text = render({time, disclosure.partner.name, disclosure.partner.visibility,
                                   disclosure.seqs.size(), runs_of(disclosure.seqs)});
  const std::string path = folder_ + "/disclosures-" + time.substr(0, time.find('-')) + ".ndjson";

  const std::lock_guard lock(mutex_);
  const OpenFile file(path, O_RDWR | O_CREAT | O_APPEND, 0600);
  struct stat status {};
  if (!file.is_open() || ::fstat(file.descriptor(), &status) != 0) {
    return system_error("open", path);
  }
  // Before the first byte: a file that has one has a durable name.
  if (status.st_size == 0 && !sync_directory(folder_)) return system_error("sync", folder_);
  const bool amid = ends_amid_a_line(file, status.st_size);
  // The commit point is the fsync: before it the answer has not left.
  if (!write_all(file, amid ? '\n' + text : text) || !sync(file)) {
    return system_error("write", path);
  }
  return {};
}

Result<LedgerFaults> read_ledger(const std::string& folder,
                                 const std::function<void(const DisclosureLine&)>& take) {
  const auto files = ledger_files(folder);
  if (!files) return files.error();
  LedgerFaults faults;
  for (const fs::path& path : *files) {
    if (const auto read = read_file(path, take, faults); !read) return read.error();
  }
  return faults;
}

}  // namespace chayan::commands
