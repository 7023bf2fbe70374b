// Who may include whom. A room is a folder with a name; the table below is the architecture, and
// what a source file includes has to follow it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/temp_directory.h"

namespace chayan::test {
namespace {

namespace fs = std::filesystem;

struct Room {
  std::string_view folder;
  std::vector<std::string_view> may_include;  // besides itself
};

const std::map<std::string_view, Room> kRooms = {
    {"base", {"src/base", {}}},
    {"domain", {"src/domain", {"base"}}},
    {"crypto", {"src/crypto", {"base"}}},
    {"guard", {"src/guard", {"crypto", "base"}}},
    {"log", {"src/log", {"crypto", "base"}}},
    {"receipt", {"src/receipt", {"log", "domain", "base"}}},
    {"audit", {"src/audit", {"log", "crypto", "domain", "base"}}},
    {"http", {"src/http", {"base"}}},
    {"server", {"src/server", {"http", "base"}}},
    {"client", {"src/client", {"log", "http", "base"}}},
    {"index", {"index", {"crypto", "log", "domain", "base"}}},
    {"api", {"api", {"guard", "index", "receipt", "log", "crypto", "domain", "http", "base"}}},
    {"commands",
     {"src/commands",
      {"api", "audit", "guard", "server", "client", "index", "receipt", "log", "crypto", "domain",
       "http", "base"}}},
};

// main.cpp is no room: it stands directly in src and may include everything.
const Room kMain = {"src",
                    {"commands", "api", "audit", "guard", "server", "client", "index", "receipt",
                     "log", "crypto", "domain", "http", "base"}};

// Libraries that live in few rooms, by how the include's path begins.
const std::map<std::string_view, std::vector<std::string_view>> kHomesOfLibraries = {
    {"boost/asio", {"server"}},
    {"boost/beast", {"server"}},
    {"openssl/", {"crypto", "server"}},
    {"rocksdb/", {"index"}},
    {"simdjson", {"base"}},
    {"curl/", {"client"}},
    {"qrencode", {"api"}},
    {"zstd", {"http", "client", "index"}},
};

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What stands between the quotes or brackets of an #include line.
std::optional<std::string_view> included(std::string_view line) {
  const auto skip_blanks = [&] {
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  };
  skip_blanks();
  if (!line.starts_with('#')) return std::nullopt;
  line.remove_prefix(1);
  skip_blanks();
  if (!line.starts_with("include")) return std::nullopt;
  line.remove_prefix(7);
  skip_blanks();
  if (!line.starts_with('"') && !line.starts_with('<')) return std::nullopt;
  const std::size_t end = line.find(line.front() == '<' ? '>' : '"', 1);
  return line.substr(1, end == std::string_view::npos ? end : end - 1);
}

// What is wrong with this include in this room; empty where nothing is.
std::string fault_of(std::string_view room, const Room& rules, std::string_view path) {
  const std::string_view first = path.substr(0, path.find('/'));
  if (kRooms.contains(first)) {
    if (first == room || contains(rules.may_include, first)) return {};
    return std::string(room) + " must not include " + std::string(path);
  }
  if (first == "." || first == ".." || first == "src" || first == "tests") {
    return "write the include from its room on: " + std::string(path);
  }
  for (const auto& [beginning, homes] : kHomesOfLibraries) {
    if (path.starts_with(beginning) && !contains(homes, room)) {
      return std::string(path) + " is not for " + std::string(room);
    }
  }
  return {};
}

bool is_source(const fs::path& path) {
  return path.extension() == ".h" || path.extension() == ".cpp";
}

struct Report {
  std::size_t files = 0;
  std::vector<std::string> faults;
};

void check_file(const fs::path& path, std::string_view room, const Room& rules, Report& report) {
  ++report.files;
  std::ifstream in(path);
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const auto target = included(line);
    const std::string fault = target ? fault_of(room, rules, *target) : std::string();
    if (fault.empty()) continue;
    report.faults.push_back(path.string() + ":" + std::to_string(number) + ": " + fault);
  }
}

// Every room's folder, with the folders in it; and the sources that stand in src directly.
Report check_tree(const fs::path& root) {
  Report report;
  for (const auto& [name, room] : kRooms) {
    if (!fs::exists(root / room.folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / room.folder)) {
      if (is_source(entry.path())) check_file(entry.path(), name, room, report);
    }
  }
  if (!fs::exists(root / kMain.folder)) return report;
  for (const auto& entry : fs::directory_iterator(root / kMain.folder)) {
    if (is_source(entry.path())) check_file(entry.path(), "main", kMain, report);
  }
  return report;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

// The faults of a tree that holds this one file.
std::vector<std::string> faults_with(const std::string& file, const std::string& content) {
  const TempDirectory root;
  const fs::path path = fs::path(root.path()) / file;
  fs::create_directories(path.parent_path());
  std::ofstream(path) << content;
  const Report report = check_tree(root.path());
  EXPECT_EQ(report.files, 1U) << file;
  return report.faults;
}

TEST(Layering, EverySourceIncludesOnlyWhatItsRoomMay) {
  const Report report = check_tree(CHAYAN_SOURCE_DIR);
  EXPECT_TRUE(report.faults.empty()) << joined(report.faults);
}

TEST(Layering, EveryRoomIsThereAndEveryFolderOfSourcesIsARoom) {
  const fs::path root = CHAYAN_SOURCE_DIR;
  for (const auto& [name, room] : kRooms) {
    std::size_t sources = 0;
    for (const auto& entry : fs::recursive_directory_iterator(root / room.folder)) {
      sources += is_source(entry.path()) ? 1 : 0;
    }
    EXPECT_GT(sources, 0U) << name;
  }
  for (const auto& entry : fs::directory_iterator(root / "src")) {
    if (!entry.is_directory()) continue;
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(kRooms.contains(name)) << name << " is in src and not in the table";
  }
}

TEST(Layering, AWrongIncludeIsCaught) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"src/base/x.h", "domain/date.h"},       {"src/domain/x.cpp", "crypto/digest.h"},
      {"src/crypto/x.cpp", "log/entry.h"},     {"src/log/x.cpp", "domain/change.h"},
      {"src/log/x.cpp", "index/store.h"},      {"src/http/x.h", "server/server.h"},
      {"src/server/x.cpp", "api/api.h"},       {"src/server/x.cpp", "domain/date.h"},
      {"index/x.cpp", "http/message.h"},       {"index/x.cpp", "api/api.h"},
      {"api/x.cpp", "server/server.h"},        {"api/x.cpp", "commands/command.h"},
      {"index/deeper/x.h", "server/server.h"}, {"src/base/x.h", "../domain/date.h"},
      {"src/guard/x.cpp", "http/message.h"},   {"src/server/x.cpp", "guard/guard.h"},
      {"src/client/x.cpp", "index/store.h"},   {"api/x.cpp", "client/http_client.h"},
      {"api/x.cpp", "src/server/server.h"},    {"api/x.cpp", "tests/support/registry.h"},
  };
  for (const auto& [file, include] : wrong) {
    SCOPED_TRACE(testing::Message() << file << " with " << include);
    EXPECT_EQ(faults_with(file, "#include \"" + include + "\"\n").size(), 1U);
    EXPECT_EQ(faults_with(file, "//\n  #  include <" + include + ">\n").size(), 1U);
  }
}

