// Which servers a credential may be sent to: by the place that is connected to, however it is
// written.
#include "client/server_url.h"

#include <gtest/gtest.h>

namespace chayan::client {
namespace {

TEST(ServerUrl, ASecretGoesOverTlsOrStaysOnThisMachine) {
  for (const std::string good :
       {"https://registry.example", "https://registry.example:8443/path", "http://127.0.0.1:8080",
        "http://127.0.0.1/", "http://[::1]:8080", "http://localhost"}) {
    const auto url = parse_server_url(good);
    ASSERT_TRUE(url) << good;
    EXPECT_TRUE(url->keeps_secrets()) << good;
  }
  for (const std::string bad :
       {"http://registry.example", "http://127.0.0.2:8080", "http://127.0.0.1.example",
        "http://localhost.example:80", "http://[::2]", "http://10.0.0.1"}) {
    const auto url = parse_server_url(bad);
    ASSERT_TRUE(url) << bad;
    EXPECT_FALSE(url->keeps_secrets()) << bad;
  }
}

TEST(ServerUrl, WhatIsNotAPlaceAloneIsRefusedAndNotRepeated) {
  for (const std::string bad :
       {"http://127.0.0.1:x@127.0.0.2:23099", "http://127.0.0.1@127.0.0.2", "https://u:p@host",
        "http://127.0.0.1:8080?a=b", "https://host#f", "ftp://127.0.0.1", "file:///etc/hostname",
        "127.0.0.1:8080", "http://127.0.0.1:x", "http://", "https://", "http://[::", ""}) {
    const auto url = parse_server_url(bad);
    ASSERT_FALSE(url) << bad;
    EXPECT_EQ(url.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(url.error().message.en.find("@"), std::string::npos) << url.error().message.en;
  }
}

}  // namespace
}  // namespace chayan::client
