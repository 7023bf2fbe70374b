// Asio's types, bound to io_context's own executor: the type-erased default costs an indirect call
// and, at times, an allocation for each operation.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>

namespace chayan::server {

namespace asio = boost::asio;
using SystemError = boost::system::error_code;

using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

// Coroutines take their parameters by value and are never lambdas; no capturing lambda stands in a
// co_await expression (g++ 12 destroys its captures twice).
template <typename T>
using Awaitable = asio::awaitable<T, Executor>;

// Completion token: suspend, and give the outcome in `error` instead of throwing it.
inline auto suspend(SystemError& error) {
  return asio::redirect_error(asio::use_awaitable_t<Executor>(), error);
}

}  // namespace chayan::server
