#include "commands/partner_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "base/limits.h"
#include "commands/partner_directory.h"
#include "crypto/digest.h"
#include "domain/change.h"
#include "tests/support/files.h"
#include "tests/support/temp_directory.h"

namespace chayan::commands {
namespace {

const index::Visibility kAll{.everything = true};
const index::Visibility kNames{.fields = {"certificate_number", "holder_name"}};
constexpr const char* kMay = "2026-05-01T00:00:00Z";
constexpr const char* kJune = "2026-06-01T00:00:00Z";

Hash certificate(int n) {
  return crypto::sha256("certificate " + std::to_string(n));
}

TEST(PartnerList, StandsInItsFileAsTheHeaderSays) {
  PartnerList list;
  ASSERT_TRUE(list.add("national", kAll, certificate(1), kMay));
  ASSERT_TRUE(list.add("上海人社", kNames, certificate(2), kMay));
  ASSERT_TRUE(list.revoke("national", std::nullopt, kJune));
  const std::string text =
      R"({"partners":[{"certificates":[{"added":"2026-05-01T00:00:00Z","revoked":"2026-06-01T00:00:00Z","sha256":")" +
      to_hex(view(certificate(1))) +
      R"("}],"all":true,"name":"national"},{"certificates":[{"added":"2026-05-01T00:00:00Z","sha256":")" +
      to_hex(view(certificate(2))) +
      R"("}],"fields":["certificate_number","holder_name"],"name":"上海人社"}],"version":1})" +
      "\n";
  EXPECT_EQ(list.text(), text);
  const auto read = PartnerList::parse(text);
  ASSERT_TRUE(read) << read.error().message.en;
  EXPECT_EQ(read->partners(), list.partners());
}

TEST(PartnerList, APartnerMayHaveASecondCertificateOfTheSameProfile) {
  PartnerList list;
  ASSERT_TRUE(list.add("a", kNames, certificate(1), kMay));
  EXPECT_EQ(list.add("a", kAll, certificate(2), kJune).error().code, ErrorCode::conflict);
  ASSERT_TRUE(list.add("a", kNames, certificate(2), kJune));
  ASSERT_EQ(list.partners().size(), 1U);
  EXPECT_EQ(list.partners()[0].certificates.size(), 2U);
  ASSERT_TRUE(list.revoke("a", certificate(1), kJune));
  EXPECT_TRUE(list.partners()[0].is_active());
  EXPECT_FALSE(list.revoke("a", certificate(1), kJune)) << "it is revoked already";
  ASSERT_TRUE(list.set_profile("a", kAll));
  EXPECT_EQ(list.partners()[0].profile, kAll);
}

TEST(PartnerList, ACertificateBelongsToOnePartnerAndDoesNotComeBack) {
  PartnerList list;
  ASSERT_TRUE(list.add("a", kNames, certificate(1), kMay));
  for (int round = 0; round < 2; ++round) {
    for (const char* name : {"a", "b"}) {
      const auto added = list.add(name, kNames, certificate(1), kJune);
      ASSERT_FALSE(added);
      EXPECT_EQ(added.error().code, ErrorCode::conflict);
      EXPECT_EQ(added.error().field, "certificate");
    }
    if (round == 0) {
      ASSERT_TRUE(list.revoke("a", std::nullopt, kJune));
    }
  }
  // A partner who was revoked may begin again, with another profile.
  ASSERT_TRUE(list.add("a", kAll, certificate(2), kJune));
  EXPECT_EQ(list.partners()[0].profile, kAll);
  EXPECT_FALSE(list.partners()[0].certificates[0].counts());
}

