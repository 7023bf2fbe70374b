// Does the time of a "no match" tell its cause? Asks one connection 10^5 questions that do not
// match, of four causes drawn at random, compares every reply to the byte (but for its Date) and
// the causes' times pair by pair with Welch's t, as dudect does (Reparaz, Balasch, Verbauwhede
// 2017): whole, and cropped at percentiles, for the tail is the machine's and hides what is small.
//
//   no_match_timing --port P --truth demo/truth.ndjson [--requests N] [--plant-ns N] [--plot F.svg]
//
// --plant-ns makes one cause slower by so much, to show that the test can fail. Exit code: 0 alike,
// 1 not. loadtest/no_match_timing.sh makes a registry, serves it with --no-limits and runs this.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "base/json_writer.h"

namespace chayan {
namespace {

constexpr std::array<const char*, 4> kCauses = {"wrong name", "unknown number", "erased record",
                                                "number of no issuer"};
constexpr std::array<const char*, 4> kColours = {"#0b3d91", "#b35900", "#14692c", "#a3161f"};
constexpr std::array<double, 6> kCrops = {0.5, 0.75, 0.9, 0.95, 0.99, 1.0};
constexpr double kTMax = 4.5;
constexpr std::size_t kWarmUp = 5000;

struct Arguments {
  std::uint16_t port = 0;
  std::string truth;
  std::size_t requests = 100'000;
  std::uint64_t seed = 1;
  int plant_ns = 0;
  std::string plot;
};

struct Certificate {
  std::string number;
  std::string name;
};

struct Truth {
  std::vector<Certificate> valid, erased;  // numbers of the usual form
  std::vector<std::string> names;          // of three characters
  std::set<std::string> numbers;
};

// What is asked has one length: numbers of the usual form, names of three characters. What is
// recorded under a number may be anything, as what its neighbours hold is.
Truth read_truth(const std::string& path) {
  Truth truth;
  std::ifstream in(path);
  JsonParser parser;
  for (std::string line; std::getline(in, line);) {
    auto object = parser.parse_object(line).value();
    const Certificate certificate{std::string(object.string("certificate_number")),
                                  std::string(object.string("holder_name"))};
    const bool is_erased = object.string("status") == "erased";
    truth.numbers.insert(certificate.number);
    if (certificate.name.size() == 9) truth.names.push_back(certificate.name);
    if (certificate.number.size() != 22) continue;
    (is_erased ? truth.erased : truth.valid).push_back(certificate);
  }
  return truth;
}

std::string request(std::string_view number, std::string_view name) {
  std::string body;
  JsonWriter(body)
      .begin_object()
      .member("certificate_number", number)
      .member("holder_name", name)
      .end_object();
  return "POST /v1/verifications HTTP/1.1\r\nHost: timing.example\r\nContent-Type: "
         "application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

using Requests = std::array<std::vector<std::string>, kCauses.size()>;

// As many different questions of each cause, so that caches favour none.
Requests make_requests(const Truth& truth, std::mt19937_64& random) {
  const auto digits = [&](std::size_t count) {
    std::string text;
    while (text.size() < count) text.push_back(static_cast<char>('0' + random() % 10));
    return text;
  };
  const auto unused = [&](auto make) {
    for (;;) {
      if (std::string number = make(); !truth.numbers.contains(number)) return number;
    }
  };
  const auto name_but = [&](const std::string& recorded) -> const std::string& {
    for (;;) {
      const std::string& name = truth.names[random() % truth.names.size()];
      if (name != recorded) return name;
    }
  };
  auto valid = truth.valid;
  std::shuffle(valid.begin(), valid.end(), random);
  const std::size_t count = std::min(truth.erased.size(), valid.size());
  if (count < 100) throw std::runtime_error("too few erased certificates to choose from");
  Requests requests;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& known = valid[i].number;
    const std::string near = unused([&] { return known.substr(0, 16) + digits(6); });
    const std::string far = unused([&] { return "S9" + digits(20); });
    requests[0].push_back(request(known, name_but(valid[i].name)));
    requests[1].push_back(request(near, name_but({})));
    requests[2].push_back(request(truth.erased[i].number, name_but({})));
    requests[3].push_back(request(far, name_but({})));
  }
  return requests;
}

class Connection {
 public:
  explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
      throw std::runtime_error("cannot connect");
    }
  }
  ~Connection() { ::close(socket_); }

