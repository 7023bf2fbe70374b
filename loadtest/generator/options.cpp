#include "loadtest/generator/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace chayan::loadtest {
namespace {

constexpr std::array<std::pair<std::string_view, Kind>, 5> kKinds = {{
    {"verification", Kind::verification},
    {"institutions", Kind::institutions},
    {"catalog", Kind::catalog},
    {"batch", Kind::batch},
    {"redis", Kind::redis},
}};

double weight_of(const std::string& text) {
  std::size_t read = 0;
  double weight = 0;
  try {
    weight = std::stod(text, &read);
  } catch (const std::exception&) {
    read = 0;
  }
  if (read == 0 || read != text.size() || !(weight > 0)) {
    throw std::invalid_argument("--mix: \"" + text + "\" is no weight above 0.");
  }
  return weight;
}

void check_together(const Options& options) {
  const auto refuse = [](const char* why) { throw std::invalid_argument(why); };
  if (options.needs_truth() && options.truth.empty()) {
    refuse("--truth FILE is needed for this mix; `chayan demo --out DIR` writes DIR/truth.ndjson.");
  }
  if (options.has(Kind::batch) && options.credential_file.empty() && options.check > 0) {
    refuse("Batches need --credential-file; `chayan credentials add` prints what belongs in it.");
  }
  if (options.has(Kind::redis) && (options.mix.size() > 1 || options.tls)) {
    refuse("redis cannot be mixed with others, nor be asked over TLS.");
  }
  if (options.threads > options.connections) refuse("A thread needs a connection at least.");
  if (options.requests_per_connection > 0 && options.pipeline > 1) {
    refuse("--requests-per-connection needs --pipeline 1.");
  }
  if (options.goal_rate && *options.goal_rate <= 0) refuse("--goal-rate must be above 0.");
}

void add_options(CLI::App& app, Options& options, std::string& mix) {
  const std::map<std::string, Distribution> distributions = {{"uniform", Distribution::uniform},
                                                             {"zipf", Distribution::zipf}};
  const std::map<std::string, Arrivals> arrivals = {{"even", Arrivals::even},
                                                    {"poisson", Arrivals::poisson}};
  app.add_option("url", options.url, "http://127.0.0.1:8080; https:// for TLS (not verified)")
      ->required();
  app.add_flag("--allow-remote", options.allow_remote, "Allow a server on another machine");

  auto* what = app.add_option_group("What is asked");
  what->add_option("--mix", mix,
                   "Weights: verification=90,institutions=8,catalog=1,batch=1; or redis (GET)")
      ->capture_default_str();
  what->add_option("--get", options.get_path, "GET this path instead of a mix")->excludes("--mix");
  what->add_option("--truth", options.truth, "truth.ndjson of `chayan demo`");
  what->add_option("--keys", options.keys, "uniform or zipf")
      ->transform(CLI::CheckedTransformer(distributions))
      ->default_str("uniform");
  what->add_option("--zipf-exponent", options.zipf_exponent)
      ->check(CLI::Range(0.1, 5.0))
      ->capture_default_str();
  what->add_option("--no-match", options.no_match,
                   "Share of verifications with a wrong name or of an erased certificate")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  what->add_option("--batch-rows", options.batch_rows)
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  what->add_option("--credential-file", options.credential_file, "A bearer secret, for batches");
  what->add_option("--check", options.check, "Share of the answers held against the truth")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();

  auto* how = app.add_option_group("How");
  how->add_option("--rate", options.rate, "Requests a second, open loop; without: closed loop")
      ->check(CLI::Range(0.01, 1e8));
  how->add_option("--arrivals", options.arrivals, "even or poisson")
      ->transform(CLI::CheckedTransformer(arrivals))
      ->default_str("even");
  how->add_option("--connections", options.connections)
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  how->add_option("--pipeline", options.pipeline, "Requests under way on a connection")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  how->add_option("--requests-per-connection", options.requests_per_connection,
                  "A new connection after so many; 1: no keep-alive");
  how->add_option("--threads", options.threads)->check(CLI::Range(1, 256))->capture_default_str();
  how->add_option("--seconds", options.seconds, "Measured")
      ->check(CLI::Range(0.1, 86'400.0))
      ->capture_default_str();
  how->add_option("--warm-up", options.warm_up, "Seconds before, not measured")
      ->check(CLI::Range(0.0, 3600.0))
      ->capture_default_str();
  how->add_option("--seed", options.seed)->capture_default_str();
  how->add_flag("--allow-refusals", options.allow_refusals,
                "Answers other than 2xx are counted and fail nothing: overload runs");

  auto* result = app.add_option_group("What comes of it");
  result->add_option("--label", options.label, "Stands in the result");
  result->add_option("--json", options.json, "Writes the result to this file");
  result->add_option("--goal-p99-ms", options.goal_p99_ms, "Exit code 3 where p99 is above");
  result->add_option("--goal-rate", options.goal_rate, "Exit code 3 where fewer a second came");
}

}  // namespace

bool Options::has(Kind kind) const {
  return std::any_of(mix.begin(), mix.end(), [&](const Share& of) { return of.kind == kind; });
}

bool Options::needs_truth() const {
  return has(Kind::verification) || has(Kind::institutions) || has(Kind::batch) || has(Kind::redis);
}

std::vector<Share> parse_mix(const std::string& text) {
  std::vector<Share> mix;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string part = text.substr(at, end - at);
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string name = part.substr(0, equals);
    const auto known = std::find_if(kKinds.begin(), kKinds.end(),
                                    [&](const auto& kind) { return kind.first == name; });
    if (known == kKinds.end()) {
      throw std::invalid_argument(
          "--mix: \"" + name + "\" is none of verification, institutions, catalog, batch, redis.");
    }
    const bool is_weighted = equals < part.size();
    mix.push_back({known->second, is_weighted ? weight_of(part.substr(equals + 1)) : 1});
    at = end + 1;
  }
  return mix;
}

void resolve_url(Options& options) {
  std::string_view rest = options.url;
  const auto starts = [&](std::string_view scheme) {
    if (!rest.starts_with(scheme)) return false;
    rest.remove_prefix(scheme.size());
    return true;
  };
  const bool is_redis = starts("redis://");
  if (!is_redis) {
    options.tls = starts("https://");
    if (!options.tls && !starts("http://")) {
      throw std::invalid_argument("The URL begins with http://, https:// or redis://.");
    }
  }
  rest = rest.substr(0, rest.find('/'));
  const std::size_t bracket = rest.starts_with('[') ? rest.find(']') : 0;
  const std::size_t colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  std::string_view host = rest.substr(0, colon);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  options.host = host;
  options.port = options.tls ? "443" : is_redis ? "6379" : "80";
  if (colon != std::string_view::npos) options.port = rest.substr(colon + 1);
  const auto is_digit = [](char character) { return character >= '0' && character <= '9'; };
  if (options.host.empty() || options.port.empty() || options.port.size() > 5 ||
      !std::all_of(options.port.begin(), options.port.end(), is_digit)) {
    throw std::invalid_argument("The URL has no host, or no port that is a number: " + options.url);
  }
  const bool is_loopback =
      options.host == "localhost" || options.host == "::1" ||
      (options.host.starts_with("127.") &&
       std::all_of(options.host.begin(), options.host.end(),
                   [&](char character) { return is_digit(character) || character == '.'; }));
  if (!is_loopback && !options.allow_remote) {
    throw std::invalid_argument(options.host +
                                " is not this machine. Load belongs on servers of one's own: "
                                "--allow-remote says that this one is.");
  }
}

std::optional<Options> parse_options(int argc, char** argv, int& exit_code) {
  CLI::App app(
      "Load with due times: a request is due when it is due, whether or not the ones before "
      "were answered, and its latency counts from there",
      "chayan-load");
  app.footer(
      "Exit code: 0 done, 1 a wrong answer or a broken connection, 2 bad arguments, 3 a goal "
      "was missed.");
  Options options;
  std::string mix = "verification";
  add_options(app, options, mix);
  try {
    app.parse(argc, argv);
    options.mix = options.get_path.empty() ? parse_mix(mix) : std::vector<Share>{{Kind::path, 1}};
    resolve_url(options);
    check_together(options);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  } catch (const std::invalid_argument& error) {
    std::cerr << "chayan-load: " << error.what() << '\n';
    exit_code = 2;
    return std::nullopt;
  }
  return options;
}

}  // namespace chayan::loadtest
