// What the change feed and a mirror that follows it achieve, beside RocksDB's own rates on the same
// bytes. Everything is in one process and over HTTP on loopback. The data directory grows by what
// the last part writes.
//
//   feed_load --data DIR [--seconds N] [--rate CHANGES_A_SECOND]
//
// loadtest/feed.sh makes a registry and runs it. Entries/s are of the whole log from zero.
#include <rocksdb/write_batch.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iomanip>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/api.h"
#include "commands/mirror_loop.h"
#include "crypto/digest.h"
#include "domain/change.h"
#include "index/database_options.h"
#include "index/rebuild.h"
#include "index/scan.h"
#include "index/writer.h"
#include "server/server.h"

namespace chayan {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kRowsABatch = 10'000;  // about as many as a page of the feed makes
constexpr std::size_t kCacheBytes = std::size_t{256} << 20;
constexpr auto kTick = 10ms;  // a batch each, so that the rate is even
constexpr std::string_view kPartner = "all.............................";

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void say(const std::string& what, std::uint64_t count, double seconds, std::uint64_t bytes) {
  std::cout << std::left << std::setw(58) << what << std::right << std::setw(10)
            << static_cast<std::uint64_t>(static_cast<double>(count) / seconds) << " /s"
            << std::setw(8) << std::fixed << std::setprecision(1)
            << static_cast<double>(bytes) / 1e6 / seconds << " MB/s" << std::endl;
}

// ---- RocksDB alone

struct Volume {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};

Volume iterate(const index::Store& store, std::string_view prefix) {
  Volume volume;
  index::scan(store.db(), nullptr, prefix, [&](auto key, auto value) -> Result<bool> {
    ++volume.rows;
    volume.bytes += key.size() + value.size();
    return true;
  }).value();
  return volume;
}

void measure_iteration(const index::Store& store) {
  const std::string entries = index::prefix(index::Family::entry);
  iterate(store, entries);  // both readers find the cache as warm
  const auto begin = Clock::now();
  const Volume volume = iterate(store, entries);
  say("RocksDB iterates over the entries", volume.rows, seconds_since(begin), volume.bytes);
}

// Every row of `store`, written anew in synced batches. `entries` is what the rate counts.
void measure_fill(const index::Store& store, const std::string& path, std::uint64_t entries) {
  rocksdb::DB* opened = nullptr;
  rocksdb::Options options = index::database_options(kCacheBytes);
  options.create_if_missing = true;
  if (!rocksdb::DB::Open(options, path, &opened).ok())
    throw std::runtime_error("cannot open " + path);
  const std::unique_ptr<rocksdb::DB> filled(opened);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  rocksdb::WriteBatch batch;
  std::uint64_t bytes = 0;
  const auto begin = Clock::now();
  const auto flush = [&] {
    if (!filled->Write(synced, &batch).ok()) throw std::runtime_error("cannot fill " + path);
    batch.Clear();
  };
  index::scan(store.db(), nullptr, {}, [&](auto key, auto value) -> Result<bool> {
    batch.Put(index::slice(key), index::slice(value));
    bytes += key.size() + value.size();
    if (batch.Count() == static_cast<int>(kRowsABatch)) flush();
    return true;
  }).value();
  flush();
  say("RocksDB fills a database with all rows of that mirror", entries, seconds_since(begin),
      bytes);
}

// ---- The service

class Service {
 public:
  explicit Service(const index::Store& store) : api_(services(store)) {
    http::Application partner = api_.partner_application();
    partner.answer = [answer = partner.answer](const http::Request& request,
                                               http::Response& response) {
      http::Request known = request;
      known.peer_certificate = kPartner;
      answer(known, response);
    };
    server::Options options;
    options.listeners.push_back({{"127.0.0.1", 0}, {}, {}, api_.public_application()});
    options.listeners.push_back({{"127.0.0.1", 0}, {}, {}, partner});
    options.connection_limits = false;
    server_ = server::Server::create(std::move(options)).value();
    thread_ = std::thread([this] { server_->run(); });
  }
  ~Service() {
    server_->drain();
    thread_.join();
  }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  void ring() { server_->ring(); }
  std::string url(std::size_t listener) const {
    return "http://127.0.0.1:" + std::to_string(server_->endpoint(listener).port);
  }

