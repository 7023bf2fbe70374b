// Short ways to run the binary's commands and to make the files that they read.
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "domain/change.h"
#include "index/store.h"
#include "tests/support/files.h"
#include "tests/support/process.h"

namespace chayan::test {

inline Finished run_chayan(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), CHAYAN_BINARY);
  return run(arguments);
}

inline std::string put_file(const std::string& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

// Changes as the lines that import reads.
inline std::string import_lines(const std::vector<Change>& changes) {
  std::string lines;
  for (const Change& change : changes) {
    JsonWriter json(lines);
    write_change(json, change);
    lines.push_back('\n');
  }
  return lines;
}

// The store that the commands made, opened by the test itself once they have ended.
inline std::unique_ptr<index::Store> open_store(const std::string& data, const Clock& clock,
                                                const std::string& keys = {}) {
  index::StoreOptions options;
  options.data = data;
  options.keys = keys;
  options.create = false;
  options.block_cache_bytes = std::size_t{8} << 20;
  return index::Store::open(options, clock).value();
}

}  // namespace chayan::test
