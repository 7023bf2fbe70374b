// The exports as others read them: Python's csv and json, and openpyxl, which knows nothing of
// libxlsxwriter. It opens the served files, holds the cells of the three formats against each
// other, and against what was imported.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/json_writer.h"
#include "tests/support/registry.h"
#include "tests/system/cli.h"

namespace chayan::test {
namespace {

// Arguments: a folder with catalog.* and institutions.*, size of the log, day, time of the last
// entry. Stands on Debian's python3-openpyxl (3.0 has no custom properties: read from the archive).
constexpr std::string_view kReader = R"python(
import csv, datetime, json, re, sys, zipfile
import openpyxl

folder, seq, day, last_modified = sys.argv[1:]
NUMBERS = {'batch', 'row'}
FORMULA = tuple('=+-@\t\r\n') + ('＝', '＋', '－', '＠')

def check(condition, *what):
    if not condition:
        sys.exit('failed: ' + ' '.join(repr(w) for w in what))

def name_of(header):
    title, name = header.split(' ')
    check(re.fullmatch('[\u4e00-\u9fff（）]+', title) and re.fullmatch('[a-z_]+', name), header)
    return name

def as_csv(path):
    data = open(path, 'rb').read()
    check(data.startswith(b'\xef\xbb\xbf') and data.endswith(b'\r\n'), path)
    check(data.count(b'\n') == data.count(b'\r\n'), 'a line does not end in CRLF', path)
    rows = list(csv.reader(open(path, encoding='utf-8-sig', newline=''), strict=True))
    names = [name_of(cell) for cell in rows[0]]
    for row in rows[1:]:
        check(len(row) == len(names), row)
        for cell in row:
            check(not cell.startswith(FORMULA), 'a formula', cell)
    return names, [{n: c[1:] if c.startswith("'") else c for n, c in zip(names, row) if c} for row in rows[1:]]

def as_xlsx(path):
    book = openpyxl.load_workbook(path)
    check(len(book.worksheets) == 1, path)
    sheet = book.worksheets[0]
    check(sheet.freeze_panes == 'A2', sheet.freeze_panes)
    check(sheet.auto_filter.ref == sheet.dimensions, sheet.auto_filter.ref, sheet.dimensions)
    names = [name_of(cell.value) for cell in sheet[1]]
    check(all(cell.font.bold for cell in sheet[1]), 'header')
    letters = [cell.column_letter for cell in sheet[1]]
    check(all(sheet.column_dimensions[letter].width > 8 for letter in letters), 'widths')
    rows = []
    for cells in sheet.iter_rows(min_row=2):
        row = {}
        for name, cell in zip(names, cells):
            if cell.value is None: continue
            number = name in NUMBERS
            check(cell.data_type == ('n' if number else 's'), name, cell.value, cell.data_type)
            check(number or cell.number_format == '@', name, cell.number_format)
            check(cell.hyperlink is None, cell.value)
            # openpyxl undoes _x005F_ and leaves the other escapes of ST_Xstring as they are.
            row[name] = str(cell.value) if number else cell.value.replace('_xFFFF_', '\uffff')
        rows.append(row)
    properties = book.properties
    check(properties.description == 'on %s, seq %s' % (day, seq), properties.description)
    created = properties.created.strftime('%a, %d %b %Y %H:%M:%S GMT')
    check(created == last_modified, created, last_modified)
    with zipfile.ZipFile(path) as archive:
        check(archive.testzip() is None, path)
        custom = archive.read('docProps/custom.xml').decode()
        check('name="seq"><vt:r8>%s<' % seq in custom and 'name="on"><vt:lpwstr>%s<' % day in custom, custom)
        # openpyxl takes _x0041_ for what it looks like, Excel for an A: it has to be escaped.
        check('示例_x0041_' not in archive.read('xl/sharedStrings.xml').decode(), 'an escape')
        check(not any(b'<f>' in archive.read(n) for n in archive.namelist()), 'a formula in ' + path)
    return names, rows

def as_ndjson(path):
    rows = []
    for line in open(path, encoding='utf-8', newline=''):
        row = json.loads(line)
        check(line == json.dumps(row, ensure_ascii=False, separators=(',', ':'), sort_keys=True) + '\n', line)
        check(all(type(v) is (int if n in NUMBERS else str) for n, v in row.items()), row)
        rows.append({n: str(v) for n, v in row.items()})
    return rows

for table in 'catalog', 'institutions':
    path = folder + '/' + table + '.'
    csv_names, csv_rows = as_csv(path + 'csv')
    xlsx_names, xlsx_rows = as_xlsx(path + 'xlsx')
    ndjson_rows = as_ndjson(path + 'ndjson')
    check(csv_names == xlsx_names, csv_names, xlsx_names)
    check(len(csv_rows) > 10, table, len(csv_rows))
    for rows in xlsx_rows, ndjson_rows:
        check(len(rows) == len(csv_rows), table, len(rows), len(csv_rows))
        for ours, theirs in zip(csv_rows, rows):
            check(ours == theirs, ours, theirs)
    for expected in map(json.loads, open(folder + '/' + table + '.expected', encoding='utf-8')):
        found = [r for r in xlsx_rows if all(r.get(n) == v for n, v in expected.items())]
        check(len(found) == 1, expected, len(found))
    print(table, len(csv_rows))
)python";

struct Recorded {
  CreditCode code;
  std::string name;
  std::string phone;
  std::string filing;
  std::string receipt;
};

// Codes that a spreadsheet would rather take for numbers: all digits, and mantissa E exponent.
bool is_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}
CreditCode code_where(int& n, bool (*wanted)(std::string_view)) {
  while (!wanted(credit(n).text())) ++n;
  return credit(n++);
}

