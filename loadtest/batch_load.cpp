// What a batch of verifications costs, in process, beside RocksDB's MultiGet alone on the same rows;
// loadtest/batch.sh runs it.
//
//   batch_load DATA TRUTH ROWS
//
// The rows are of TRUTH (`chayan demo` wrote it), spread over it. No server may hold DATA meanwhile.
#include <rocksdb/db.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "api/api.h"
#include "base/clock.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "crypto/bearer_secret.h"
#include "domain/certificate_number.h"
#include "index/reader.h"
#include "index/schema.h"
#include "index/store.h"

namespace chayan {
namespace {

using Seconds = std::chrono::duration<double>;
using SteadyClock = std::chrono::steady_clock;

constexpr int kRounds = 15;

struct Questions {
  std::vector<CertificateNumber> numbers;
  std::string ndjson;
  std::string csv = "证书编号,姓名\r\n";
};

Questions read_questions(const std::string& truth, std::size_t rows) {
  std::vector<std::string> all;
  std::ifstream in(truth);
  for (std::string line; std::getline(in, line);) all.push_back(line);
  Questions questions;
  JsonParser parser;
  const std::size_t step = std::max<std::size_t>(1, all.size() / rows);
  for (std::size_t i = 0; i < all.size() && questions.numbers.size() < rows; i += step) {
    auto object = parser.parse_object(all[i]).value();
    const std::string number(object.string("certificate_number"));
    const std::string name(object.string("holder_name"));
    questions.numbers.push_back(CertificateNumber::parse(number).value());
    JsonWriter json(questions.ndjson);
    json.begin_object().member("certificate_number", number).member("holder_name", name);
    json.end_object();
    questions.ndjson += '\n';
    questions.csv.append(number).append(1, ',').append(name).append("\r\n");
  }
  return questions;
}

// Median seconds of a run.
double measure(const std::function<void()>& run) {
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round) {
    const auto begin = SteadyClock::now();
    run();
    times.push_back(Seconds(SteadyClock::now() - begin).count());
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

void print(std::string_view what, std::size_t rows, double seconds, std::string_view note = {}) {
  std::cout << "| " << what << " | " << static_cast<long>(static_cast<double>(rows) / seconds)
            << " | " << seconds * 1e3 << " | " << note << " |" << std::endl;
}

void multi_get(const index::Store& store, std::vector<std::string> keys) {
  rocksdb::DB& db = store.db();
  const std::size_t chunk = limits::kVerificationBatchChunkRows;
  for (std::size_t at = 0; at < keys.size(); at += chunk) {
    const auto first = keys.begin() + static_cast<std::ptrdiff_t>(at);
    const std::size_t count = std::min(chunk, keys.size() - at);
    std::sort(first, first + static_cast<std::ptrdiff_t>(count));
    const std::vector<rocksdb::Slice> slices(first, first + static_cast<std::ptrdiff_t>(count));
    std::vector<rocksdb::PinnableSlice> values(count);
    std::vector<rocksdb::Status> statuses(count);
    db.MultiGet({}, db.DefaultColumnFamily(), count, slices.data(), values.data(), statuses.data(),
                true);
  }
}

// Longest stay of a batch on its thread: reading its body, and then any of its pieces.
struct Stay {
  double body_ms = 0;
  double piece_ms = 0;
};

class Batches {
 public:
  explicit Batches(const index::Store& store, const Clock& clock) {
    api::Services services{store, clock};
    services.find_employer = [](const Hash&, const guard::Address&) {
      return std::optional(api::Employer{"id", "load", 1});
    };
    services.spend_quota = [](const api::Employer&, std::uint64_t) {
      return Result<api::QuotaStanding>(api::QuotaStanding{true, 1, 1, {}});
    };
    api_ = std::make_unique<api::Api>(std::move(services));
    application_ = api_->public_application();
  }

  void ask(std::string_view body, std::string_view type, std::string_view accept, Stay& stay) {
    const std::vector<http::Field> fields = {
        {"Content-Type", type}, {"Accept", accept}, {"Authorization", authorization_}};
    http::Request request;
    request.method = http::Method::post;
    request.target = "/v1/verifications/batch";
    request.fields = fields;
    request.body = body;
    request.client = "127.0.0.1";
    http::Response response;
    auto begin = SteadyClock::now();
    application_.answer(request, response);
    stay.body_ms = std::max(stay.body_ms, lap(begin));
    if (!response.source) throw std::runtime_error(response.body);
    while (response.source->read(room_) > 0) stay.piece_ms = std::max(stay.piece_ms, lap(begin));
  }

 private:
  static double lap(SteadyClock::time_point& begin) {
    const auto now = SteadyClock::now();
    return Seconds(now - std::exchange(begin, now)).count() * 1e3;
  }

  const std::string authorization_ = "Bearer " + crypto::BearerSecret::make().text();
  std::unique_ptr<api::Api> api_;
  http::Application application_;
  std::array<char, limits::kBodyPieceBytesMax> room_{};
};

int run(const std::string& data, const std::string& truth, std::size_t rows) {
  const SystemClock clock;
  index::StoreOptions options;
  options.data = data;
  options.create = false;
  const auto store = index::Store::open(options, clock).value();
  const Questions questions = read_questions(truth, rows);
  const std::size_t count = questions.numbers.size();
  std::vector<std::string> keys;
  for (const CertificateNumber& number : questions.numbers) {
    keys.push_back(index::certificate_key(store->keyed_index().certificate(number.text())));
  }
  multi_get(*store, keys);  // warms the cache
  print("RocksDB MultiGet alone", count, measure([&] { multi_get(*store, keys); }));
  const index::Reader reader = store->reader();
  print("Reader::nearest_certificates (MAC, MultiGet, unseal, decode)", count, measure([&] {
          const std::size_t chunk = limits::kVerificationBatchChunkRows;
          for (std::size_t at = 0; at < count; at += chunk) {
            const std::span<const CertificateNumber> all(questions.numbers);
            reader.nearest_certificates(all.subspan(at, std::min(chunk, count - at)));
          }
        }));
  Batches batches(*store, clock);
  const auto batch = [&](std::string_view what, std::string_view body, std::string_view type,
                         std::string_view accept) {
    Stay stay;
    const double seconds = measure([&] { batches.ask(body, type, accept, stay); });
    print(what, count, seconds,
          "thread held at most: body " + std::to_string(stay.body_ms) + " ms, a piece " +
              std::to_string(stay.piece_ms) + " ms");
  };
  batch("batch in process, NDJSON to NDJSON", questions.ndjson, "application/x-ndjson", "");
  batch("batch in process, CSV to CSV", questions.csv, "text/csv", "text/csv");
  return 0;
}

}  // namespace
}  // namespace chayan

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: batch_load DATA TRUTH ROWS\n";
    return 2;
  }
  return chayan::run(argv[1], argv[2], std::stoul(argv[3]));
}
