// A snapshot file taken apart by libzstd alone, and proven page by page.
#pragma once

#include <gtest/gtest.h>
#include <zstd.h>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "log/feed_reader.h"

namespace chayan::test {

inline std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// One page a frame; the test fails where the file is anything else.
inline std::vector<std::string> snapshot_pages(std::string_view file) {
  std::vector<std::string> pages;
  while (!file.empty()) {
    const std::size_t frame = ZSTD_findFrameCompressedSize(file.data(), file.size());
    const unsigned long long content = ZSTD_getFrameContentSize(file.data(), file.size());
    if (ZSTD_isError(frame) != 0 || content > limits::kSnapshotPageBytesMax) {
      ADD_FAILURE() << "not a frame of a bounded page";
      return pages;
    }
    std::string page(content, '\0');
    EXPECT_EQ(ZSTD_decompress(page.data(), page.size(), file.data(), frame), content);
    pages.push_back(std::move(page));
    file.remove_prefix(frame);
  }
  return pages;
}

// What a mirror does: from nothing, with the log's key alone. The tree that was proven.
inline log::Frontier proven_tree(std::string_view file, const log::NoteKey& key) {
  log::FeedReader reader(key, {});
  for (const std::string& page : snapshot_pages(file)) {
    const auto read = reader.read(page);
    if (!read) {
      ADD_FAILURE() << read.error().message.en;
      break;
    }
    EXPECT_LE(read->lines.size(), limits::kSnapshotPageEntriesMax);
    for (const auto& line : read->lines) {
      EXPECT_FALSE(std::holds_alternative<log::WholeRecord>(line.beside));
      EXPECT_FALSE(std::holds_alternative<log::Opening>(line.beside));
    }
  }
  return reader.frontier();
}

}  // namespace chayan::test