 private:
  api::Services services(const index::Store& store) {
    api::Services made{store, clock_};
    made.find_partner = [](std::string_view) {
      return std::optional(api::Partner{"all", {.everything = true, .fields = {}}});
    };
    made.record_disclosure = [](const api::Disclosure&) -> Result<void> { return {}; };
    return made;
  }

  SystemClock clock_;
  api::Api api_;
  std::unique_ptr<server::Server> server_;
  std::thread thread_;
};

client::ClientOptions client_of(const std::string& url) {
  client::ClientOptions options;
  options.base_url = url;
  return options;
}

// From zero, by a client that proves every page and keeps nothing.
void measure_reading(const std::string& what, const std::string& url, const log::NoteKey& key) {
  client::HttpClient client(client_of(url));
  log::FeedReader reader(key, {});
  std::uint64_t bytes = 0;
  const auto begin = Clock::now();
  for (bool more = true; more;) {
    std::string target = "/v1/changes?limit=" + std::to_string(limits::kFeedEntriesMax);
    if (reader.frontier().size() > 0) {
      target += "&after=" + std::to_string(reader.frontier().size() - 1);
    }
    const Result<client::Fetched> answer = client.get(target);
    bytes += answer.value().body.size();
    more = reader.frontier().size() < reader.read(answer->body).value().checkpoint.size;
    more = more && !answer->body.starts_with("{\"checkpoint\"");
  }
  say(what, reader.frontier().size(), seconds_since(begin), bytes);
}

std::unique_ptr<index::Store> open(const std::string& data, const chayan::Clock& clock) {
  index::StoreOptions options;
  options.data = data;
  options.block_cache_bytes = kCacheBytes;
  return index::Store::open(options, clock).value();
}

std::uint64_t bytes_of(const index::Store& store) {
  return iterate(store, {}).bytes;
}

void measure_mirror(const std::string& what, const std::string& url, index::Store& store) {
  commands::MirrorLoop loop(store, {.client = client_of(url), .from_zero = true}, {});
  const auto begin = Clock::now();
  loop.pin().value();
  loop.run(commands::MirrorLoop::Until::caught_up).value();
  const double seconds = seconds_since(begin);
  say(what, loop.progress().size(), seconds, bytes_of(store));
}

// ---- Lag

// When each size of the log was committed, and when the mirror could be read at it.
class Lags {
 public:
  void committed(std::uint64_t size, std::uint64_t changes) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({size, changes, Clock::now()});
  }
  void applied(std::uint64_t size) {
    const auto now = Clock::now();
    const std::lock_guard lock(mutex_);
    applied_ = std::max(applied_, size);
    settle(now);
  }
  // The mirror was there before the writer's thread could say that it had committed: no lag.
  void settle(Clock::time_point now) {
    std::erase_if(waiting_, [&](const Commit& commit) {
      if (commit.size > applied_) return false;
      const double lag = std::chrono::duration<double, std::milli>(now - commit.at).count();
      lags_.insert(lags_.end(), commit.changes, std::max(0.0, lag));
      return true;
    });
  }
  std::vector<double> take() {
    const std::lock_guard lock(mutex_);
    settle(Clock::now());
    std::sort(lags_.begin(), lags_.end());
    return lags_;
  }

 private:
  struct Commit {
    std::uint64_t size;
    std::uint64_t changes;
    Clock::time_point at;
  };
  std::mutex mutex_;
  std::vector<Commit> waiting_;
  std::vector<double> lags_;
  std::uint64_t applied_ = 0;
};

Change institution(std::uint64_t n) {
  std::string digits = std::to_string(n % 1000);
  digits.insert(0, 6 - digits.size(), '9');
  Institution made;
  made.credit_code = CreditCode::with_checks("9131011500" + digits).value();
  made.name = "上海示例" + std::to_string(n);
  made.kind = InstitutionKind::private_non_enterprise;
  made.region = RegionCode::parse("310115").value();
  made.address = "上海市示例路1号";
  made.service_phone = "021-00000000";
  return {made, {}};
}