  // The reply; the first one's length is that of all, or ask() throws.
  std::string_view ask(const std::string& text) {
    if (::send(socket_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
      throw std::runtime_error("cannot send");
    }
    std::size_t got = 0;
    do {
      const ssize_t count = ::recv(socket_, buffer_.data() + got, buffer_.size() - got, 0);
      if (count <= 0) throw std::runtime_error("the connection ended");
      got += static_cast<std::size_t>(count);
    } while (!is_whole({buffer_.data(), got}));
    return {buffer_.data(), got};
  }

 private:
  static bool is_whole(std::string_view reply) {
    constexpr std::string_view kLength = "Content-Length: ";
    const std::size_t head = reply.find("\r\n\r\n");
    const std::size_t at = reply.find(kLength);
    if (head == std::string_view::npos || at == std::string_view::npos) return false;
    return reply.size() >= head + 4 + std::stoul(std::string(reply.substr(at + kLength.size(), 9)));
  }

  int socket_;
  std::array<char, 16'384> buffer_{};
};

std::string without_date(std::string_view reply) {
  std::string text(reply);
  const std::size_t at = text.find("Date: ");
  if (at != std::string::npos) text.erase(at, text.find("\r\n", at) - at);
  return text;
}

using Times = std::array<std::vector<double>, kCauses.size()>;  // ns

Times measure(const Arguments& arguments, const Requests& requests, std::mt19937_64& random) {
  using Clock = std::chrono::steady_clock;
  Connection connection(arguments.port);
  Times times;
  std::string expected;
  for (std::size_t n = 0; n < kWarmUp + arguments.requests; ++n) {
    const std::size_t cause = random() % kCauses.size();
    const std::string& text = requests[cause][random() % requests[cause].size()];
    const auto begin = Clock::now();
    const std::string_view reply = connection.ask(text);
    if (cause == 1 && arguments.plant_ns > 0) {
      const auto until = Clock::now() + std::chrono::nanoseconds(arguments.plant_ns);
      while (Clock::now() < until) {
      }
    }
    const auto end = Clock::now();
    std::string bytes = without_date(reply);
    if (expected.empty()) expected = bytes;
    if (bytes != expected) {
      std::ostringstream difference;
      difference << "a reply differs: " << kCauses[cause] << '\n'
                 << bytes << "\ninstead of\n"
                 << expected;
      throw std::runtime_error(difference.str());
    }
    if (n < kWarmUp) continue;
    times[cause].push_back(std::chrono::duration<double, std::nano>(end - begin).count());
  }
  return times;
}

double percentile(const Times& times, double share) {
  std::vector<double> all;
  for (const auto& some : times) all.insert(all.end(), some.begin(), some.end());
  std::sort(all.begin(), all.end());
  return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))];
}

struct Moments {
  double count = 0, mean = 0, variance = 0;
};

Moments moments(const std::vector<double>& values, double below) {
  Moments made;
  double squares = 0;
  for (const double value : values) {
    if (value > below) continue;
    ++made.count;
    const double off = value - made.mean;
    made.mean += off / made.count;
    squares += off * (value - made.mean);
  }
  made.variance = squares / (made.count - 1);
  return made;
}

double welch(const Moments& a, const Moments& b) {
  return (a.mean - b.mean) / std::sqrt(a.variance / a.count + b.variance / b.count);
}

// The largest |t| of all.
double report(const Times& times) {
  double largest = 0;
  std::printf("| cropped at | ");
  for (const char* cause : kCauses) std::printf("%s, mean ns | ", cause);
  std::printf("largest abs(t) |\n|---|---|---|---|---|---|\n");
  for (const double crop : kCrops) {
    const double below = percentile(times, crop);
    std::array<Moments, kCauses.size()> all;
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = moments(times[i], below);
    double here = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) here = std::max(here, std::abs(welch(all[i], all[k])));
    }
    std::printf("| %.0f %% |", crop * 100);
    for (const Moments& one : all) std::printf(" %.0f |", one.mean);
    std::printf(" %.2f |\n", here);
    largest = std::max(largest, here);
  }
  return largest;
}

