#include "commands/listeners.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <thread>
#include <utility>

#include "base/limits.h"
#include "commands/listening.h"

namespace chayan::commands {
namespace {

constexpr unsigned kPartnerThreads = 2;  // partners are few; each page is made in milliseconds
constexpr unsigned kAdminThreads = 4;

Result<void> check_public_url(const std::string& url) {
  if (url.empty()) return {};
  const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  const bool is_plain = std::all_of(url.begin(), url.end(), [](char c) {
    return c > ' ' && c < '\x7F' && std::string_view("\"'<>\\?#").find(c) == std::string_view::npos;
  });
  if (scheme != 0 && url.size() > scheme && is_plain && url.size() <= limits::kPublicUrlBytesMax) {
    return {};
  }
  return invalid("--public-url",
                 "Give an address without query, at most " +
                     std::to_string(limits::kPublicUrlBytesMax) +
                     " bytes, such as https://verify.example.cn.",
                 {});
}

Result<std::unique_ptr<server::Server>> open_server(server::Listener listener, unsigned threads,
                                                    bool limited) {
  server::Options made;
  made.listeners.push_back(std::move(listener));
  made.threads = threads;
  made.connection_limits = limited;
  return server::Server::create(std::move(made));
}

}  // namespace

void add_listen_options(CLI::App& command, ListenOptions& options) {
  options.threads = std::max(1U, std::thread::hardware_concurrency());
  command.add_option("--listen", options.listen, "Public address:port; port 0 takes a free one")
      ->capture_default_str();
  command.add_option("--admin", options.admin, "Address:port of health and metrics")
      ->capture_default_str();
  auto* certificate = command.add_option("--tls-cert", options.tls_certificate,
                                         "PEM certificate chain: serve HTTPS");
  auto* key = command.add_option("--tls-key", options.tls_key, "PEM private key");
  certificate->needs(key);
  key->needs(certificate);
  auto* partner_listen = command.add_option(
      "--partner-listen", options.partner_listen,
      "Address:port for partners: HTTPS with the certificates of `chayan partners`");
  auto* partner_certificate =
      command.add_option("--partner-tls-cert", options.partner_tls_certificate,
                         "PEM certificate chain of the partner listener");
  auto* partner_key = command.add_option("--partner-tls-key", options.partner_tls_key,
                                         "PEM private key of the partner listener");
  partner_listen->needs(partner_certificate)->needs(partner_key);
  partner_certificate->needs(partner_listen);
  partner_key->needs(partner_listen);
  command.add_option("--public-url", options.public_url,
                     "Where the public finds this service, https://verify.example.cn: stands in "
                     "share reports and their QR codes (default: the listening address, where it "
                     "is one machine's)");
  command
      .add_option("--threads", options.threads,
                  "Threads for the public, each with its own connections")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command.add_flag("--no-limits", options.no_limits,
                   "Lift the limits of connections and clients (for measuring; loopback only)");
}

Result<void> check_listening(const ListenOptions& options) {
  const auto listen = server::parse_endpoint(options.listen, "--listen");
  if (!listen) return listen.error();
  if (options.no_limits && !is_loopback(*listen)) {
    return invalid("--no-limits", "Limits may be lifted on a loopback address only.", {});
  }
  if (const auto admin = server::parse_endpoint(options.admin, "--admin"); !admin) {
    return admin.error();
  }
  if (!options.partner_listen.empty()) {
    const auto partner = server::parse_endpoint(options.partner_listen, "--partner-listen");
    if (!partner) return partner.error();
  }
  return check_public_url(options.public_url);
}

bool takes_orders(const ListenOptions& options) {
  const auto admin = server::parse_endpoint(options.admin, "--admin");
  return admin && is_loopback(*admin);
}

Result<std::unique_ptr<Listeners>> Listeners::open(const ListenOptions& options,
                                                   const api::Api& api) {
  if (auto sound = check_listening(options); !sound) return sound.error();
  std::unique_ptr<Listeners> made(new Listeners(options));
  auto opened = open_server({server::parse_endpoint(options.listen).value(),
                             options.tls_certificate, options.tls_key, api.public_application()},
                            options.threads, !options.no_limits);
  if (!opened) return opened.error();
  made->public_ = std::move(*opened);
  if (!options.partner_listen.empty()) {
    opened = open_server(
        {server::parse_endpoint(options.partner_listen).value(), options.partner_tls_certificate,
         options.partner_tls_key, api.partner_application(), /*client_certificate=*/true},
        kPartnerThreads, !options.no_limits);
    if (!opened) return opened.error();
    made->partner_ = std::move(*opened);
  }
  opened =
      open_server({server::parse_endpoint(options.admin).value(), {}, {}, api.admin_application()},
                  kAdminThreads, /*limited=*/true);
  if (!opened) return opened.error();
  made->admin_ = std::move(*opened);
  made->public_->drain_on_signals();
  if (made->partner_) made->partner_->drain_on_signals();
  return made;
}

void Listeners::run() {
  std::thread admin([this] { admin_->run(); });
  std::thread partners;
  if (partner_) partners = std::thread([this] { partner_->run(); });
  public_->run();
  if (partner_) {
    partner_->drain();
    partners.join();
  }
  admin_->drain();
  admin.join();
}

void Listeners::drain() {
  public_->drain();
  if (partner_) partner_->drain();
}

void Listeners::ring() {
  public_->ring();
  if (partner_) partner_->ring();
}

void Listeners::ring_admin() {
  admin_->ring();
}

std::string Listeners::public_url() const {
  if (!options_.public_url.empty()) {
    return options_.public_url.substr(0, options_.public_url.find_last_not_of('/') + 1);
  }
  const server::Endpoint listen = public_->endpoint(0);
  if (listen.address == "0.0.0.0" || listen.address == "::") return {};
  return scheme() + commands::text(listen);
}

std::string Listeners::announcement() const {
  std::string line = "Chayan listens on " + scheme() + address();
  line += " (admin on http://" + admin_address() + ", ";
  if (partner_) line += "partners on https://" + partner_address() + ", ";
  line += std::to_string(options_.threads);
  return line + (options_.threads == 1 ? " thread)" : " threads)");
}

std::vector<api::Sample> Listeners::samples() const {
  std::vector<const server::Counters*> counters = {&public_->counters()};
  if (partner_) counters.push_back(&partner_->counters());
  return commands::samples(counters);
}

std::string Listeners::text(const server::Server& server) {
  return commands::text(server.endpoint(0));
}

std::string Listeners::scheme() const {
  return options_.tls_certificate.empty() ? "http://" : "https://";
}

}  // namespace chayan::commands
