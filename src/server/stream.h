// The two transports a session runs on, with one surface.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "server/asio.h"

namespace chayan::server {

class PlainStream {
 public:
  static constexpr bool kSecure = false;

  // `socket` is in non-blocking mode.
  PlainStream(Socket socket, asio::ssl::context*) : socket_(std::move(socket)) {}

  Socket& layer() { return socket_; }  // for Asio's read and write operations
  Socket& socket() { return socket_; }

  // As much as the kernel takes at once; the rest, if any, waits for async_write. A broken
  // connection takes nothing, and async_write then says why.
  std::size_t send_now(std::string_view bytes) {
    SystemError error;
    return socket_.send(asio::buffer(bytes), 0, error);
  }

  // What has arrived already; 0 where nothing has.
  std::size_t receive_now(std::span<char> room) {
    SystemError error;
    return socket_.receive(asio::buffer(room.data(), room.size()), 0, error);
  }

 private:
  Socket socket_;
};

class TlsStream {
 public:
  static constexpr bool kSecure = true;

  TlsStream(Socket socket, asio::ssl::context* context) : stream_(std::move(socket), *context) {}

  asio::ssl::stream<Socket>& layer() { return stream_; }
  Socket& socket() { return stream_.next_layer(); }

  std::size_t send_now(std::string_view) { return 0; }
  std::size_t receive_now(std::span<char>) { return 0; }

 private:
  asio::ssl::stream<Socket> stream_;
};

}  // namespace chayan::server
