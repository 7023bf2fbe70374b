// What can be exported: each table says its columns and how to walk its rows, once for all formats.
//
// catalog: every item in force on the day, as printed, in order of id. institutions: a row for each
// scope line of each filing that had been submitted by the day, whatever its state then, in order
// of credit code, filing and line; a line whose catalog item is not in force on the day counts for
// nothing (domain/rules.h) and is left out, as in /v1/institutions. Receipt and validity stand from
// the day they were granted. Public fields only: annex 4's internal ones are sealed and are not
// read.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "api/table_writer.h"
#include "base/result.h"
#include "domain/date.h"
#include "index/reader.h"

namespace chayan::api {

struct ExportTable {
  std::string_view name;   // "catalog"
  std::string_view title;  // 比照认定目录; a sheet's name
  std::vector<Column> columns;
  Result<void> (*write_rows)(const index::Reader& reader, Date on, TableWriter& writer);
};

std::span<const ExportTable> export_tables();

}  // namespace chayan::api