std::vector<Recorded> recorded() {
  const std::vector<std::string> names = {
      "=HYPERLINK(\"https://example.org\",\"示例\")",
      "@SUM(1+1)*示例",
      "+示例机构",
      "-示例机构",
      "＝全角示例",
      "'撇号示例",
      "示例\"引号\"，逗号,机构;分号",
      "示例_x0041_机构",
      "示例<标签>&机构",
      "示例\xEF\xBF\xBF机构",  // U+FFFF: XML has no such character
      "𠮷野家示例·扩展区汉字",
      "https://example.org/示例",
      "Ünïcode示例"};
  std::vector<Recorded> all;
  int n = 1;
  for (const std::string& name : names) {
    const std::string number = std::to_string(all.size());
    const bool digits = all.size() % 2 == 0;
    all.push_back({digits ? code_where(n, is_digits)
                          : code_where(n, [](std::string_view code) { return !is_digits(code); }),
                   name, "+86-21-0000000" + number, "000" + number,
                   digits ? "00012345678901234567" + number : number + "E5"});
  }
  return all;
}

std::vector<Change> changes_of(const std::vector<Recorded>& all) {
  std::vector<Change> changes = official_changes();
  for (const Recorded& one : all) {
    changes.push_back(put_institution(one.code, one.name));
    std::get<Institution>(changes.back().body).service_phone = one.phone;
    changes.back().secrets = {{"contact", "内部联系人示例"}};
    for (Change& change :
         filing_until_filed(one.code, one.filing, day("2026-03-02"), {item_line("foreign/1/3")})) {
      auto& event = std::get<FilingEvent>(change.body);
      if (event.kind == FilingEventKind::filed) event.receipt = one.receipt;
      changes.push_back(std::move(change));
    }
  }
  return changes;
}

std::string expected_institutions(const std::vector<Recorded>& all) {
  std::string lines;
  for (const Recorded& one : all) {
    JsonWriter json(lines);
    json.begin_object()
        .member("credit_code", one.code.text())
        .member("name", one.name)
        .member("service_phone", one.phone)
        .member("filing", one.filing)
        .member("receipt", one.receipt)
        .member("region", "310115")
        .member("state", "effective")
        .member("valid_to", "2029-03-02")
        .member("item", "foreign/1/3")
        .end_object();
    lines += '\n';
  }
  return lines;
}

TEST(Spreadsheets, AnIndependentReaderFindsTheSameCellsInAllFormats) {
  const TempDirectory folder;
  const std::vector<Recorded> all = recorded();
  const std::string import = put_file(folder / "import.ndjson", import_lines(changes_of(all)));
  const Finished imported = run_chayan({"import", "--data", folder / "data", import});
  ASSERT_EQ(imported.code, 0) << imported.err;

  const std::string on = "2026-11-02";
  std::string seq;
  std::string last_modified;
  {
    const ServeProcess server(CHAYAN_BINARY, folder / "data");
    for (const std::string table : {"catalog", "institutions"}) {
      for (const std::string format : {"csv", "xlsx", "ndjson"}) {
        const std::string file = table + "." + format;
        const HttpReply reply = server.get("/v1/exports/" + file + "?on=" + on);
        ASSERT_EQ(reply.status, 200) << reply.body;
        put_file(folder / file, reply.body);
        EXPECT_EQ(reply.body.find("内部联系人"), std::string::npos);
        EXPECT_NE(
            reply.field("Content-Disposition").find("-seq" + reply.field("Chayan-Size") + "."),
            std::string::npos);
        seq = reply.field("Chayan-Size");
        last_modified = reply.field("Last-Modified");
      }
    }
  }
  const ServeProcess restarted(CHAYAN_BINARY, folder / "data");
  for (const std::string file : {"catalog.xlsx", "institutions.xlsx"}) {
    EXPECT_EQ(restarted.get("/v1/exports/" + file + "?on=" + on).body, file_content(folder / file))
        << "the same bytes after a restart";
  }

  put_file(folder / "institutions.expected", expected_institutions(all));
  put_file(folder / "catalog.expected",
           "{\"item\":\"foreign/1/"
           "1\",\"list\":\"foreign\",\"batch\":\"1\",\"row\":\"1\",\"country\":\"英国\","
           "\"occupation\":\"4-10-01-05\",\"occupation_name\":\"养老护理员\"}\n");
  put_file(folder / "read.py", kReader);
  const Finished read =
      run({"/usr/bin/python3", folder / "read.py", folder.path(), seq, on, last_modified});
  EXPECT_EQ(read.code, 0) << read.err;
  EXPECT_NE(read.out.find("institutions " + std::to_string(all.size())), std::string::npos)
      << read.out << read.err;
}

}  // namespace
}  // namespace chayan::test
