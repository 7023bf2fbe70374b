// The listeners of `serve`: none waits for another.
#include "commands/listeners.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "tests/support/http_client.h"
#include "tests/support/registry.h"
#include "tests/support/self_signed.h"

namespace chayan::commands {
namespace {

using namespace std::chrono_literals;
using test::HttpClient;

constexpr auto kPatience = 60s;  // a hang fails

HttpClient connect(const std::string& address) {
  const auto endpoint = server::parse_endpoint(address).value();
  return {endpoint.address, endpoint.port};
}

std::string get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: test.example\r\n\r\n";
}

// A registry with one thread for the public; whoever looks a partner up is kept until let_go().
class ListenersTest : public testing::Test {
 protected:
  ListenersTest() {
    registry_.write(test::official_changes());
    EXPECT_TRUE(registry_.store().publish());
    api::Services services{registry_.store(), registry_.clock()};
    services.find_partner = [this](std::string_view) -> std::optional<api::Partner> {
      std::call_once(kept_once_, [this] { kept_.set_value(); });
      gone_.wait();
      return std::nullopt;
    };
    api_.emplace(std::move(services));
    options_.listen = options_.admin = "127.0.0.1:0";
    options_.partner_listen = "127.0.0.1:0";
    options_.partner_tls_certificate = server_.certificate_file();
    options_.partner_tls_key = server_.key_file();
    options_.threads = 1;
  }
  ~ListenersTest() override {
    let_go();
    if (listeners_) listeners_->drain();
    if (serving_.joinable()) serving_.join();
  }

  void start() {
    listeners_ = Listeners::open(options_, *api_).value();
    serving_ = std::thread([this] { listeners_->run(); });
  }
  HttpClient connect_as_partner() const {
    HttpClient client = connect(listeners_->partner_address());
    test::ClientTls tls;
    tls.certificate_file = partner_.certificate_file();
    tls.key_file = partner_.key_file();
    EXPECT_TRUE(client.start_tls(tls));
    return client;
  }
  void let_go() {
    if (!std::exchange(let_go_, true)) go_.set_value();
  }

  test::Registry registry_;
  test::SelfSigned server_;
  test::SelfSigned partner_;
  std::once_flag kept_once_;
  std::promise<void> kept_;
  std::promise<void> go_;
  const std::shared_future<void> gone_ = go_.get_future().share();
  bool let_go_ = false;
  std::optional<api::Api> api_;
  ListenOptions options_;
  std::unique_ptr<Listeners> listeners_;
  std::thread serving_;
};

TEST_F(ListenersTest, PartnersThatKeepTheirThreadsLeaveThePublicItsOwn) {
  start();
  HttpClient partner = connect_as_partner();
  partner.send(get("/v1/log"));
  ASSERT_EQ(kept_.get_future().wait_for(kPatience), std::future_status::ready);
  for (const std::string& address : {listeners_->address(), listeners_->admin_address()}) {
    HttpClient client = connect(address);
    client.send(get(address == listeners_->address() ? "/checkpoint" : "/metrics"));
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply) << "a partner's request keeps " << address << " waiting";
    EXPECT_EQ(reply->status, 200);
  }
  let_go();
  const auto refused = partner.read_reply();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 403);
}

// What stands in announcement and metrics is of both.
TEST_F(ListenersTest, CountersOfPublicAndPartnersAreAddedUp) {
  start();
  let_go();
  HttpClient one = connect(listeners_->address());
  one.send(get("/checkpoint"));
  ASSERT_TRUE(one.read_reply());
  HttpClient other = connect_as_partner();
  other.send(get("/v1/log"));
  ASSERT_TRUE(other.read_reply());
  const auto samples = listeners_->samples();
  const auto accepted = std::find_if(samples.begin(), samples.end(), [](const api::Sample& sample) {
    return sample.name == "chayan_connections_accepted_total";
  });
  ASSERT_NE(accepted, samples.end());
  EXPECT_EQ(accepted->value, 2);
  EXPECT_NE(listeners_->announcement().find("partners on https://" + listeners_->partner_address()),
            std::string::npos);
}

TEST_F(ListenersTest, WhatCannotListenIsNamed) {
  const auto field = [&] { return check_listening(options_).error().field; };
  EXPECT_TRUE(check_listening(options_));
  const ListenOptions good = options_;
  options_.listen = "nowhere";
  EXPECT_EQ(field(), "--listen");
  options_ = good;
  options_.admin = "nowhere";
  EXPECT_EQ(field(), "--admin");
  options_ = good;
  options_.partner_listen = "nowhere";
  EXPECT_EQ(field(), "--partner-listen");
  options_ = good;
  options_.listen = "192.0.2.1:80";
  options_.no_limits = true;
  EXPECT_EQ(field(), "--no-limits");
  options_ = good;
  options_.public_url = "https://verify.example.cn/?a=b";
  EXPECT_EQ(field(), "--public-url");
}

}  // namespace
}  // namespace chayan::commands
