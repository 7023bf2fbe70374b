// One Api serves all threads at once, while the registry is written to. For the tsan preset.
#include <atomic>
#include <thread>

#include "tests/api/fixture.h"

namespace chayan::api::testing {
namespace {

TEST(Threads, AnswerTheSameWhileOthersAskAndWrite) {
  Registry registry;
  constexpr int kThreads = 4;
  constexpr int kRounds = 50;
  // The fixture's observer keeps a list; here another Api counts instead.
  std::atomic<int> observed{0};
  std::atomic<int> faults{0};
  Services services{*registry.store, registry.clock};
  services.observe = [&](const RequestRecord&) { ++observed; };
  services.report_fault = [&](const Error&) { ++faults; };
  const Api api(std::move(services));
  const http::Application application = api.public_application();

  const auto ask = [&](http::Method method, std::string_view target, const std::string& body) {
    const http::Field fields[] = {{"Content-Type", "application/json"},
                                  {"Accept-Encoding", "zstd"}};
    http::Request request;
    request.method = method;
    request.target = target;
    request.fields = fields;
    request.body = body;
    http::Response response;
    application.answer(request, response);
    return response;
  };
  const std::string match = question(kNumber, kName, "");
  const std::string no_match = question(kNumber, "", kOtherDocument);
  const std::string expected = ask(http::Method::post, "/v1/verifications", match).body;

  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        if (ask(http::Method::post, "/v1/verifications", match).body != expected) ++wrong;
        if (ask(http::Method::post, "/v1/verifications", no_match).status != 200) ++wrong;
        if (ask(http::Method::get, "/v1/institutions?q=ylhly", {}).status != 200) ++wrong;
        if (ask(http::Method::get, "/institutions", {}).status != 200) ++wrong;
        if (ask(http::Method::get, "/v1/catalog?level=x", {}).status != 400) ++wrong;
      }
    });
  }
  for (int n = 10; n < 20; ++n) registry.add_institution(n, "4-10-01-05", SkillLevel::senior);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(faults, 0);
  EXPECT_EQ(observed, kThreads * kRounds * 5 + 1);
}

}  // namespace
}  // namespace chayan::api::testing
