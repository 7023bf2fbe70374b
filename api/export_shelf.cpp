#include "api/export_shelf.h"

#include <array>
#include <utility>

#include "api/times.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "log/entry.h"

namespace chayan::api {
namespace {

constexpr std::array kFormatsOf = {TableFormat::csv, TableFormat::xlsx, TableFormat::ndjson};

std::string file_name(const ExportTable& table, TableFormat format) {
  return std::string(table.name) + "." + std::string(extension(format));
}

Result<std::optional<std::chrono::sys_seconds>> time_of_last_entry(const index::Reader& reader,
                                                                   std::uint64_t size) {
  if (size == 0) return std::optional<std::chrono::sys_seconds>();
  const auto bytes = reader.entry(size - 1);
  if (!bytes) return bytes.error();
  if (!*bytes) return corrupt("the last entry is missing");
  JsonParser parser;
  const auto entry = log::parse_entry(**bytes, parser);
  if (!entry) return entry.error();
  auto time = parse_rfc3339_utc(entry->head.time);
  if (!time) return corrupt("the last entry has no time");
  return time;
}

}  // namespace

Result<ExportName> ExportName::parse(std::string_view file) {
  std::string known;
  for (std::size_t table = 0; table < export_tables().size(); ++table) {
    for (const TableFormat format : kFormatsOf) {
      const std::string name = file_name(export_tables()[table], format);
      if (file == name) return ExportName{table, format};
      known += (known.empty() ? "" : ", ") + name;
    }
  }
  return Error{ErrorCode::not_found,
               "file",
               {"There is no such export; there are: " + known + ".",
                "没有这个导出文件。现有：" + known + "。"}};
}

Result<ExportFile> build_export(const index::Reader& reader, ExportName name, Date on) {
  const ExportTable& table = export_tables()[name.table];
  const auto head = reader.head();
  if (!head) return head.error();
  const auto as_of = time_of_last_entry(reader, head->size);
  if (!as_of) return as_of.error();
  const TableProperties properties{table.title, head->size, on, *as_of};
  const auto writer = make_table_writer(name.format, table.columns, properties);
  if (!writer) return writer.error();
  if (const auto written = table.write_rows(reader, on, **writer); !written) return written.error();
  auto bytes = (*writer)->finish();
  if (!bytes) return bytes.error();
  return ExportFile{std::move(*bytes), head->size, on, *as_of};
}

Result<std::shared_ptr<const ExportFile>> ExportShelf::get(const index::Reader& reader,
                                                           ExportName name, Date on) const {
  const auto head = reader.head();
  if (!head) return head.error();
  if (auto file = kept(name, head->size, on)) return file;
  const std::lock_guard building(building_);
  if (auto file = kept(name, head->size, on)) return file;  // built while we waited
  auto built = build_export(reader, name, on);
  if (!built) return built.error();
  auto file = std::make_shared<const ExportFile>(std::move(*built));
  if (file->bytes.size() <= limits::kExportKeptBytesMax) keep(name, file);
  return file;
}

std::shared_ptr<const ExportFile> ExportShelf::kept(ExportName name, std::uint64_t seq,
                                                    Date on) const {
  const std::lock_guard lock(shelf_);
  const auto found = files_.find(name);
  if (found == files_.end()) return nullptr;
  const auto& file = found->second;
  return file->on == on && file->seq >= seq ? file : nullptr;
}

void ExportShelf::keep(ExportName name, std::shared_ptr<const ExportFile> file) const {
  const std::lock_guard lock(shelf_);
  files_[name].swap(file);  // the former one ends after the lock
}

}  // namespace chayan::api
