#include "server/endpoint.h"

#include <sys/socket.h>

#include <boost/asio/ip/v6_only.hpp>
#include <charconv>
#include <string>
#include <string_view>

namespace chayan::server {
namespace {

using asio::ip::tcp;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr int kBacklog = 4096;

Error cannot_listen(const Endpoint& endpoint, const SystemError& error) {
  const bool v6 = endpoint.address.find(':') != std::string::npos;
  const std::string place =
      (v6 ? "[" + endpoint.address + "]" : endpoint.address) + ":" + std::to_string(endpoint.port);
  if (error == asio::error::address_in_use) {
    return {ErrorCode::unavailable,
            "listen",
            {"Another program listens on " + place + "; stop it or choose another port.",
             "已有其他程序在 " + place + " 上监听，请停止该程序或改用其他端口。"}};
  }
  return {ErrorCode::unavailable,
          "listen",
          {"Cannot listen on " + place + ": " + error.message() + ".",
           "无法在 " + place + " 上监听：" + error.message() + "。"}};
}

// Opens and binds.
Acceptor bind(asio::io_context& io, const Endpoint& endpoint, bool reuse_port, SystemError& error) {
  Acceptor acceptor(io.get_executor());
  const tcp::endpoint target(asio::ip::make_address(endpoint.address, error), endpoint.port);
  if (!error) acceptor.open(target.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && reuse_port) acceptor.set_option(ReusePort(true), error);
  // "[::]" means IPv6 alone, so that it can stand beside "0.0.0.0".
  if (!error && target.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.bind(target, error);
  return acceptor;
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text, std::string_view field) {
  const auto fault = [&field](std::string en, std::string zh) {
    return invalid(std::string(field), std::move(en), std::move(zh));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.ends_with(']')) {
    return fault("Write an address and a port, such as 127.0.0.1:8080 or [::1]:8080.",
                 "请写地址和端口，例如 127.0.0.1:8080 或 [::1]:8080。");
  }
  Endpoint result;
  const std::string_view digits = text.substr(colon + 1);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), result.port);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return fault("The port must be a number from 0 to 65535; 0 takes any free one.",
                 "端口必须是 0 到 65535 的数字，0 表示任选空闲端口。");
  }
  std::string_view address = text.substr(0, colon);
  const bool bracketed = address.size() >= 2 && address.front() == '[' && address.back() == ']';
  if (bracketed) address = address.substr(1, address.size() - 2);
  SystemError invalid_address;
  const auto parsed = asio::ip::make_address(std::string(address), invalid_address);
  if (invalid_address) {
    return fault(
        "The address must be numeric, such as 127.0.0.1 or [::1]; names are not looked up.",
        "地址必须是数字形式，例如 127.0.0.1 或 [::1]，不解析主机名。");
  }
  if (parsed.is_v6() != bracketed) {
    return fault(
        "An IPv6 address stands in brackets, such as [::1]:8080, and an IPv4 one does not.",
        "IPv6 地址须写在方括号内，例如 [::1]:8080，IPv4 地址不加方括号。");
  }
  result.address = parsed.to_string();
  return result;
}

Result<void> require_free(const Endpoint& endpoint) {
  asio::io_context io;
  SystemError error;
  bind(io, endpoint, false, error);
  if (error) return cannot_listen(endpoint, error);
  return {};
}

Result<Acceptor> listen(asio::io_context& io, const Endpoint& endpoint) {
  SystemError error;
  Acceptor acceptor = bind(io, endpoint, true, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) return cannot_listen(endpoint, error);
  return acceptor;
}

Endpoint local_endpoint(const Acceptor& acceptor) {
  SystemError error;
  const tcp::endpoint local = acceptor.local_endpoint(error);
  return {local.address().to_string(), local.port()};
}

}  // namespace chayan::server
