#include "api/table_writer.h"

namespace chayan::api {

std::string_view extension(TableFormat format) {
  switch (format) {
    case TableFormat::csv:
      return "csv";
    case TableFormat::xlsx:
      return "xlsx";
    case TableFormat::ndjson:
      break;
  }
  return "ndjson";
}

std::string_view media_type(TableFormat format) {
  switch (format) {
    case TableFormat::csv:
      return "text/csv; charset=utf-8; header=present";
    case TableFormat::xlsx:
      return kXlsxType;
    case TableFormat::ndjson:
      break;
  }
  return "application/x-ndjson";
}

Result<std::unique_ptr<TableWriter>> make_table_writer(TableFormat format,
                                                       std::span<const Column> columns,
                                                       const TableProperties& properties) {
  switch (format) {
    case TableFormat::csv:
      return make_csv_writer(columns);
    case TableFormat::xlsx:
      return make_xlsx_writer(columns, properties);
    case TableFormat::ndjson:
      break;
  }
  return make_ndjson_writer(columns);
}

std::string header_of(const Column& column) {
  return std::string(column.title) + " " + std::string(column.name);
}

}  // namespace chayan::api