void measure_lag(index::Store& origin, Service& service, index::Store& mirror, std::uint64_t rate,
                 std::chrono::seconds duration) {
  Lags lags;
  const auto writer =
      index::Writer::create(origin, [&](const Result<void>&) { service.ring(); }).value();
  commands::MirrorLoop* running = nullptr;
  commands::MirrorEvents events;
  events.applied = [&] { lags.applied(running->progress().size()); };
  commands::MirrorLoop loop(mirror, {.client = client_of(service.url(1)), .from_zero = true},
                            std::move(events));
  running = &loop;
  loop.pin().value();
  std::thread following([&] { loop.run(commands::MirrorLoop::Until::stopped).value(); });
  const std::string run =
      std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
  const std::uint64_t changes_a_tick = std::max<std::uint64_t>(1, rate * kTick / 1s);
  const auto begin = Clock::now();
  std::uint64_t written = 0;
  for (auto due = begin; due < begin + duration; due += kTick) {
    std::this_thread::sleep_until(due);
    index::Batch batch;
    batch.idempotency_key = run + "-" + std::to_string(written);
    batch.content = crypto::sha256(batch.idempotency_key);
    for (std::uint64_t i = 0; i < changes_a_tick; ++i) {
      batch.changes.push_back(institution(written++));
    }
    const auto outcome = writer->submit(std::move(batch));
    if (!outcome.receipt) throw std::runtime_error("a batch was refused");
    lags.committed(origin.reader().head().value().size, changes_a_tick);
  }
  const double seconds = seconds_since(begin);
  const std::uint64_t size = origin.reader().head().value().size;
  const auto deadline = Clock::now() + 30s;
  while (loop.progress().size() < size && Clock::now() < deadline) std::this_thread::sleep_for(1ms);
  loop.stop();
  following.join();
  const std::vector<double> sorted = lags.take();
  const auto at = [&](double part) {
    return sorted.at(static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1)));
  };
  std::cout << "A mirror under "
            << static_cast<std::uint64_t>(static_cast<double>(written) / seconds)
            << " changes/s in batches of " << changes_a_tick << ": lag from commit to readable p50 "
            << std::setprecision(1) << at(0.5) << " ms, p99 " << at(0.99) << " ms, most "
            << sorted.back() << " ms" << std::endl;
}

void measure(const std::string& data, std::chrono::seconds duration, std::uint64_t rate) {
  const SystemClock clock;
  const auto origin = open(data, clock);
  origin->publish().value();
  Service service(*origin);
  const std::uint64_t size = origin->reader().head().value().size;
  std::cout << size << " entries, " << std::thread::hardware_concurrency() << " cores" << std::endl;
  const std::string work = data + ".mirrors";
  std::filesystem::remove_all(work);
  std::filesystem::create_directory(work);
  const auto public_mirror = open(work + "/public", clock);
  const auto mirror = open(work + "/all", clock);
  measure_iteration(*origin);
  measure_reading("A client reads and proves the public feed", service.url(0), origin->log_key());
  measure_reading("A client reads and proves the feed with private fields", service.url(1),
                  origin->log_key());
  measure_mirror("A mirror of the public feed, rows and tree synced", service.url(0),
                 *public_mirror);
  measure_fill(*public_mirror, work + "/filled-public", size);
  measure_mirror("A mirror with private fields, rows and tree synced", service.url(1), *mirror);
  measure_fill(*mirror, work + "/filled", size);
  const bool same =
      index::digest_of_rows(*origin).value() == index::digest_of_rows(*mirror).value();
  std::cout << (same ? "Its rows are the registry's." : "ITS ROWS ARE NOT THE REGISTRY'S.")
            << std::endl;
  if (!same) throw std::runtime_error("the mirror differs");
  measure_lag(*origin, service, *mirror, rate, duration);
  std::filesystem::remove_all(work);
}

}  // namespace
}  // namespace chayan

int main(int argc, char** argv) {
  CLI::App app("Feed and mirror beside RocksDB", "feed_load");
  std::string data;
  unsigned seconds = 10;
  std::uint64_t rate = 1000;
  app.add_option("--data", data, "Data directory of a registry; it is written to")->required();
  app.add_option("--seconds", seconds, "Length of the lag measurement")->capture_default_str();
  app.add_option("--rate", rate, "Changes a second in it")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    chayan::measure(data, std::chrono::seconds(seconds), rate);
  } catch (const std::exception& error) {
    std::cerr << "feed_load: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
