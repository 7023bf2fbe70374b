// The command line of chayan-load, read and checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loadtest/generator/keys.h"
#include "loadtest/generator/schedule.h"

namespace chayan::loadtest {

enum class Kind : std::uint8_t { verification, institutions, catalog, batch, redis, path };

struct Share {
  Kind kind;
  double weight;
};

struct Options {
  // Where
  std::string url;
  std::string host;  // these three come from the URL
  std::string port;
  bool tls = false;
  bool allow_remote = false;
  // What
  std::vector<Share> mix = {{Kind::verification, 1}};
  std::string get_path;  // instead of a mix
  std::string truth;     // truth.ndjson; institutions.ndjson stands beside it
  Distribution keys = Distribution::uniform;
  double zipf_exponent = 0.99;
  double no_match = 0;
  std::uint32_t batch_rows = 1000;
  std::string credential_file;
  double check = 0.01;
  // How
  std::optional<double> rate;  // a second; without: closed loop
  Arrivals arrivals = Arrivals::even;
  std::uint32_t connections = 64;
  std::uint32_t pipeline = 1;
  std::uint32_t requests_per_connection = 0;  // 0: as many as the server takes
  std::uint32_t threads = 1;
  double seconds = 10;
  double warm_up = 2;
  std::uint64_t seed = 1;
  bool allow_refusals = false;
  // What comes of it
  std::string label;
  std::string json;
  std::optional<double> goal_p99_ms;
  std::optional<double> goal_rate;

  bool needs_truth() const;
  bool has(Kind kind) const;
};

// Nothing where the command line asked for help or was wrong: `exit_code` says which, and what
// there is to say was printed.
std::optional<Options> parse_options(int argc, char** argv, int& exit_code);

// "verification=90,institutions=8". Throws std::invalid_argument with a sentence.
std::vector<Share> parse_mix(const std::string& text);

// Fills host, port and tls from `url`, and refuses what is not this machine unless allow_remote.
// Throws std::invalid_argument with a sentence.
void resolve_url(Options& options);

}  // namespace chayan::loadtest
