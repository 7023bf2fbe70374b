// Text files built into the binary, so that it needs nothing beside its data directory. Generated
// by CMakeLists.txt.
#pragma once

#include <span>
#include <string_view>

namespace chayan {

struct EmbeddedFile {
  std::string_view name;  // file name without folder
  std::string_view content;
};

// data/*.ndjson: the notice's catalogs, the occupations, the calendars. In the order of their file
// names.
std::span<const EmbeddedFile> official_data();

// data/regions.csv: names of region codes. One file.
std::span<const EmbeddedFile> region_data();

// api/web/ and api/web/icons/: templates, style sheet, scripts and pictures of the pages.
std::span<const EmbeddedFile> web_files();

}  // namespace chayan