TEST(PartnerList, NamesAndFieldsAreChecked) {
  PartnerList list;
  for (const std::string& name :
       {std::string(), std::string("a b"), std::string("a}"), std::string("\xff"),
        std::string("-a"), std::string("a\nb"), std::string("a\xe3\x80\x80"),
        std::string(limits::kPartnerNameBytesMax + 1, 'a')}) {
    EXPECT_EQ(list.add(name, kAll, certificate(1), kMay).error().field, "name") << name;
  }
  EXPECT_EQ(list.revoke("nobody", std::nullopt, kMay).error().code, ErrorCode::not_found);
  EXPECT_EQ(list.set_profile("nobody", kAll).error().code, ErrorCode::not_found);
  for (const std::string_view name : kPrivateFields) {
    EXPECT_EQ(profile_of_fields({std::string(name)}).value().fields.front(), name);
  }
  for (const char* name : {"", "issuer", "record_salt", "Holder_name", "holder_name "}) {
    EXPECT_EQ(profile_of_fields({"holder_name", name}).error().field, "fields") << name;
  }
  EXPECT_FALSE(profile_of_fields({}));
  EXPECT_EQ(profile_of_fields({"remarks", "head", "remarks"}).value().fields,
            (std::vector<std::string>{"head", "remarks"}));
}

TEST(PartnerList, WhatIsNotAPartnerFileIsRefused) {
  PartnerList list;
  ASSERT_TRUE(list.add("a", kNames, certificate(1), kMay));
  ASSERT_TRUE(list.add("b", kNames, certificate(2), kMay));
  const std::string good = list.text();
  const auto replaced = [&](const std::string& what, const std::string& with) {
    std::string text = good;
    text.replace(text.rfind(what), what.size(), with);
    return text;
  };
  for (const std::string& wrong :
       {std::string(), std::string("{}"), good.substr(0, good.size() - 3),
        replaced("\"version\":1", "\"version\":2"), replaced("holder_name", "holder"),
        replaced("\"name\":\"b\"", "\"name\":\"a\""), replaced("added", "revoked_on"),
        replaced(to_hex(view(certificate(2))), to_hex(view(certificate(1)))),
        replaced(to_hex(view(certificate(2))), "00"),
        replaced("\"fields\":[\"certificate_number\",\"holder_name\"]", "\"fields\":[]"),
        replaced("\"fields\":", "\"all\":true,\"fields\":"),
        replaced("\"fields\":[\"certificate_number\",\"holder_name\"]", "\"all\":false")}) {
    EXPECT_FALSE(PartnerList::parse(wrong)) << wrong;
  }
}

TEST(PartnerFile, IsReplacedWholeAndClosedToOthers) {
  const test::TempDirectory folder;
  const std::string path = folder / "data.partners.json";
  EXPECT_TRUE(read_partner_file(path).value().partners().empty());
  std::ofstream(path + ".tmp") << "left by a crash";
  ASSERT_TRUE(edit_partner_file(
      path, [](PartnerList& list) { return list.add("a", kAll, certificate(1), kMay); }));
  EXPECT_EQ(test::file_mode(path), 0600U);
  const std::string before = test::file_content(path);
  const auto failed = edit_partner_file(path, [](PartnerList& list) -> Result<void> {
    EXPECT_TRUE(list.add("b", kAll, certificate(2), kMay));
    return invalid("x", "No.", "否。");
  });
  EXPECT_EQ(failed.error().field, "x");
  EXPECT_EQ(test::file_content(path), before);
  std::ofstream(path) << "broken";
  EXPECT_EQ(edit_partner_file(path, [](PartnerList&) -> Result<void> { return {}; }).error().code,
            ErrorCode::corrupt);
  EXPECT_EQ(test::file_content(path), "broken") << "what cannot be read is not written over";
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
}

TEST(PartnerFile, EditorsDoNotLoseEachOthersEdits) {
  const test::TempDirectory folder;
  const std::string path = folder / "partners.json";
  constexpr int kThreads = 4;
  constexpr int kEdits = 10;
  std::vector<std::thread> editors;
  for (int thread = 0; thread < kThreads; ++thread) {
    editors.emplace_back([&, thread] {
      for (int n = 0; n < kEdits; ++n) {
        const int id = thread * kEdits + n;
        EXPECT_TRUE(edit_partner_file(path, [&](PartnerList& list) {
          return list.add("p" + std::to_string(id), kAll, certificate(id), kMay);
        }));
      }
    });
  }
  for (std::thread& editor : editors) editor.join();
  EXPECT_EQ(read_partner_file(path).value().partners().size(), std::size_t{kThreads} * kEdits);
}

