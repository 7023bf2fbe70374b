#include "api/export_tables.h"

#include <array>
#include <optional>
#include <string>

#include "domain/rules.h"

namespace chayan::api {
namespace {

// A column and how its cell is read from what a row stands for.
template <typename Row>
struct Readable {
  Column column;
  std::string (*read)(const Row& row);
};

std::string text(std::string_view value) {
  return std::string(value);
}
std::string text(const std::optional<Date>& day) {
  return day ? day->text() : std::string();
}

const std::vector<Readable<CatalogItem>> kCatalog = {
    {{"item", "目录项目", 14}, [](const CatalogItem& i) { return i.id.text(); }},
    {{"list", "目录", 9}, [](const CatalogItem& i) { return text(code(i.id.list)); }},
    {{"batch", "批次", 11, CellKind::number},
     [](const CatalogItem& i) { return std::to_string(i.id.batch); }},
    {{"row", "序号", 11, CellKind::number},
     [](const CatalogItem& i) { return std::to_string(i.id.row); }},
    {{"document", "文号", 28}, [](const CatalogItem& i) { return i.document; }},
    {{"country", "国家（地区）", 16}, [](const CatalogItem& i) { return i.country; }},
    {{"awarding_body", "发证机构", 30}, [](const CatalogItem& i) { return i.awarding_body; }},
    {{"awarding_body_en", "发证机构英文", 30},
     [](const CatalogItem& i) { return i.awarding_body_en; }},
    {{"awarding_body_abbreviation", "发证机构简称", 16},
     [](const CatalogItem& i) { return i.awarding_body_abbreviation; }},
    {{"certificate", "证书名称", 44}, [](const CatalogItem& i) { return i.certificate; }},
    {{"certificate_en", "证书英文名称", 44}, [](const CatalogItem& i) { return i.certificate_en; }},
    {{"standard", "标准", 18}, [](const CatalogItem& i) { return i.standard; }},
    {{"occupation", "职业编码", 14},
     [](const CatalogItem& i) { return text(i.occupation.text()); }},
    {{"occupation_name", "职业名称", 26}, [](const CatalogItem& i) { return i.occupation_name; }},
    {{"work_type", "工种", 22}, [](const CatalogItem& i) { return i.work_type; }},
    {{"level", "等级", 11}, [](const CatalogItem& i) { return text(code(i.level)); }},
    {{"level_name", "等级名称", 18}, [](const CatalogItem& i) { return text(name_zh(i.level)); }},
    {{"effective_from", "生效日期", 12},
     [](const CatalogItem& i) { return i.effective_from.text(); }},
    {{"withdrawn_on", "退出日期", 12}, [](const CatalogItem& i) { return text(i.withdrawn_on); }}};

// One line of one filing's scope, on a day.
struct FiledLine {
  const Institution& institution;
  const Filing& filing;
  const ScopeLine& line;
  FilingState state;
  std::optional<Date> filed_on;
  std::optional<ValidityPeriod> validity;
};

const std::vector<Readable<FiledLine>> kInstitutions = {
    {{"credit_code", "统一社会信用代码", 22},
     [](const FiledLine& l) { return text(l.institution.credit_code.text()); }},
    {{"name", "机构名称", 34}, [](const FiledLine& l) { return l.institution.name; }},
    {{"institution_kind", "机构性质代码", 24},
     [](const FiledLine& l) { return text(code(l.institution.kind)); }},
    {{"institution_kind_name", "机构性质", 22},
     [](const FiledLine& l) { return text(name_zh(l.institution.kind)); }},
    {{"region", "行政区划代码", 14},
     [](const FiledLine& l) { return text(l.institution.region.text()); }},
    {{"address", "地址", 34}, [](const FiledLine& l) { return l.institution.address; }},
    {{"registration_authority", "注册登记机关", 26},
     [](const FiledLine& l) { return l.institution.registration_authority; }},
    {{"national_filing_number", "人社部备案号", 22},
     [](const FiledLine& l) { return l.institution.national_filing_number; }},
    {{"service_phone", "业务受理电话", 18},
     [](const FiledLine& l) { return l.institution.service_phone; }},
    {{"supervision_phone", "业务监督电话", 18},
     [](const FiledLine& l) { return l.institution.supervision_phone; }},
    {{"service_address", "业务受理地址", 34},
     [](const FiledLine& l) { return l.institution.service_address; }},
    {{"service_email", "业务受理邮箱", 24},
     [](const FiledLine& l) { return l.institution.service_email; }},
    {{"website", "公示网址或微信公众号", 28},
     [](const FiledLine& l) { return l.institution.website; }},
    {{"filing", "申报编号", 18}, [](const FiledLine& l) { return l.filing.id; }},
    {{"receipt", "备案回执编号", 24},
     [](const FiledLine& l) { return text(l.validity ? l.filing.receipt() : ""); }},
    {{"state", "备案状态", 14}, [](const FiledLine& l) { return text(code(l.state)); }},
    {{"filed_on", "备案日期", 12}, [](const FiledLine& l) { return text(l.filed_on); }},
    {{"valid_from", "有效期起", 12},
     [](const FiledLine& l) { return l.validity ? l.validity->from.text() : std::string(); }},
    {{"valid_to", "有效期至", 12},
     [](const FiledLine& l) { return l.validity ? l.validity->to.text() : std::string(); }},
    {{"occupation", "职业编码", 14},
     [](const FiledLine& l) { return text(l.line.occupation.text()); }},
    {{"occupation_name", "职业名称", 26},
     [](const FiledLine& l) { return l.line.occupation_name; }},
    {{"work_type", "工种", 22}, [](const FiledLine& l) { return l.line.work_type; }},
    {{"level", "等级", 11}, [](const FiledLine& l) { return text(code(l.line.level)); }},
    {{"level_name", "等级名称", 18},
     [](const FiledLine& l) { return text(name_zh(l.line.level)); }},
    {{"item", "目录项目", 14},
     [](const FiledLine& l) { return l.line.item ? l.line.item->text() : std::string(); }}};

template <typename Row>
std::vector<Column> columns_of(const std::vector<Readable<Row>>& readable) {
  std::vector<Column> columns;
  columns.reserve(readable.size());
  for (const Readable<Row>& one : readable) columns.push_back(one.column);
  return columns;
}

template <typename Row>
Result<void> write_row(const std::vector<Readable<Row>>& readable, const Row& row,
                       TableWriter& writer) {
  std::vector<std::string> cells;
  cells.reserve(readable.size());
  for (const Readable<Row>& one : readable) cells.push_back(one.read(row));
  return writer.row(cells);
}

Result<void> write_catalog(const index::Reader& reader, Date on, TableWriter& writer) {
  const auto items = reader.catalog_on(on);
  if (!items) return items.error();
  for (const CatalogItem& item : *items) {
    if (auto written = write_row(kCatalog, item, writer); !written) return written;
  }
  return {};
}

std::optional<Date> filed_on(const Filing& filing, Date day) {
  for (const RecordedFilingEvent& recorded : filing.events) {
    const FilingEvent& event = recorded.event;
    if (event.kind == FilingEventKind::filed && event.on <= day) return event.on;
  }
  return std::nullopt;
}

// Writes the rows of one institution after another; keeps the versions of the items it met.
class InstitutionRows {
 public:
  InstitutionRows(const index::Reader& reader, Date on, TableWriter& writer)
      : reader_(reader), on_(on), writer_(writer) {}

