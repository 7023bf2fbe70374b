#include "guard/trusted_proxies.h"

#include <algorithm>
#include <optional>

namespace chayan::guard {
namespace {

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "203.0.113.7", "203.0.113.7:4711", "2001:db8::1", "[2001:db8::1]:4711": what proxies write.
std::optional<Address> parse_element(std::string_view element) {
  element = without_blanks(element);
  if (element.starts_with('[')) {
    const std::size_t end = element.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view behind = element.substr(end + 1);
    if (!behind.empty() && !behind.starts_with(':')) return std::nullopt;
    return Address::parse(element.substr(1, end - 1));
  }
  const std::size_t colon = element.find(':');
  const bool has_port = colon != std::string_view::npos && colon == element.rfind(':');
  return Address::parse(has_port ? element.substr(0, colon) : element);
}

}  // namespace

bool TrustedProxies::trusts(const Address& address) const {
  return std::any_of(networks_.begin(), networks_.end(),
                     [&](const Network& network) { return network.contains(address); });
}

Address TrustedProxies::client(const Address& peer, std::string_view forwarded) const {
  Address client = peer;
  while (!forwarded.empty() && trusts(client)) {
    const std::size_t comma = forwarded.rfind(',');
    const bool is_last = comma == std::string_view::npos;
    const auto before = parse_element(is_last ? forwarded : forwarded.substr(comma + 1));
    if (!before) break;
    client = *before;
    forwarded = is_last ? std::string_view() : forwarded.substr(0, comma);
  }
  return client;
}

}  // namespace chayan::guard
