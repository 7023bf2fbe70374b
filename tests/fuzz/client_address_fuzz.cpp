// X-Forwarded-For and networks: any bytes; what is read is written again as itself, and what an
// untrusted peer says changes nothing.
#include <cstdlib>
#include <string_view>

#include "guard/trusted_proxies.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chayan::guard;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const Address loopback = *Address::parse("127.0.0.1");
  static const Address stranger = *Address::parse("203.0.113.7");
  static const TrustedProxies proxies(
      {*Network::parse("127.0.0.0/8", "f"), *Network::parse("2001:db8::/32", "f")});
  if (proxies.client(stranger, text) != stranger) std::abort();
  const Address client = proxies.client(loopback, text);
  if (Address::parse(client.text()) != client) std::abort();
  if (!Network::of_client(client).contains(client)) std::abort();
  const auto network = Network::parse(text, "--trusted-proxy");
  if (!network) {
    if (network.error().field != "--trusted-proxy") std::abort();
    return 0;
  }
  if (!network->contains(network->address())) std::abort();
  if (Network::parse(network->text(), "f").value() != *network) std::abort();
  return 0;
}
