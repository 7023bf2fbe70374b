#include "commands/bad_rows.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace chayan::commands {
namespace {

Error cannot_write(const std::string& path) {
  return io_error("Cannot write the rejected rows to " + path + ": " +
                  std::generic_category().message(errno) + ".");
}

// /dev/null and pipes have no disk behind them.
bool is_on_disk(const OpenFile& file) {
  return sync(file) || errno == EINVAL;
}

}  // namespace

Result<BadRows::Part> BadRows::open_part(std::string path, bool goes_on) {
  OpenFile file(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
  struct stat status {};
  if (!file.is_open() || ::fstat(file.descriptor(), &status) != 0) return cannot_write(path);
  if (S_ISREG(status.st_mode)) {
    if (status.st_size > 0 && !goes_on) {
      return Error{ErrorCode::conflict,
                   "--skip-bad",
                   {path + " is not empty and is not written over; name another file.", {}}};
    }
    if (::fchmod(file.descriptor(), 0600) != 0) return cannot_write(path);
    if (!sync_directory(std::filesystem::path(path).parent_path())) return cannot_write(path);
  }
  return Part{std::move(path), std::move(file), {}};
}

Result<BadRows> BadRows::open(const std::string& path, bool goes_on) {
  auto rows = open_part(path, goes_on);
  if (!rows) return rows.error();
  auto reasons = open_part(path + ".reasons", goes_on);
  if (!reasons) return reasons.error();
  return BadRows(std::move(*rows), std::move(*reasons));
}

void BadRows::add(std::string_view row, std::string_view reason) {
  rows_.pending.append(row).push_back('\n');
  reasons_.pending.append(reason).push_back('\n');
}

Result<void> BadRows::write_part(Part& part) {
  if (part.pending.empty()) return {};
  if (!write_all(part.file, part.pending) || !is_on_disk(part.file)) return cannot_write(part.path);
  part.pending.clear();
  return {};
}

Result<void> BadRows::write() {
  if (auto written = write_part(rows_); !written) return written;
  return write_part(reasons_);
}

void BadRows::remove_if_empty() const {
  for (const Part* part : {&rows_, &reasons_}) {
    struct stat status {};
    if (::fstat(part->file.descriptor(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (status.st_size == 0) ::unlink(part->path.c_str());
  }
}

}  // namespace chayan::commands