class PartnerDirectoryTest : public testing::Test {
 protected:
  void add(const std::string& name, const index::Visibility& profile, int n) {
    ASSERT_TRUE(edit_partner_file(
        path_, [&](PartnerList& list) { return list.add(name, profile, certificate(n), kMay); }));
  }
  std::string name_of(int n) {
    const auto found = directory_.find(view(certificate(n)));
    return found ? found->name : std::string();
  }

  test::TempDirectory folder_;
  std::string path_ = folder_ / "partners.json";
  std::vector<Error> faults_;
  PartnerDirectory directory_{path_, [this](const Error& fault) { faults_.push_back(fault); }};
};

TEST_F(PartnerDirectoryTest, NoticesEachChange) {
  EXPECT_EQ(name_of(1), "");
  EXPECT_EQ(name_of(1), "");
  EXPECT_EQ(faults_.size(), 1U) << "said once";
  add("a", kNames, 1);
  EXPECT_EQ(name_of(1), "a");
  EXPECT_EQ(directory_.find(view(certificate(1)))->visibility, kNames);
  add("b", kAll, 2);
  EXPECT_EQ(name_of(1), "a");
  EXPECT_EQ(name_of(2), "b");
  EXPECT_EQ(name_of(3), "");
  ASSERT_TRUE(edit_partner_file(
      path_, [&](PartnerList& list) { return list.revoke("a", std::nullopt, kJune); }));
  EXPECT_EQ(name_of(1), "");
  EXPECT_EQ(name_of(2), "b");
  EXPECT_FALSE(directory_.find("short"));
  EXPECT_FALSE(directory_.find(""));
  EXPECT_EQ(faults_.size(), 1U);
}

TEST_F(PartnerDirectoryTest, AFileThatCannotBeUsedLeavesNobodyAPartner) {
  add("a", kAll, 1);
  EXPECT_EQ(name_of(1), "a");
  const std::string good = test::file_content(path_);
  std::ofstream(path_) << good.substr(0, good.size() / 2);
  EXPECT_EQ(name_of(1), "");
  EXPECT_EQ(name_of(1), "");
  ASSERT_EQ(faults_.size(), 1U);
  EXPECT_EQ(faults_[0].code, ErrorCode::corrupt);
  std::ofstream(path_) << good;
  EXPECT_EQ(name_of(1), "a");
  std::filesystem::remove(path_);
  EXPECT_EQ(name_of(1), "");
  EXPECT_EQ(faults_.size(), 2U);
  std::filesystem::create_directory(path_);
  EXPECT_EQ(name_of(1), "");
  EXPECT_EQ(faults_.size(), 3U);
}

// Once a revocation has returned, no thread finds the certificate any more.
TEST_F(PartnerDirectoryTest, RevocationHoldsForEveryThread) {
  constexpr int kRounds = 30;
  add("b", kAll, 0);
  std::atomic<int> revoked{0};
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int thread = 0; thread < 3; ++thread) {
    readers.emplace_back([&] {
      while (!done) {
        const int last = revoked;
        if (last > 0) {
          EXPECT_FALSE(directory_.find(view(certificate(last)))) << last;
        }
        EXPECT_TRUE(directory_.find(view(certificate(0))));
      }
    });
  }
  for (int n = 1; n <= kRounds; ++n) {
    add("a", kNames, n);
    EXPECT_EQ(name_of(n), "a");
    EXPECT_TRUE(edit_partner_file(
        path_, [&](PartnerList& list) { return list.revoke("a", std::nullopt, kJune); }));
    revoked = n;
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace chayan::commands