TEST(Layering, ALibraryOutsideItsRoomsIsCaught) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"api/x.cpp", "boost/asio/io_context.hpp"},
      {"src/commands/x.cpp", "boost/beast/core.hpp"},
      {"api/x.cpp", "rocksdb/db.h"},
      {"src/commands/x.cpp", "rocksdb/db.h"},
      {"src/log/x.cpp", "openssl/evp.h"},
      {"index/x.cpp", "openssl/sha.h"},
      {"api/x.cpp", "simdjson.h"},
      {"src/main.cpp", "rocksdb/db.h"},
      {"src/http/x.h", "boost/asio.hpp"},
      {"src/commands/x.cpp", "curl/curl.h"},
  };
  for (const auto& [file, include] : wrong) {
    EXPECT_EQ(faults_with(file, "#include <" + include + ">\n").size(), 1U)
        << file << " with " << include;
  }
}

TEST(Layering, ARightIncludeIsNot) {
  const std::vector<std::pair<std::string, std::string>> right = {
      {"src/main.cpp", "commands/command.h"},
      {"src/commands/x.cpp", "server/server.h"},
      {"api/x.cpp", "api/api.h"},
      {"api/x.cpp", "index/reader.h"},
      {"index/x.cpp", "rocksdb/db.h"},
      {"src/server/x.cpp", "boost/asio/io_context.hpp"},
      {"src/client/x.cpp", "curl/curl.h"},
      {"src/crypto/x.cpp", "openssl/evp.h"},
      {"src/base/x.h", "simdjson.h"},
      {"src/base/x.h", "boost/system/result.hpp"},
      {"src/base/x.h", "string"},
      {"src/commands/x.cpp", "CLI/CLI.hpp"},
  };
  for (const auto& [file, include] : right) {
    EXPECT_TRUE(faults_with(file, "#include <" + include + ">\n").empty())
        << file << " with " << include;
  }
  EXPECT_TRUE(faults_with("api/x.cpp", "// #include \"server/server.h\" is not for us\n").empty());
}

}  // namespace
}  // namespace chayan::test