  Result<void> write(const index::InstitutionRecord& record) {
    for (const Filing& filing : record.filings) {
      const FilingState state = state_on(filing, on_);
      if (state == FilingState::unknown) continue;
      for (const ScopeLine& line : filing.scope()) {
        const auto counts = counts_on_the_day(line);
        if (!counts) return counts.error();
        if (!*counts) continue;
        const FiledLine row{record.institution,      filing, line, state, filed_on(filing, on_),
                            validity_on(filing, on_)};
        if (auto written = write_row(kInstitutions, row, writer_); !written) return written;
      }
    }
    return {};
  }

 private:
  Result<bool> counts_on_the_day(const ScopeLine& line) {
    if (line.item && !catalog_.contains(*line.item)) {
      auto versions = reader_.catalog_versions(*line.item);
      if (!versions) return versions.error();
      catalog_.emplace(*line.item, std::move(*versions));
    }
    return line_on(line, catalog_, on_).has_value();
  }

  const index::Reader& reader_;
  const Date on_;
  TableWriter& writer_;
  CatalogVersions catalog_;
};

Result<void> write_institutions(const index::Reader& reader, Date on, TableWriter& writer) {
  InstitutionRows rows(reader, on, writer);
  return reader.each_institution([&](const index::InstitutionRecord& record) -> Result<bool> {
    if (const auto written = rows.write(record); !written) return written.error();
    return true;
  });
}

const std::array<ExportTable, 2> kTables = {
    {{"catalog", "比照认定目录", columns_of(kCatalog), write_catalog},
     {"institutions", "评价机构备案", columns_of(kInstitutions), write_institutions}}};

}  // namespace

std::span<const ExportTable> export_tables() {
  return kTables;
}

}  // namespace chayan::api