// The four distributions, one curve each: share of requests (up) that took at most so long.
void plot(const Times& times, double largest, const std::string& path) {
  constexpr double kWidth = 720, kHeight = 420, kLeft = 60, kBottom = 50, kTop = 70;
  const double from = percentile(times, 0.0), to = percentile(times, 0.99);
  const auto x = [&](double ns) {
    return kLeft + (ns - from) / (to - from) * (kWidth - kLeft - 20);
  };
  const auto y = [&](double share) {
    return kHeight - kBottom - share * (kHeight - kBottom - kTop);
  };
  std::ofstream out(path);
  out << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" << kWidth << "\" height=\"" << kHeight
      << "\" font-family=\"sans-serif\" font-size=\"13\"><rect width=\"100%\" height=\"100%\" "
         "fill=\"white\"/>\n<text x=\"20\" y=\"24\" font-size=\"16\">Time of a \"no match\" by its "
         "cause; largest abs(t) "
      << std::round(largest * 100) / 100 << "</text>\n";
  for (int tick = 0; tick <= 4; ++tick) {
    const double ns = from + (to - from) * tick / 4;
    out << "<text x=\"" << x(ns) - 20 << "\" y=\"" << kHeight - 28 << "\">"
        << std::round(ns / 100) / 10 << "</text><text x=\"15\" y=\"" << y(tick / 4.0) + 4 << "\">"
        << tick * 25 << " %</text><line x1=\"" << kLeft << "\" x2=\"" << kWidth - 20 << "\" y1=\""
        << y(tick / 4.0) << "\" y2=\"" << y(tick / 4.0) << "\" stroke=\"#ddd\"/>\n";
  }
  out << "<text x=\"330\" y=\"" << kHeight - 8
      << "\">microseconds, up to the 99th percentile</text>\n";
  for (std::size_t cause = 0; cause < times.size(); ++cause) {
    auto sorted = times[cause];
    std::sort(sorted.begin(), sorted.end());
    out << "<polyline fill=\"none\" stroke=\"" << kColours[cause] << "\" points=\"";
    for (int step = 0; step <= 198; ++step) {
      const double share = step / 200.0;
      const double ns =
          sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size()))];
      out << x(std::min(ns, to)) << ',' << y(share) << ' ';
    }
    out << "\"/><text x=\"" << 20 + 170 * cause << "\" y=\"50\" fill=\"" << kColours[cause] << "\">"
        << kCauses[cause] << "</text>\n";
  }
  out << "</svg>\n";
}

int run(const Arguments& arguments) {
  std::mt19937_64 random(arguments.seed);
  const Truth truth = read_truth(arguments.truth);
  const Requests requests = make_requests(truth, random);
  const Times times = measure(arguments, requests, random);
  const double largest = report(times);
  if (!arguments.plot.empty()) plot(times, largest, arguments.plot);
  std::printf("%zu requests of %zu questions, replies alike to the byte; largest abs(t) %.2f: %s\n",
              arguments.requests, requests[0].size() * kCauses.size(), largest,
              largest < kTMax ? "the time does not tell the cause" : "THE TIME TELLS THE CAUSE");
  return largest < kTMax ? 0 : 1;
}

}  // namespace
}  // namespace chayan

int main(int argc, char** argv) {
  chayan::Arguments arguments;
  CLI::App app("Whether the time of a no match tells its cause");
  app.add_option("--port", arguments.port)->required();
  app.add_option("--truth", arguments.truth)->required();
  app.add_option("--requests", arguments.requests);
  app.add_option("--seed", arguments.seed);
  app.add_option("--plant-ns", arguments.plant_ns);
  app.add_option("--plot", arguments.plot);
  CLI11_PARSE(app, argc, argv);
  try {
    return chayan::run(arguments);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
