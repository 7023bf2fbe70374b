#include "crypto/keyring.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "crypto/digest.h"
#include "crypto/seal.h"

namespace chayan::crypto {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRootHex =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
// Keys 40..5f (id 1) and 60..7f (id 2) wrapped under that root by another implementation (Python's
// hmac and cryptography).
constexpr std::string_view kWrapped1 =
    "000000007917df46fcb4d7160f0e98af7a8eb701f5a04b6c5110560504e5b5f2bc91e906a4f6203a04463fdb3bc854"
    "0"
    "2ef10d062729573a15cfdd16c11eb40d7";
constexpr std::string_view kWrapped2 =
    "0000000039919b85c83ebdced418d8597182dbe844b9042a43710ca1a20e5ea6c4fdb99d5fb540b0d97fa34c9e67e9"
    "d"
    "c3fe4e89db8514bd22cb846e0b90ec2c6";

Hash counting_key(std::uint8_t first) {
  Hash key{};
  for (std::uint8_t& byte : key) byte = first++;
  return key;
}

std::string data_key(std::string_view id, std::string_view state, std::string_view wrapped) {
  std::string text = R"({"id":)";
  text.append(id).append(R"(,"state":")").append(state).append(R"(","wrapped":")");
  return text.append(wrapped).append("\"}");
}

std::string keyring_json(std::string_view data_keys, std::string_view format = "1",
                         std::string_view suite = "intl") {
  std::string text = R"({"format":)";
  text.append(format).append(R"(,"suite":")").append(suite);
  text.append(R"(","created":"2026-06-23T01:02:03Z","data_keys":[)");
  return text.append(data_keys).append("]}\n");
}

class KeyringTest : public testing::Test {
 protected:
  KeyringTest() {
    std::string pattern = testing::TempDir() + "keyring-XXXXXX";
    parent_ = ::mkdtemp(pattern.data());
    directory_ = parent_ + "/keys";
  }
  ~KeyringTest() override { fs::remove_all(parent_); }

  std::string path(std::string_view name) const { return directory_ + "/" + std::string(name); }

  void write(std::string_view name, std::string_view content, mode_t mode = 0400) const {
    fs::create_directory(directory_);
    ::chmod(directory_.c_str(), 0700);
    fs::remove(path(name));
    std::ofstream(path(name), std::ios::binary) << content;
    ASSERT_EQ(::chmod(path(name).c_str(), mode), 0);
  }

  std::string read(std::string_view name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  mode_t mode(const std::string& of) const {
    struct stat status {};
    EXPECT_EQ(::stat(of.c_str(), &status), 0) << of;
    return status.st_mode & 07777;
  }

  // The error of load(), which must not succeed.
  Error load_error() const {
    const Result<Keyring> loaded = Keyring::load(directory_);
    EXPECT_FALSE(loaded);
    return loaded ? Error{} : loaded.error();
  }

  std::string parent_, directory_;
};

bool says(const Error& error, std::string_view words) {
  return error.message.en.find(words) != std::string::npos;
}

TEST_F(KeyringTest, CreatedAndLoadedAreTheSame) {
  EXPECT_FALSE(Keyring::exists(directory_));
  const Keyring created = Keyring::create(directory_, "2026-06-23T01:02:03Z").value();
  EXPECT_TRUE(Keyring::exists(directory_));
  const Keyring loaded = Keyring::load(directory_).value();
  EXPECT_EQ(loaded.suite, &kIntl);
  EXPECT_EQ(loaded.active_data_key, 1U);
  EXPECT_EQ(loaded.data_keys, created.data_keys);
  EXPECT_EQ(loaded.index_key, created.index_key);
  EXPECT_EQ(loaded.cursor_key, created.cursor_key);
  EXPECT_EQ(loaded.fingerprint, created.fingerprint);
  // No two of the keys are one.
  EXPECT_NE(loaded.index_key, loaded.cursor_key);
  EXPECT_NE(loaded.index_key, loaded.data_keys.at(1).secret);
  EXPECT_NE(loaded.index_key, loaded.fingerprint);
}

TEST_F(KeyringTest, FilesAreForTheirOwnerAlone) {
  const mode_t before = ::umask(0777);  // the least helpful umask there is
  const Result<Keyring> created = Keyring::create(directory_, "2026-06-23T01:02:03Z");
  ::umask(before);
  ASSERT_TRUE(created);
  EXPECT_EQ(mode(directory_), 0700U);
  EXPECT_EQ(mode(path("root.key")), 0400U);
  EXPECT_EQ(mode(path("keyring.json")), 0400U);
}

TEST_F(KeyringTest, TheDataKeyStandsInNoFile) {
  const Keyring created = Keyring::create(directory_, "2026-06-23T01:02:03Z").value();
  const std::string text = read("keyring.json") + read("root.key");
  EXPECT_EQ(read("root.key").size(), 64U);
  EXPECT_EQ(text.find(to_hex(view(created.data_keys.at(1).secret))), std::string::npos);
  EXPECT_EQ(text.find(to_hex(view(created.index_key))), std::string::npos);
  EXPECT_NE(text.find("2026-06-23T01:02:03Z"), std::string::npos);
}

TEST_F(KeyringTest, TwoKeyringsDiffer) {
  const Keyring first = Keyring::create(directory_, "2026-06-23T01:02:03Z").value();
  const Keyring second = Keyring::create(directory_ + "2", "2026-06-23T01:02:03Z").value();
  EXPECT_NE(first.fingerprint, second.fingerprint);
  EXPECT_NE(first.data_keys, second.data_keys);
}

TEST_F(KeyringTest, IsNeverWrittenOver) {
  ASSERT_TRUE(Keyring::create(directory_, "2026-06-23T01:02:03Z"));
  const std::string root = read("root.key");
  const std::string keyring = read("keyring.json");
  const Result<Keyring> again = Keyring::create(directory_, "2026-06-24T01:02:03Z");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_EQ(read("root.key"), root);
  EXPECT_EQ(read("keyring.json"), keyring);
  // Nor is what an interrupted create left.
  fs::remove(path("keyring.json"));
  EXPECT_TRUE(Keyring::exists(directory_));
  EXPECT_EQ(Keyring::create(directory_, "2026-06-24T01:02:03Z").error().code, ErrorCode::conflict);
  EXPECT_EQ(read("root.key"), root);
}

// A kill between its two files once left a directory that every later start refused.
TEST_F(KeyringTest, AnInterruptedCreateIsNotInTheWay) {
  const std::string fresh = directory_ + ".fresh";
  fs::create_directories(fresh + ".making");
  std::ofstream(fresh + ".making/root.key") << "half";
  ASSERT_TRUE(Keyring::create(fresh, "2026-06-23T01:02:03Z"));
  EXPECT_TRUE(Keyring::load(fresh));
  EXPECT_FALSE(fs::exists(fresh + ".making"));
}

TEST_F(KeyringTest, ARootKeyIsLeftNowhereElse) {
  const fs::path before = fs::current_path();
  fs::create_directory(directory_);
  fs::current_path(directory_);
  const auto created = Keyring::create("", "2026-06-23T01:02:03Z");
  fs::current_path(before);
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, ErrorCode::invalid_argument);
  EXPECT_FALSE(fs::exists(directory_ + "/.making"));

  const std::string fresh = directory_ + ".fresh";
  EXPECT_TRUE(Keyring::create(fresh + "/", "2026-06-23T01:02:03Z"));
  EXPECT_FALSE(fs::exists(fresh + "/.making"));
  EXPECT_TRUE(Keyring::load(fresh));
}

// The stored format: a keyring that another program wrote.
TEST_F(KeyringTest, GoldenFiles) {
  write("root.key", kRootHex);
  write("keyring.json", keyring_json(data_key("1", "retiring", kWrapped1) + "," +
                                     data_key("2", "active", kWrapped2)));
  const Keyring keyring = Keyring::load(directory_).value();
  EXPECT_EQ(keyring.active_data_key, 2U);
  EXPECT_EQ(keyring.data_keys.size(), 2U);
  EXPECT_EQ(keyring.data_keys.at(1).secret, counting_key(0x40));
  EXPECT_EQ(keyring.data_keys.at(2).secret, counting_key(0x60));
  EXPECT_EQ(to_hex(view(keyring.index_key)),
            "cba5baaee8d7ff21cba66ba6898276fac581dfa4344fcc027a93262510c128df");
  EXPECT_EQ(to_hex(view(keyring.cursor_key)),
            "35e74558391cfccd084266b3e8b58761fca764d378259d280bceaf6117c384cb");
  EXPECT_EQ(to_hex(view(keyring.fingerprint)),
            "dd630a267d5152021908e838369b9771ba2c8dcba4e88eafd6dcbb052823e50e");
}

TEST_F(KeyringTest, RootMayEndInANewline) {
  write("root.key", std::string(kRootHex) + "\n");
  write("keyring.json", keyring_json(data_key("1", "active", kWrapped1)));
  EXPECT_TRUE(Keyring::load(directory_));
}

TEST_F(KeyringTest, OpenModesAreRefusedWithTheCommandThatMendsThem) {
  ASSERT_TRUE(Keyring::create(directory_, "2026-06-23T01:02:03Z"));
  for (const std::string name : {"root.key", "keyring.json"}) {
    for (const mode_t open : {0440U, 0404U, 0600U, 0500U, 0644U}) {
      ::chmod(path(name).c_str(), open);
      const Error error = load_error();
      EXPECT_EQ(error.code, ErrorCode::unavailable);
      EXPECT_TRUE(says(error, "chmod 0400 " + path(name))) << error.message.en;
    }
    ::chmod(path(name).c_str(), 0400);
  }
  for (const mode_t open : {0710U, 0701U, 0755U, 0777U}) {
    ::chmod(directory_.c_str(), open);
    const Error error = load_error();
    EXPECT_EQ(error.code, ErrorCode::unavailable);
    EXPECT_TRUE(says(error, "chmod 0700 " + directory_)) << error.message.en;
  }
  ::chmod(directory_.c_str(), 0700);
  EXPECT_TRUE(Keyring::load(directory_)) << "as it was, it loads";
}

TEST_F(KeyringTest, CreateRefusesADirectoryOpenToOthers) {
  fs::create_directory(directory_);
  ::chmod(directory_.c_str(), 0755);
  const Result<Keyring> created = Keyring::create(directory_, "2026-06-23T01:02:03Z");
  ASSERT_FALSE(created);
  EXPECT_TRUE(says(created.error(), "chmod 0700 "));
  EXPECT_FALSE(Keyring::exists(directory_));
}

TEST_F(KeyringTest, AnotherOwnerIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ASSERT_TRUE(Keyring::create(directory_, "2026-06-23T01:02:03Z"));
  ASSERT_EQ(::chown(path("root.key").c_str(), 65534, 65534), 0);
  EXPECT_TRUE(says(load_error(), "chown 0 " + path("root.key")));
  ASSERT_EQ(::chown(path("root.key").c_str(), 0, 0), 0);
  ASSERT_EQ(::chown(directory_.c_str(), 65534, 65534), 0);
  EXPECT_TRUE(says(load_error(), "chown 0 " + directory_));
}

TEST_F(KeyringTest, MissingPiecesAreNamed) {
  EXPECT_EQ(load_error().code, ErrorCode::io);
  EXPECT_TRUE(says(load_error(), directory_));
  write("root.key", kRootHex);
  EXPECT_TRUE(says(load_error(), "keyring.json"));
  fs::remove(path("root.key"));
  write("keyring.json", keyring_json(data_key("1", "active", kWrapped1)));
  EXPECT_TRUE(says(load_error(), "root.key"));
}

TEST_F(KeyringTest, AFifoDoesNotMakeItWait) {
  write("keyring.json", keyring_json(data_key("1", "active", kWrapped1)));
  ASSERT_EQ(::mkfifo(path("root.key").c_str(), 0400), 0);
  EXPECT_TRUE(says(load_error(), "not a regular file"));
}

TEST_F(KeyringTest, BadContentsAreRefused) {
  const std::string good = data_key("1", "active", kWrapped1);
  std::string flipped(kWrapped1);
  flipped.back() = flipped.back() == '0' ? '1' : '0';
  const std::string bad[] = {
      "",
      "[]",
      "not json",
      keyring_json(good).substr(0, 60),
      keyring_json(good, "2"),                                          // another format
      keyring_json(good, "\"1\""),                                      // of another type
      keyring_json(good, "1", "gm"),                                    // another suite
      keyring_json(""),                                                 // no key
      keyring_json(data_key("1", "retiring", kWrapped1)),               // none active
      keyring_json(data_key("1", "idle", kWrapped1)),                   // unknown state
      keyring_json(good + "," + data_key("2", "active", kWrapped2)),    // two active
      keyring_json(good + "," + data_key("1", "retiring", kWrapped1)),  // one id twice
      keyring_json(data_key("2", "active", kWrapped1)),  // ids exchanged: the wrap binds them
      keyring_json(data_key("0", "active", kWrapped1)),
      keyring_json(data_key("-1", "active", kWrapped1)),
      keyring_json(data_key("4294967297", "active", kWrapped1)),
      keyring_json(data_key("1", "active", flipped)),
      keyring_json(data_key("1", "active", "zz")),
      keyring_json(data_key("1", "active", "")),
      keyring_json(R"({"id":1,"state":"active"})"),
      R"({"format":1,"suite":"intl","created":"","data_keys":[],"extra":1})",
  };
  write("root.key", kRootHex);
  for (const std::string& text : bad) {
    write("keyring.json", text);
    const Error error = load_error();
    EXPECT_EQ(error.code, ErrorCode::corrupt) << text;
    EXPECT_TRUE(says(error, path("keyring.json"))) << error.message.en;
    EXPECT_EQ(error.message.en.find(kRootHex), std::string::npos);
  }
  write("keyring.json", keyring_json(good));
  EXPECT_TRUE(Keyring::load(directory_));
}

TEST_F(KeyringTest, BadRootsAreRefused) {
  write("keyring.json", keyring_json(data_key("1", "active", kWrapped1)));
  for (const std::string& root :
       {std::string(), std::string(kRootHex.substr(2)), std::string(kRootHex) + "00",
        std::string(64, 'g'), std::string(kRootHex) + "\n\n"}) {
    write("root.key", root);
    EXPECT_TRUE(says(load_error(), "64 hexadecimal digits")) << root;
  }
  write("root.key", std::string(64, '0'));  // well formed, but of another keyring
  EXPECT_TRUE(says(load_error(), "not wrapped under this root.key"));
}

// ---- gm, and rotation

// As the golden files above, in the other suite (computed with the openssl command and Python).
TEST_F(KeyringTest, GoldenFilesOfGm) {
  constexpr std::string_view kWrappedGm =
      "000000004ed66be9a378142746394b550f9cc0fd8a2bfa72b7740225b27ebebc8da5ad8372e0e66dedd6ae85bf3d"
      "5a864ede6001d4bb84fcece9e0496001aac6";
  write("root.key", kRootHex);
  write("keyring.json", keyring_json(data_key("1", "active", kWrappedGm), "1", "gm"));
  const Keyring keyring = Keyring::load(directory_).value();
  EXPECT_EQ(keyring.suite, &kGm);
  EXPECT_EQ(keyring.data_keys.at(1).secret, counting_key(0x40));
  EXPECT_EQ(to_hex(view(keyring.index_key)),
            "7898b5edc05847197894664d00878300aab6c55f72955d01c273426bd30cb186");
  EXPECT_EQ(to_hex(view(keyring.fingerprint)),
            "70533b5cd44e4ce9ac4328a121b8aa5140a1e1a161da78646210a8d9ed171125");
  write("keyring.json", keyring_json(data_key("1", "active", kWrappedGm), "1", "intl"));
  EXPECT_EQ(load_error().code, ErrorCode::corrupt) << "the suite is not to be changed by hand";
}

TEST_F(KeyringTest, AKeyLivesThroughItsStates) {
  for (const Suite* suite : {&kIntl, &kGm}) {
    fs::remove_all(directory_);
    const Keyring made = Keyring::create(directory_, "2026-06-23T01:02:03Z", *suite).value();
    EXPECT_EQ(made.suite, suite);
    EXPECT_FALSE(made.has_retiring_key());
    const Keyring rotated = Keyring::add_data_key(directory_, "2026-07-01T00:00:00Z").value();
    EXPECT_EQ(rotated.active_data_key, 2U);
    EXPECT_TRUE(rotated.has_retiring_key());
    EXPECT_EQ(rotated.data_keys.at(1).state, DataKeyState::retiring);
    EXPECT_EQ(rotated.data_keys.at(1).secret, made.data_keys.at(1).secret);
    EXPECT_EQ(rotated.data_keys.at(2).created, "2026-07-01T00:00:00Z");
    EXPECT_EQ(rotated.index_key, made.index_key) << "rows keep their keys";
    EXPECT_EQ(rotated.fingerprint, made.fingerprint);
    EXPECT_EQ(Keyring::load(directory_).value().data_keys, rotated.data_keys);
    EXPECT_EQ(mode(path("keyring.json")), 0400U);
    EXPECT_FALSE(fs::exists(path("keyring.json.new")));

    EXPECT_EQ(Keyring::forget_data_key(directory_, 1).error().code, ErrorCode::conflict);
    EXPECT_EQ(Keyring::forget_data_key(directory_, 2).error().code, ErrorCode::conflict);
    EXPECT_EQ(Keyring::forget_data_key(directory_, 3).error().code, ErrorCode::not_found);
    const Keyring retired = Keyring::retire_data_keys(directory_).value();
    EXPECT_EQ(retired.data_keys.at(1).state, DataKeyState::retired);
    EXPECT_EQ(retired.data_keys.at(2).state, DataKeyState::active);
    EXPECT_EQ(Keyring::add_data_key(directory_, "2026-08-01T00:00:00Z").value().active_data_key,
              3U);
    const Keyring left = Keyring::forget_data_key(directory_, 1).value();
    EXPECT_EQ(left.data_keys.size(), 2U);
    EXPECT_EQ(Keyring::load(directory_).value().data_keys, left.data_keys);
    EXPECT_EQ(Keyring::load(directory_).value().created, "2026-06-23T01:02:03Z");
  }
}

// What a kill between writing and renaming leaves is the old keyring and a file that nobody reads.
TEST_F(KeyringTest, AnInterruptedReplacementIsNotInTheWay) {
  const Keyring made = Keyring::create(directory_, "2026-06-23T01:02:03Z").value();
  write("keyring.json.new", "half");
  EXPECT_EQ(Keyring::load(directory_).value().data_keys, made.data_keys);
  EXPECT_EQ(Keyring::add_data_key(directory_, "2026-07-01T00:00:00Z").value().data_keys.size(), 2U);
  EXPECT_FALSE(fs::exists(path("keyring.json.new")));
}

TEST_F(KeyringTest, TwoReplacementsExcludeEachOther) {
  ASSERT_TRUE(Keyring::create(directory_, "2026-06-23T01:02:03Z"));
  const int held = ::open(path("root.key").c_str(), O_RDONLY);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);
  EXPECT_EQ(Keyring::add_data_key(directory_, "2026-07-01T00:00:00Z").error().code,
            ErrorCode::conflict);
  EXPECT_TRUE(Keyring::load(directory_)) << "readers do not wait";
  ::close(held);
  EXPECT_TRUE(Keyring::add_data_key(directory_, "2026-07-01T00:00:00Z"));
}

}  // namespace
}  // namespace chayan::crypto
