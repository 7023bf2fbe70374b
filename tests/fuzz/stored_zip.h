// A workbook around a sheet, in a ZIP archive of stored parts: quick to make, a thousand times a
// second.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace chayan::fuzz {

class StoredZip {
 public:
  void add(std::string_view name, std::string_view content) {
    const auto crc = static_cast<std::uint32_t>(crc32(
        0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())));
    const auto offset = static_cast<std::uint32_t>(bytes_.size());
    std::string common;
    put(common, 20, 2);
    put(common, 0, 8);  // flags, method 0, time, day
    put(common, crc, 4);
    put(common, static_cast<std::uint32_t>(content.size()), 4);
    put(common, static_cast<std::uint32_t>(content.size()), 4);
    put(common, static_cast<std::uint32_t>(name.size()), 2);
    put(common, 0, 2);
    bytes_.append("PK\x03\x04").append(common).append(name).append(content);
    directory_.append("PK\x01\x02");
    put(directory_, 20, 2);
    directory_.append(common);
    put(directory_, 0, 10);  // comment, disk, attributes
    put(directory_, offset, 4);
    directory_.append(name);
    ++count_;
  }

  std::string finish() {
    const auto offset = static_cast<std::uint32_t>(bytes_.size());
    bytes_.append(directory_).append("PK\x05\x06");
    put(bytes_, 0, 4);
    put(bytes_, count_, 2);
    put(bytes_, count_, 2);
    put(bytes_, static_cast<std::uint32_t>(directory_.size()), 4);
    put(bytes_, offset, 4);
    put(bytes_, 0, 2);
    return bytes_;
  }

 private:
  static void put(std::string& out, std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i) out.push_back(static_cast<char>(i < 4 ? value >> 8 * i : 0));
  }

  std::string bytes_;
  std::string directory_;
  std::uint32_t count_ = 0;
};

inline std::string workbook_around(std::string_view sheet) {
  constexpr std::string_view kTop =
      R"(<R><Relationship Id="r1" Type="x/officeDocument" Target="b.xml"/></R>)";
  constexpr std::string_view kBook = R"(<b><sheets><sheet id="r1"/></sheets></b>)";
  constexpr std::string_view kParts =
      R"(<R><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/>)"
      R"(<Relationship Id="r2" Type="x/sharedStrings" Target="t.xml"/>)"
      R"(<Relationship Id="r3" Type="x/styles" Target="y.xml"/></R>)";
  constexpr std::string_view kTexts =
      "<sst><si><t>证书编号</t></si><si><t>姓名</t></si><si><t>S000031000001263000001</t></si></"
      "sst>";
  constexpr std::string_view kStyles =
      R"(<s><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></s>)";
  StoredZip zip;
  zip.add("_rels/.rels", kTop);
  zip.add("b.xml", kBook);
  zip.add("_rels/b.xml.rels", kParts);
  zip.add("t.xml", kTexts);
  zip.add("y.xml", kStyles);
  zip.add("s.xml", sheet);
  return zip.finish();
}

}  // namespace chayan::fuzz
