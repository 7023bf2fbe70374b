// Who asks: addresses, networks, and what proxies say.
#include <gtest/gtest.h>

#include "guard/trusted_proxies.h"

namespace chayan::guard {
namespace {

Address address(std::string_view text) {
  return Address::parse(text).value();
}
Network network(std::string_view text) {
  return Network::parse(text, "field").value();
}

TEST(Address, IsReadAndWrittenAndMapsIpv4) {
  EXPECT_EQ(address("203.0.113.7").text(), "203.0.113.7");
  EXPECT_EQ(address("2001:DB8::1").text(), "2001:db8::1");
  EXPECT_EQ(address("::ffff:203.0.113.7"), address("203.0.113.7"));
  for (const std::string_view bad :
       {"", "203.0.113", "203.0.113.256", "2001:db8::1::", "fe80::1%eth0", "localhost", "1.2.3.4:5",
        "01.2.3.4", " 1.2.3.4"}) {
    EXPECT_FALSE(Address::parse(bad)) << bad;
  }
  EXPECT_FALSE(Address::parse(std::string_view("1.2.3.4\0x", 9)));
}

TEST(Network, CountsClientsBySlash32AndSlash64) {
  EXPECT_EQ(Network::of_client(address("203.0.113.7")).text(), "203.0.113.7/32");
  EXPECT_NE(Network::of_client(address("203.0.113.7")), Network::of_client(address("203.0.113.8")));
  EXPECT_EQ(Network::of_client(address("2001:db8:1:2:3::4")).text(), "2001:db8:1:2::/64");
  EXPECT_EQ(Network::of_client(address("2001:db8:1:2::")),
            Network::of_client(address("2001:db8:1:2:ffff::1")));
  EXPECT_NE(Network::of_client(address("2001:db8:1:2::")),
            Network::of_client(address("2001:db8:1:3::")));
}

TEST(Network, ContainsWhatBeginsWithItsBits) {
  EXPECT_TRUE(network("10.0.0.0/8").contains(address("10.255.0.1")));
  EXPECT_FALSE(network("10.0.0.0/8").contains(address("11.0.0.1")));
  EXPECT_TRUE(network("10.128.0.0/9").contains(address("10.128.0.1")));
  EXPECT_FALSE(network("10.128.0.0/9").contains(address("10.127.0.1")));
  EXPECT_TRUE(network("127.0.0.1").contains(address("127.0.0.1")));
  EXPECT_FALSE(network("127.0.0.1").contains(address("127.0.0.2")));
  EXPECT_TRUE(network("0.0.0.0/0").contains(address("8.8.8.8")));
  EXPECT_FALSE(network("0.0.0.0/0").contains(address("2001:db8::1")));
  EXPECT_TRUE(network("2001:db8::/32").contains(address("2001:db8:ffff::1")));
  EXPECT_TRUE(network("::/0").contains(address("2001:db8::1")));
}

TEST(Network, RefusesASlip) {
  for (const std::string_view bad :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.1/8",
        "10.0.0.0/8/8", "10.0.0.0 /8", "2001:db8::/129", "2001:db8::1/32", "10.0.0.0/8x"}) {
    const auto parsed = Network::parse(bad, "--trusted-proxy");
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().field, "--trusted-proxy");
  }
}

class Proxies : public testing::Test {
 protected:
  std::string client(std::string_view peer, std::string_view forwarded) const {
    return proxies_.client(address(peer), forwarded).text();
  }
  const TrustedProxies proxies_{{network("127.0.0.1"), network("10.0.0.0/8")}};
};

TEST_F(Proxies, AnUntrustedPeerIsTheClientWhateverItWrites) {
  EXPECT_EQ(client("203.0.113.7", "198.51.100.1"), "203.0.113.7");
  EXPECT_EQ(TrustedProxies().client(address("127.0.0.1"), "198.51.100.1").text(), "127.0.0.1");
}

TEST_F(Proxies, TheFirstUntrustedFromTheRightIsTheClient) {
  EXPECT_EQ(client("127.0.0.1", "198.51.100.1"), "198.51.100.1");
  EXPECT_EQ(client("127.0.0.1", "192.0.2.9, 198.51.100.1"), "198.51.100.1") << "192… is its word";
  EXPECT_EQ(client("127.0.0.1", "192.0.2.9,198.51.100.1 ,\t10.1.1.1"), "198.51.100.1");
  EXPECT_EQ(client("127.0.0.1", "10.0.0.5,10.0.0.4"), "10.0.0.5") << "all trusted: the farthest";
  EXPECT_EQ(client("127.0.0.1", ""), "127.0.0.1");
}

TEST_F(Proxies, PortsAndBracketsAreRead) {
  EXPECT_EQ(client("127.0.0.1", "198.51.100.1:4711"), "198.51.100.1");
  EXPECT_EQ(client("127.0.0.1", "[2001:db8::1]:4711"), "2001:db8::1");
  EXPECT_EQ(client("127.0.0.1", "[2001:db8::1]"), "2001:db8::1");
  EXPECT_EQ(client("127.0.0.1", "2001:db8::1"), "2001:db8::1");
}

TEST_F(Proxies, WhatIsNoAddressLeavesTheRequestToItsProxy) {
  for (const std::string_view bad : {"unknown", "_hidden", "198.51.100.1, ", ",", "[::1", "[::1]x",
                                     "198.51.100.1;", "198.51.100"}) {
    EXPECT_EQ(client("127.0.0.1", bad), "127.0.0.1") << bad;
  }
  EXPECT_EQ(client("127.0.0.1", "198.51.100.1, junk, 10.0.0.4"), "10.0.0.4");
}

}  // namespace
}  // namespace chayan::guard
