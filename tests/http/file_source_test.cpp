#include "http/file_source.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <string>

#include "tests/support/temp_directory.h"

namespace chayan::http {
namespace {

class FileSourceTest : public ::testing::Test {
 protected:
  FileSourceTest() { std::ofstream(path_) << "0123456789"; }

  FileSource source(std::uint64_t offset, std::uint64_t length) const {
    return {OpenFile(path_, O_RDONLY), offset, length};
  }
  // All of it, in pieces of 4 bytes at most.
  static std::string read_out(FileSource& source) {
    std::string all;
    std::array<char, 4> room;
    while (const std::size_t count = source.read(room)) all.append(room.data(), count);
    return all;
  }

  const test::TempDirectory directory_;
  const std::string path_ = std::string(directory_.path()) + "/file";
};

TEST_F(FileSourceTest, GivesThePartAndNoByteMore) {
  for (std::uint64_t offset = 0; offset <= 10; ++offset) {
    for (std::uint64_t length = 0; offset + length <= 10; ++length) {
      FileSource part = source(offset, length);
      EXPECT_EQ(read_out(part), std::string("0123456789").substr(offset, length));
    }
  }
}

TEST_F(FileSourceTest, EndsWhereTheFileEnds) {
  FileSource beyond = source(8, 100);
  EXPECT_EQ(read_out(beyond), "89");
  FileSource behind = source(10, 1);
  EXPECT_EQ(read_out(behind), "");
}

TEST_F(FileSourceTest, OutlivesTheFilesName) {
  FileSource unlinked = source(0, 10);
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  EXPECT_EQ(read_out(unlinked), "0123456789");
}

TEST_F(FileSourceTest, ThatCannotBeReadIsEmpty) {
  FileSource missing(OpenFile(path_ + ".missing", O_RDONLY), 0, 10);
  EXPECT_EQ(read_out(missing), "");
  FileSource directory(OpenFile(std::string(directory_.path()), O_RDONLY), 0, 10);
  EXPECT_EQ(read_out(directory), "");
}

}  // namespace
}  // namespace chayan::http
