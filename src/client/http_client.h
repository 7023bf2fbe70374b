// Reading a registry over HTTP (by libcurl): the feed, tiles, checkpoints, snapshots. An answer is
// whole or it is an error; there is no short body.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"

namespace chayan::client {

struct ClientOptions {
  // "https://registry.example:8443", as client/server_url.h reads it; a path in front of the targets
  // is kept. To this machine over http:// no proxy is used, whatever the environment names.
  std::string base_url;
  std::string ca_file;  // PEM, whom to believe over TLS; empty: whom the system believes
  // Our own certificate (PEM), for a partner listener. With one, redirects are never followed.
  std::string certificate_file;
  std::string key_file;
  // Sent as Authorization: Bearer, over https:// or to this machine alone: anything else is
  // invalid_argument. With one, redirects are never followed.
  std::string bearer;
  std::chrono::milliseconds connect_max = limits::kClientConnectMax;
  // Longest silence of the other side, beyond what a request asks it to wait; whole seconds. There
  // is no bound on a download's whole time.
  std::chrono::seconds silence_max = limits::kClientSilenceMax;
  std::size_t body_bytes_max = limits::kClientBodyBytesMax;  // of what get() holds, decoded
};

struct Fetched {
  long status = 0;
  std::string body;  // decoded (gzip, zstd)
  std::string etag;
  std::string retry_after;
};

struct Post {
  std::string_view content_type;
  std::string_view accept;
  std::string_view body;
};

// A long download, and how far it is. Fill in `target`; the rest is kept from one attempt to the
// next.
struct Download {
  std::string target;
  std::string url;             // where redirects led to
  std::string etag;            // of what is being read: later attempts ask for the same
  std::uint64_t received = 0;  // bytes handed to the sink
};

// Not thread-safe but for stop(). Keeps one connection alive from request to request.
//
// Errors: unavailable where another attempt may go better (no connection, cut, too slow, short);
// corrupt for a body that is not in the coding it says it is in; too_large for one beyond its bound;
// invalid_argument for options that can never work. A status is no error.
class HttpClient {
 public:
  explicit HttpClient(ClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // `target` begins with '/'. `wait`: how long the server was asked to hold its answer back.
  Result<Fetched> get(const std::string& target, std::chrono::seconds wait = {});

  // With an empty body: an order to an admin listener.
  Result<Fetched> post(const std::string& target);
  Result<Fetched> post(const std::string& target, const Post& what);

  // Hands a body over piece by piece, undecoded, and goes on where the last attempt was cut. Follows
  // redirects. With status 200 or 206 the download is complete; with any other the body is in
  // Fetched and nothing has reached the sink. Error conflict: what was begun is no longer there.
  // An error of the sink ends the attempt and is returned.
  using Sink = std::function<Result<void>(std::string_view piece)>;
  Result<Fetched> resume(Download& download, const Sink& sink);

  // From any thread: the request under way and all later ones fail with unavailable.
  void stop();
  bool stopped() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chayan::client
