// XLSX files made by hand, part by part, so that a test can say what stands in them and what is
// wrong.
#pragma once

#include <gtest/gtest.h>
#include <zip.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chayan::test {

using Parts = std::vector<std::pair<std::string, std::string>>;

inline std::string zip_of(const Parts& parts, const char* password = nullptr) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* made = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_t* archive = zip_open_from_source(made, ZIP_TRUNCATE, &error);
  zip_source_keep(made);
  for (const auto& [name, content] : parts) {
    zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
    const zip_int64_t index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    EXPECT_GE(index, 0);
    if (password != nullptr) {
      zip_file_set_encryption(archive, static_cast<zip_uint64_t>(index), ZIP_EM_AES_256, password);
    }
  }
  EXPECT_EQ(zip_close(archive), 0);
  zip_stat_t stat;
  zip_source_stat(made, &stat);
  std::string bytes(stat.size, '\0');
  zip_source_open(made);
  zip_source_read(made, bytes.data(), bytes.size());
  zip_source_close(made);
  zip_source_free(made);
  zip_error_fini(&error);
  return bytes;
}

struct WorkbookParts {
  std::string sheet_data = {};  // what stands in <sheetData>
  std::string shared = {};      // what stands in <sst>
  std::string styles = {};      // what stands in <styleSheet>
  std::string sheets = R"(<sheet name="a" sheetId="1" r:id="r1" xmlns:r="http://example.test/r"/>)";
  std::string properties = {};  // <workbookPr/>
};

inline Parts parts_of(const WorkbookParts& book) {
  const auto relation = [](std::string_view id, std::string_view type, std::string_view target) {
    return "<Relationship Id=\"" + std::string(id) +
           "\" Type=\"http://example.test/relationships/" + std::string(type) + "\" Target=\"" +
           std::string(target) + "\"/>";
  };
  const auto relations = [](const std::string& content) {
    return "<?xml version=\"1.0\"?><Relationships>" + content + "</Relationships>";
  };
  return {{"_rels/.rels", relations(relation("r1", "officeDocument", "xl/workbook.xml"))},
          {"xl/workbook.xml",
           "<workbook>" + book.properties + "<sheets>" + book.sheets + "</sheets></workbook>"},
          {"xl/_rels/workbook.xml.rels",
           relations(relation("r1", "worksheet", "worksheets/sheet1.xml") +
                     relation("r2", "worksheet", "/xl/worksheets/sheet2.xml") +
                     relation("r3", "sharedStrings", "sharedStrings.xml") +
                     relation("r4", "styles", "styles.xml"))},
          {"xl/sharedStrings.xml", "<sst>" + book.shared + "</sst>"},
          {"xl/styles.xml", "<styleSheet>" + book.styles + "</styleSheet>"},
          {"xl/worksheets/sheet1.xml",
           "<worksheet><sheetData>" + book.sheet_data + "</sheetData></worksheet>"},
          {"xl/worksheets/sheet2.xml",
           R"(<x:worksheet xmlns:x="http://example.test/s"><x:sheetData><x:row><x:c t="inlineStr">)"
           R"(<x:is><x:t>second</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>)"}};
}

inline std::string workbook(const WorkbookParts& book) {
  return zip_of(parts_of(book));
}

// A sheet of texts as they are, from row 1 on; an empty cell is none.
inline std::string workbook_of(const std::vector<std::vector<std::string>>& rows) {
  std::string data;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    data += "<row r=\"" + std::to_string(i + 1) + "\">";
    for (const std::string& cell : rows[i]) {
      data += cell.empty() ? "<c/>" : "<c t=\"inlineStr\"><is><t>" + cell + "</t></is></c>";
    }
    data += "</row>";
  }
  return workbook({.sheet_data = data});
}

}  // namespace chayan::test
