// The listeners of `serve`, as three servers, so that none waits for another: the public one has a
// thread a core and never blocks; the partners' has two, for a reader of the whole feed keeps its
// thread from page to page; the administrator's has a few, for a recorded batch holds its thread
// until its fsync, and batches that arrive on several at once share one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/api.h"
#include "api/services.h"
#include "base/result.h"
#include "server/server.h"

namespace CLI {
class App;
}

namespace chayan::commands {

struct ListenOptions {
  std::string listen = "127.0.0.1:8080";
  std::string admin = "127.0.0.1:0";
  std::string tls_certificate;  // empty: plain HTTP
  std::string tls_key;
  std::string partner_listen;  // empty: no partner listener
  std::string partner_tls_certificate;
  std::string partner_tls_key;
  std::string public_url;  // empty: the public listener's own address
  unsigned threads = 1;    // of the public one
  bool no_limits = false;  // requests a connection are not counted; on loopback only
};

// --listen to --no-limits. `options` must live until the command line is parsed.
void add_listen_options(CLI::App& command, ListenOptions& options);

// Error invalid_argument for addresses that cannot be; nothing is opened.
Result<void> check_listening(const ListenOptions& options);

// Whoever reaches the admin listener may write and order backups, so only this machine may.
bool takes_orders(const ListenOptions& options);

class Listeners {
 public:
  // Binds all of them. `api` must outlive it.
  static Result<std::unique_ptr<Listeners>> open(const ListenOptions& options, const api::Api& api);

  // Serves until SIGTERM, SIGINT or drain(); the administrator can look on until the others have
  // ended.
  void run();

  // The rest from any thread, until it is destroyed.
  void drain();
  bool draining() const { return public_->draining(); }
  void ring();        // those who wait for the log, see server::Server::ring
  void ring_admin();  // those who wait for a job
  // Where the public finds this service, without a final slash; see ListenOptions::public_url.
  // Empty: nobody has said, and the address is not one machine's.
  std::string public_url() const;
  // "Chayan listens on http://127.0.0.1:8080 (admin on http://127.0.0.1:40001, 2 threads)"
  std::string announcement() const;
  std::string address() const { return text(*public_); }
  std::string admin_address() const { return text(*admin_); }
  std::string partner_address() const { return partner_ ? text(*partner_) : std::string(); }
  // Counters of all but the administrator's, added up.
  std::vector<api::Sample> samples() const;

 private:
  explicit Listeners(const ListenOptions& options) : options_(options) {}
  static std::string text(const server::Server& server);
  std::string scheme() const;

  const ListenOptions options_;
  std::unique_ptr<server::Server> public_;
  std::unique_ptr<server::Server> partner_;  // null without a partner listener
  std::unique_ptr<server::Server> admin_;
};

}  // namespace chayan::commands
