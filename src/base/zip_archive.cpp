#include "base/zip_archive.h"

#include <zip.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"

namespace chayan {
namespace {

struct CloseFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using File = std::unique_ptr<zip_file_t, CloseFile>;

Error damaged() {
  return invalid("file",
                 "The file is damaged, or no XLSX file; open it in a spreadsheet program and save "
                 "it as .xlsx or CSV again.",
                 "文件已损坏，或不是 XLSX 文件；请用表格软件打开后另存为 .xlsx 或 CSV。");
}

Error has_password() {
  return invalid("file",
                 "The file is protected by a password; save it without one, as .xlsx or CSV.",
                 "文件设有密码，请取消密码后另存为 .xlsx 或 CSV。");
}

Error inflates_to_too_much() {
  return {ErrorCode::too_large,
          "file",
          {"Unpacked, the file is too large; delete the sheets, columns and rows that are not "
           "needed, or save the list as CSV.",
           "文件解压后过大，请删去不需要的工作表、列和行，或另存为 CSV。"}};
}

// Why the part cannot be read before a byte of it is; nullopt: it can.
std::optional<Error> objection(zip_t* archive, zip_uint64_t index) {
  zip_stat_t stat;
  if (zip_stat_index(archive, index, 0, &stat) != 0) return damaged();
  const bool is_encrypted =
      (stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE;
  if (is_encrypted) return has_password();
  const bool is_known = (stat.valid & ZIP_STAT_COMP_METHOD) != 0 &&
                        (stat.comp_method == ZIP_CM_STORE || stat.comp_method == ZIP_CM_DEFLATE);
  return is_known ? std::nullopt : std::optional(damaged());
}

}  // namespace

void ZipArchive::Discard::operator()(void* archive) const {
  zip_discard(static_cast<zip_t*>(archive));
}

Result<ZipArchive> ZipArchive::open(std::string_view bytes, std::uint64_t inflated_bytes_max) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* archive = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
  zip_error_fini(&error);
  if (archive == nullptr) {
    if (source != nullptr) zip_source_free(source);
    return damaged();
  }
  return ZipArchive(Handle(archive), inflated_bytes_max);
}

Result<bool> ZipArchive::read(std::string_view name,
                              const std::function<bool(std::string_view piece)>& take) {
  auto* archive = static_cast<zip_t*>(archive_.get());
  const zip_int64_t found = zip_name_locate(archive, std::string(name).c_str(), ZIP_FL_NOCASE);
  if (found < 0) return false;
  const auto index = static_cast<zip_uint64_t>(found);
  if (auto error = objection(archive, index)) return *error;
  const File file(zip_fopen_index(archive, index, 0));
  if (!file) return damaged();
  std::vector<char> piece(limits::kXmlPieceBytes);
  for (;;) {
    const zip_int64_t got = zip_fread(file.get(), piece.data(), piece.size());
    if (got < 0) return damaged();
    if (got == 0) return true;
    const auto count = static_cast<std::uint64_t>(got);
    if (count > inflated_bytes_left_) return inflates_to_too_much();
    inflated_bytes_left_ -= count;
    if (!take({piece.data(), static_cast<std::size_t>(got)})) return true;
  }
}

}  // namespace chayan
