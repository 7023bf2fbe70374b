#include "api/export_shelf.h"

#include <algorithm>
#include <array>
#include <utility>

#include "api/representation.h"
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

// An XLSX file is a zip archive: coding it once more costs time and saves nothing.
std::vector<ExportForm> forms_of(std::string bytes, TableFormat format) {
  std::vector<ExportForm> forms;
  if (format != TableFormat::xlsx && bytes.size() > limits::kCompressAboveBytes) {
    for (const http::Coding coding : {http::Coding::gzip, http::Coding::zstd}) {
      auto coded = http::encode(coding, bytes);
      if (coded) forms.push_back({coding, std::move(*coded), etag_of(coding, bytes)});
    }
  }
  std::string etag = etag_of(http::Coding::identity, bytes);
  forms.insert(forms.begin(), {http::Coding::identity, std::move(bytes), std::move(etag)});
  return forms;
}

std::size_t bytes_of(const ExportFile& file) {
  std::size_t bytes = 0;
  for (const ExportForm& form : file.forms) bytes += form.bytes.size();
  return bytes;
}

}  // namespace

const ExportForm& ExportFile::form(std::string_view accept_encoding) const {
  const http::Coding coding = http::choose_coding(accept_encoding);
  const auto found = std::find_if(forms.begin(), forms.end(),
                                  [&](const ExportForm& form) { return form.coding == coding; });
  return found == forms.end() ? forms.front() : *found;
}

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
  return ExportFile{forms_of(std::move(*bytes), name.format), head->size, on, *as_of};
}

ExportShelf::ExportShelf(const Services& services)
    : services_(services), builder_([this](const std::stop_token& stop) { work(stop); }) {}

ExportShelf::~ExportShelf() = default;

Result<std::shared_ptr<const ExportFile>> ExportShelf::find(ExportName name, Date on) {
  const auto head = services_.store.reader().head();
  if (!head) return head.error();
  const Key key{name, on};
  const std::lock_guard lock(mutex_);
  Slot& slot = slots_[key];
  slot.asked = ++turn_;
  if (is_current(slot, head->size)) return *slot.built;
  if (slot.is_queued) return std::shared_ptr<const ExportFile>();
  if (queue_.size() >= limits::kExportsWaitedForMax) {
    if (!slot.built) slots_.erase(key);
    return Error{ErrorCode::unavailable,
                 {},
                 {"Many other files are being built; ask again in a few seconds.",
                  "正在生成的文件较多，请稍后再试。"}};
  }
  slot.is_queued = true;
  queue_.push_back(key);
  changed_.notify_one();
  return std::shared_ptr<const ExportFile>();
}

// A failure counts as a file does: those who wait are told of it, and later ones try again.
bool ExportShelf::is_current(const Slot& slot, std::uint64_t size) const {
  if (!slot.built || slot.is_queued) return false;
  if (*slot.built && (**slot.built)->seq >= size) return true;
  const auto age = services_.clock.now() - slot.at;
  return age >= std::chrono::seconds(0) && age < limits::kExportFresh;
}

void ExportShelf::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [&] { return !queue_.empty(); })) {
    const Key key = queue_.front();
    lock.unlock();
    auto file = build_export(services_.store.reader(), key.name, key.on);
    lock.lock();
    queue_.pop_front();
    shelve(key, file ? Built(std::make_shared<const ExportFile>(std::move(*file)))
                     : Built(file.error()));
    lock.unlock();
    if (services_.ring) services_.ring();
    lock.lock();
  }
}

void ExportShelf::shelve(const Key& key, Built built) {
  Slot& slot = slots_[key];
  slot.built = std::move(built);
  slot.at = services_.clock.now();
  slot.is_queued = false;
  // The new one stays whatever its length: somebody waits for it.
  while (bytes_kept() > limits::kExportKeptBytesMax || slots_.size() > limits::kExportsKeptMax) {
    auto oldest = slots_.end();
    for (auto it = slots_.begin(); it != slots_.end(); ++it) {
      if (it->second.is_queued || it->first == key) continue;
      if (oldest == slots_.end() || it->second.asked < oldest->second.asked) oldest = it;
    }
    if (oldest == slots_.end()) return;
    slots_.erase(oldest);
  }
}

std::size_t ExportShelf::bytes_kept() const {
  std::size_t bytes = 0;
  for (const auto& [key, slot] : slots_) {
    if (slot.built && *slot.built) bytes += bytes_of(***slot.built);
  }
  return bytes;
}

}  // namespace chayan::api
