// A small real registry in a temporary directory, and the api in front of it, without sockets.
//
// Every institution, person and number here is made up. The catalogs, occupations and calendars are
// the product's own official data.
#pragma once

#include <gtest/gtest.h>
#include <simdjson.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "api/api.h"
#include "api/services.h"
#include "base/clock.h"
#include "crypto/suite.h"
#include "domain/certificate_number.h"
#include "domain/change.h"
#include "index/reader.h"
#include "index/store.h"
#include "index/writer.h"

namespace chayan::api::testing {

class FakeClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() const override { return now_.load(); }
  void set(std::string_view day, int hour = 4);  // UTC
  void advance(std::chrono::seconds by) { now_ = now_.load() + by; }

 private:
  std::atomic<std::chrono::system_clock::time_point> now_{};  // threads of the api read it
};

struct Answer {
  int status = 0;
  std::string content_type;
  std::map<std::string, std::string> headers;
  std::string body;

  std::string header(const std::string& name) const;
  // The body as JSON; valid while the Answer lives.
  simdjson::dom::element json() const;
  std::string text(std::string_view pointer) const;  // "/items/0/name"
  std::size_t count(std::string_view pointer) const;
  std::string everything() const;  // status, headers and body, to search or compare

 private:
  mutable std::shared_ptr<simdjson::dom::parser> parser_;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

// What the registry holds. Dates are chosen around kToday.
inline constexpr std::string_view kToday = "2026-11-24";

// 甲: an effective filing for foreign/1/1, 1/3, 1/5 and the plain occupation 养老护理员 level 3.
inline constexpr std::string_view kFirst = "91350100M000100Y43";
// 乙: was filed for dual/1/1, suspended since 2026-10-01.
inline constexpr std::string_view kSecond = "91512081MA62K0260E";
// 丙: submitted only; its code fails the check character, as the authority supplied it.
inline constexpr std::string_view kThird = "91350211M0000XUF46";

inline constexpr std::string_view kNumber = "S000031000001263000001";
inline constexpr std::string_view kName = "测试甲乙丙";
inline constexpr std::string_view kDocument = "11010519491231002X";
inline constexpr std::string_view kRevokedNumber = "S000031000001263000002";
inline constexpr std::string_view kErasedNumber = "S000031000001263000003";
inline constexpr std::string_view kUnauthorizedNumber =
    "S000031000001263000004";                                       // by 乙, in October
inline constexpr std::string_view kPaddedNumber = "1231234567890";  // recorded with 000 in front
inline constexpr std::string_view kOtherName = "阿依古丽·示例";
inline constexpr std::string_view kOtherDocument = "TEST00012345";

class Registry {
 public:
  explicit Registry(const crypto::Suite& suite = crypto::kIntl);
  ~Registry();

  Answer get(const std::string& target, const Headers& headers = {}) const;
  Answer post(const std::string& target, const std::string& body,
              const std::string& content_type = "application/json",
              const Headers& headers = {}) const;
  Answer ask(http::Method method, const std::string& target, const Headers& headers = {},
             const std::string& body = {}, bool admin = false) const;
  Answer verify(std::string_view number, std::string_view name, std::string_view document,
                const Headers& headers = {}) const;

  // Goes on with an api that was never asked anything.
  void forget();

  // Records changes; the test fails where one is refused.
  void record(std::vector<Change> changes);
  void erase(std::string_view certificate_number);
  // An institution with an effective filing for this occupation and level; n is in its code and
  // name.
  void add_institution(int n, std::string_view occupation, SkillLevel level);

  FakeClock clock;
  std::unique_ptr<index::Store> store;
  std::unique_ptr<index::Writer> writer;
  std::unique_ptr<Api> api;
  mutable std::vector<RequestRecord> records;
  std::vector<Error> faults;
  bool ready = true;
  std::string public_url = "https://verify.example.cn";

 private:
  void load_official_data();
  void load_institutions();
  void load_certificates();

  std::filesystem::path directory_;
  std::function<std::unique_ptr<Api>()> make_api_;
  mutable std::mutex bell_mutex_;
  mutable std::condition_variable bell_;
  std::uint64_t rings_ = 0;
  int batches_ = 0;
  std::unique_ptr<http::Application> public_;
  std::unique_ptr<http::Application> admin_;
};

// One registry for all tests that only read.
Registry& shared_registry();

Date day(std::string_view text);
CreditCode credit_code(int n);  // valid, of a made-up organisation
std::string question(std::string_view number, std::string_view name, std::string_view document);

// The events that make a filing effective from 2026-07-08 to 2029-07-08.
std::vector<Change> effective_filing(std::string_view id, const CreditCode& institution,
                                     std::vector<ScopeLine> scope);

}  // namespace chayan::api::testing
