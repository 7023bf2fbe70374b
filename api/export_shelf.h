// Built exports. Building walks the whole registry, so the last file of each name is kept and given
// to everyone who asks for that day until the log has grown.
//
// Thread-safe. One file is built at a time: concurrent first askers wait for the one that builds
// it, and never does more than one build's memory come together. A file longer than
// limits::kExportKeptBytesMax is not kept.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "api/export_tables.h"
#include "api/table_writer.h"
#include "base/result.h"
#include "domain/date.h"
#include "index/reader.h"

namespace chayan::api {

struct ExportFile {
  std::string bytes;
  std::uint64_t seq = 0;  // size of the log it was read from
  Date on;
  std::optional<std::chrono::sys_seconds> as_of;  // time of the last entry; nullopt: an empty log
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
  // The file as of `reader`'s snapshot, or as of a later one that was built meanwhile.
  Result<std::shared_ptr<const ExportFile>> get(const index::Reader& reader, ExportName name,
                                                Date on) const;

 private:
  std::shared_ptr<const ExportFile> kept(ExportName name, std::uint64_t seq, Date on) const;
  void keep(ExportName name, std::shared_ptr<const ExportFile> file) const;

  mutable std::mutex building_;  // held while a file is built; taken before shelf_
  mutable std::mutex shelf_;     // guards files_, held for moments only
  mutable std::map<ExportName, std::shared_ptr<const ExportFile>> files_;
};

// Builds a file, without a shelf.
Result<ExportFile> build_export(const index::Reader& reader, ExportName name, Date on);

}  // namespace chayan::api
