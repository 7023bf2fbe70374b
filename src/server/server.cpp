#include "server/server.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <thread>
#include <utility>

#include "server/endpoint.h"
#include "server/tls.h"
#include "server/worker.h"

namespace chayan::server {

class Server::Impl {
 public:
  Result<void> open(Options options) {
    for (unsigned i = 0; i < std::max(options.threads, 1U); ++i) {
      workers_.push_back(std::make_unique<Worker>(options, counters_));
    }
    for (Listener& listener : options.listeners) {
      if (auto opened = open_listener(std::move(listener)); !opened) return opened;
    }
    for (std::size_t i = 0; i < services_.size(); ++i) {
      endpoints_.push_back(workers_.front()->endpoint(i));
    }
    return {};
  }

  void run() {
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < workers_.size(); ++i) {
      threads.emplace_back(&Worker::run, workers_[i].get());
    }
    workers_.front()->run();
    for (std::thread& thread : threads) thread.join();
  }

  void drain() {
    draining_ = true;
    for (const auto& worker : workers_) worker->drain();
    asio::post(workers_.front()->io(), [this] { forget_signals(); });
  }

  void ring() {
    for (const auto& worker : workers_) worker->ring();
  }

  void drain_on_signals() {
    asio::io_context& io = workers_.front()->io();
    signals_ = std::make_unique<SignalSet>(io, SIGTERM, SIGINT);
    signals_->async_wait([this](const SystemError& error, int) {
      if (!error) drain();
    });
  }

  bool draining() const { return draining_; }
  const Endpoint& endpoint(std::size_t i) const { return endpoints_.at(i); }
  const Counters& counters() const { return counters_; }

 private:
  using SignalSet = asio::basic_signal_set<Executor>;

  // A second SIGTERM then ends the process as the system does.
  void forget_signals() {
    if (!signals_) return;
    SystemError ignored;
    signals_->cancel(ignored);
    signals_->clear(ignored);
  }

  Result<void> open_listener(Listener listener) {
    auto service = std::make_unique<Service>();
    service->application = std::move(listener.application);
    if (listener.client_certificate && listener.tls_certificate_file.empty()) {
      return invalid("client_certificate", "Client certificates need TLS: name a certificate file.",
                     "客户端证书须经 TLS：请指定服务器证书文件。");
    }
    if (!listener.tls_certificate_file.empty()) {
      auto tls = make_tls_context(listener.tls_certificate_file, listener.tls_key_file);
      if (!tls) return tls.error();
      if (listener.client_certificate) require_client_certificate(**tls);
      service->tls = std::move(*tls);
    }
    Endpoint endpoint = listener.endpoint;
    if (auto free = require_free(endpoint); !free) return free;
    for (const auto& worker : workers_) {
      if (auto listening = worker->listen(endpoint, *service); !listening) return listening;
      endpoint.port = worker->endpoint(services_.size()).port;  // the one that 0 became
    }
    services_.push_back(std::move(service));
    return {};
  }

  std::atomic<bool> draining_{false};
  Counters counters_;
  std::vector<Endpoint> endpoints_;
  std::vector<std::unique_ptr<Service>> services_;  // before workers_, which refer to them
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<SignalSet> signals_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::create(Options options) {
  auto impl = std::make_unique<Impl>();
  if (auto opened = impl->open(std::move(options)); !opened) return opened.error();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Endpoint Server::endpoint(std::size_t i) const {
  return impl_->endpoint(i);
}
void Server::run() {
  impl_->run();
}
void Server::drain() {
  impl_->drain();
}
void Server::drain_on_signals() {
  impl_->drain_on_signals();
}
void Server::ring() {
  impl_->ring();
}
bool Server::draining() const {
  return impl_->draining();
}
const Counters& Server::counters() const {
  return impl_->counters();
}

}  // namespace chayan::server
