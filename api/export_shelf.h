// Built exports. Building one walks the whole registry, so a thread of the shelf's own does it,
// one file at a time, while askers wait without holding up a server's thread; what is built is
// given to everyone who asks for that day.
//
// A file is given until the log has grown, and then for limits::kExportFresh more: a registry that
// takes a change each second does not build for each asker anew, and the file says which size of
// the log it shows. Those not asked for longest go where all are over limits::kExportKeptBytesMax.
#pragma once

#include <chrono>
#include <compare>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "api/export_tables.h"
#include "api/services.h"
#include "api/table_writer.h"
#include "base/result.h"
#include "domain/date.h"
#include "http/content_coding.h"
#include "index/reader.h"

namespace chayan::api {

// The same file in one content coding.
struct ExportForm {
  http::Coding coding = http::Coding::identity;
  std::string bytes;
  std::string etag;
};

struct ExportFile {
  std::vector<ExportForm> forms;  // identity first; an archive is in no other
  std::uint64_t seq = 0;          // size of the log it was read from
  Date on;
  std::optional<std::chrono::sys_seconds> as_of;  // time of the last entry; nullopt: an empty log

  const std::string& bytes() const { return forms.front().bytes; }
  // The form for this Accept-Encoding.
  const ExportForm& form(std::string_view accept_encoding) const;
};

// "institutions.xlsx", taken apart.
struct ExportName {
  std::size_t table = 0;  // index into export_tables()
  TableFormat format = TableFormat::csv;

  // Error not_found, which lists the names that there are.
  static Result<ExportName> parse(std::string_view file);
  auto operator<=>(const ExportName&) const = default;
  std::string_view table_name() const { return export_tables()[table].name; }
};

class ExportShelf {
 public:
  // `services` must outlive it; it calls services.ring after each build.
  explicit ExportShelf(const Services& services);
  // Waits for a build under way.
  ~ExportShelf();

  // nullptr: it is being built; ask again after the ring. Error unavailable: as many are being
  // waited for as may be; else what the build failed with. Any thread, never blocks for long.
  Result<std::shared_ptr<const ExportFile>> find(ExportName name, Date on);

 private:
  struct Key {
    ExportName name;
    Date on;
    auto operator<=>(const Key&) const = default;
  };
  using Built = Result<std::shared_ptr<const ExportFile>>;
  struct Slot {
    std::optional<Built> built;
    std::chrono::system_clock::time_point at;  // when it was built
    std::uint64_t asked = 0;                   // turn of the last asker
    bool is_queued = false;
  };

  bool is_current(const Slot& slot, std::uint64_t size) const;
  void work(const std::stop_token& stop);
  void shelve(const Key& key, Built built);  // under mutex_
  std::size_t bytes_kept() const;            // under mutex_

  const Services& services_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<Key, Slot> slots_;
  std::deque<Key> queue_;
  std::uint64_t turn_ = 0;
  std::jthread builder_;  // last: it uses all of the above
};

// Builds a file, without a shelf.
Result<ExportFile> build_export(const index::Reader& reader, ExportName name, Date on);

}  // namespace chayan::api
