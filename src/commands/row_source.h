// The rows of an import file, one after the other, each as the JSON text of one change.
//
// NDJSON: a line a row, UTF-8. CSV (RFC 4180, by libcsv): a header line naming the members, in
// English or Chinese (证书编号, 姓名, ...); without a `kind` column every row is a
// certificate.issued. In which encodings: base/csv_reader.h. XLSX is recognised, by its first bytes,
// and its rows are not changes: `verify` alone reads it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/csv_reader.h"
#include "base/result.h"

namespace chayan::commands {

enum class FileForm { ndjson, csv, xlsx };

// What a first reading tells: needed to read it again as rows.
struct ImportFile {
  std::string path;
  FileForm form = FileForm::ndjson;
  Encoding encoding = Encoding::utf8;
  std::uint64_t bytes = 0;
  std::string digest;  // SHA-256 of the content, hex: names the import in idempotency keys
};

bool is_csv_name(std::string_view path);

// Reads the file once. XLSX by its first bytes; CSV or NDJSON by its name's ending (.csv, .ndjson),
// or else by whether its first line begins with '{'.
Result<ImportFile> inspect(const std::string& path);

struct Row {
  std::uint64_t line = 0;  // 1-based, where the row starts
  std::string json;        // empty where `error` is set
  Error error;             // a row that cannot be read at all: too long, not in the encoding
  bool readable = true;
  std::uint64_t offset = 0;  // bytes read so far, for progress
};

// Visits every row in order until `visit` says false. Blank lines and CSV rows of empty cells are
// passed over. An error means that the file cannot be read on: gone, a CSV header that names an
// unknown member, quotes that do not pair, a workbook.
Result<void> each_row(const ImportFile& file, const std::function<bool(const Row& row)>& visit);

}  // namespace chayan::commands
