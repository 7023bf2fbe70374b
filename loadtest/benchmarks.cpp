// What the parts of the two hot paths cost, one after the other and as a whole, without sockets.
// Needs a registry and its truth, as run.sh leaves them:
//
//   build/release/benchmarks --data demo-data --truth demo-data.truth/truth.ndjson
//   [--benchmark_filter=…]
//
// No server may hold the data directory meanwhile.
#include <benchmark/benchmark.h>

#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "api/api.h"
#include "base/clock.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "base/text.h"
#include "domain/certificate_number.h"
#include "domain/date.h"
#include "index/fold.h"
#include "index/reader.h"
#include "index/schema.h"
#include "index/store.h"
#include "log/merkle.h"
#include "server/head_check.h"

namespace chayan {
namespace {

constexpr std::size_t kQuestionsMax = 20'000;
constexpr std::string_view kHead =
    "POST /v1/verifications HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Type: application/json\r\n"
    "Content-Length: 85\r\n\r\n";

struct Question {
  CertificateNumber number;
  std::string body;
};

// Everything the benchmarks look at; made once by main.
struct World {
  SystemClock clock;
  std::unique_ptr<index::Store> store;
  std::unique_ptr<api::Api> api;
  std::vector<Question> questions;
  std::size_t next = 0;

  const Question& question() { return questions[next++ % questions.size()]; }
};
std::unique_ptr<World> world;

Result<void> load(const std::string& data, const std::string& truth) {
  world = std::make_unique<World>();
  index::StoreOptions options;
  options.data = data;
  options.create = false;
  auto store = index::Store::open(options, world->clock);
  if (!store) return store.error();
  world->store = std::move(*store);
  world->api = std::make_unique<api::Api>(api::Services{*world->store, world->clock});
  std::ifstream lines(truth);
  JsonParser parser;
  for (std::string line; world->questions.size() < kQuestionsMax && std::getline(lines, line);) {
    auto object = parser.parse_object(line);
    if (!object) return object.error();
    if (object->string("status") == "erased") continue;
    const std::string_view number = object->string("certificate_number");
    std::string body = "{\"certificate_number\":\"" + std::string(number) +
                       "\",\"holder_name\":\"" + std::string(object->string("holder_name")) + "\"}";
    world->questions.push_back({CertificateNumber::parse(number).value(), std::move(body)});
  }
  if (world->questions.empty()) return invalid("--truth", "no certificate to ask about", {});
  return {};
}

void head_check(benchmark::State& state) {
  server::Head head;
  for (auto _ : state) benchmark::DoNotOptimize(server::check_head(kHead, head));
}
BENCHMARK(head_check);

void json_body(benchmark::State& state) {
  JsonParser parser;
  for (auto _ : state) {
    auto object = parser.parse_object(world->question().body);
    benchmark::DoNotOptimize(object->string("certificate_number"));
  }
}
BENCHMARK(json_body);

void keyed_index(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        world->store->keyed_index().certificate(world->question().number.text()));
  }
}
BENCHMARK(keyed_index);

void row_read(benchmark::State& state) {
  const index::Reader reader = world->store->reader();
  for (auto _ : state) {
    const auto key = world->store->keyed_index().certificate(world->question().number.text());
    benchmark::DoNotOptimize(reader.row(index::certificate_key(key)));
  }
}
BENCHMARK(row_read);

void certificate_read(benchmark::State& state) {  // row, unsealed and decoded
  const index::Reader reader = world->store->reader();
  for (auto _ : state) benchmark::DoNotOptimize(reader.certificate(world->question().number));
}
BENCHMARK(certificate_read);

void leaf_hash(benchmark::State& state) {
  const std::string entry = world->store->reader().entry(0).value().value();
  for (auto _ : state) benchmark::DoNotOptimize(log::leaf_hash(entry));
}
BENCHMARK(leaf_hash);

void name_match_form(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(match_form("测示例"));
}
BENCHMARK(name_match_form);

// `next` puts into the request what is asked this time.
template <typename Next>
void answer(benchmark::State& state, http::Request request, Next next) {
  const http::Application application = world->api->public_application();
  http::Response response;
  for (auto _ : state) {
    next(request);
    response.clear();
    application.answer(request, response);
    benchmark::DoNotOptimize(response.body.data());
  }
  if (response.status != 200) state.SkipWithError("the last answer was not 200");
  state.counters["bytes"] = static_cast<double>(response.body.size());
}

constexpr http::Field kJsonField[] = {{"Content-Type", "application/json"}};

void verification(benchmark::State& state) {
  http::Request request;
  request.method = http::Method::post;
  request.method_text = "POST";
  request.target = "/v1/verifications";
  request.fields = kJsonField;
  answer(state, request, [](http::Request& asked) { asked.body = world->question().body; });
}
BENCHMARK(verification);

constexpr std::string_view kPage = "/v1/institutions?occupation=4-10-01-05&level=3";

http::Request page(std::string_view target) {
  http::Request request;
  request.method = http::Method::get;
  request.method_text = "GET";
  request.target = target;
  return request;
}

void institutions_page_ready(benchmark::State& state) {
  answer(state, page(kPage), [](http::Request&) {});
}
BENCHMARK(institutions_page_ready);

// Of more days in turn than answers are kept ready.
void institutions_page(benchmark::State& state) {
  std::vector<std::string> targets;
  for (int i = 0; i < static_cast<int>(limits::kPreparedAnswersMax) * 3; ++i) {
    const Date day = Date::parse("2026-07-01").value().plus_days(i);
    targets.push_back(std::string(kPage) + "&on=" + std::string(day.text()));
  }
  std::size_t at = 0;
  answer(state, page(kPage), [&](http::Request& asked) {
    asked.target = targets[at];
    at = (at + 1) % targets.size();
  });
}
BENCHMARK(institutions_page);

// Takes "NAME VALUE" out of the arguments.
std::string option(int& argc, char** argv, const char* name) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], name) != 0) continue;
    std::string value = argv[i + 1];
    std::copy(argv + i + 2, argv + argc, argv + i);
    argc -= 2;
    return value;
  }
  return {};
}

}  // namespace
}  // namespace chayan

int main(int argc, char** argv) {
  const std::string data = chayan::option(argc, argv, "--data");
  const std::string truth = chayan::option(argc, argv, "--truth");
  if (const auto loaded = chayan::load(data, truth); !loaded) {
    std::cerr << "benchmarks: " << loaded.error().message.en << '\n';
    return 1;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  chayan::world.reset();
  return 0;
}
