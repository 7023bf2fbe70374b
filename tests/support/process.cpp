#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace chayan::test {
namespace {

using std::chrono::milliseconds;

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

int create(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

// Between fork and exec only async-signal-safe calls are allowed; every string is made before.
[[noreturn]] void become(char* const* arguments, int in, int out, int err, int alive) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::fcntl(alive, F_SETFD, 0);
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

// The port in "...MARK://127.0.0.1:PORT..."; with or without the s of https.
std::uint16_t port_after(const std::string& line, std::string_view mark) {
  const std::size_t scheme = line.find(mark);
  const std::size_t host = scheme == std::string::npos ? scheme : line.find("://", scheme);
  const std::size_t colon = host == std::string::npos ? host : line.find(':', host + 3);
  if (colon == std::string::npos) return 0;
  return static_cast<std::uint16_t>(std::strtoul(line.c_str() + colon + 1, nullptr, 10));
}

std::vector<std::string> serve_command(const std::string& binary, const std::string& data,
                                       const std::vector<std::string>& more) {
  std::vector<std::string> command{binary,     "serve",       "--data",  data,
                                   "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"};
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

HttpReply ask(HttpClient client, const std::string& request) {
  if (!client.send(request)) throw std::runtime_error("the server took no request");
  auto reply = client.read_reply();
  if (!reply) throw std::runtime_error("the server gave no whole reply");
  return std::move(*reply);
}

std::string get_request(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: test.example\r\n\r\n";
}

}  // namespace

std::uint64_t scaled(std::uint64_t full, std::uint64_t least) {
  const char* percent = std::getenv("CHAYAN_TEST_SCALE");
  const std::uint64_t scale = percent == nullptr ? 100 : std::strtoull(percent, nullptr, 10);
  return std::max(least, full * scale / 100);
}

Process::Process(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
  const int in = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int out = create(folder_ / "out");
  const int err = create(folder_ / "err");
  pid_ = ::fork();
  if (pid_ == 0) become(arguments.data(), in, out, err, ends[1]);
  for (const int handle : {in, out, err, ends[1]}) ::close(handle);
  alive_ = ends[0];
  if (pid_ < 0) {
    ::close(alive_);
    throw std::runtime_error("fork failed");
  }
}

Process::~Process() {
  if (!exit_) {
    signal(SIGKILL);
    wait();
  }
  ::close(alive_);
}

void Process::signal(int number) const {
  if (!exit_) ::kill(pid_, number);  // not reaped yet, so the pid is still this child's
}

bool Process::ended_within(milliseconds patience) const {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd end{alive_, POLLIN, 0};
    const int ready = ::poll(&end, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (ready == 1) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

std::optional<Exit> Process::wait(milliseconds patience) {
  if (exit_ || !ended_within(patience)) return exit_;
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  exit_ = WIFEXITED(status) ? Exit{WEXITSTATUS(status), 0} : Exit{-1, WTERMSIG(status)};
  return exit_;
}

std::string Process::out() const {
  return content(folder_ / "out");
}

std::string Process::err() const {
  return content(folder_ / "err");
}

std::optional<std::string> Process::line(std::string_view beginning) const {
  const std::string text = out();
  for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos;
       at = end + 1) {
    if (text.compare(at, beginning.size(), beginning) == 0) return text.substr(at, end - at);
  }
  return std::nullopt;
}

std::optional<std::string> Process::wait_for_line(std::string_view beginning,
                                                  milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    const bool ended = ended_within(milliseconds(5));  // between two looks, not a fixed sleep
    if (auto found = line(beginning)) return found;
    if (ended || std::chrono::steady_clock::now() > deadline) return std::nullopt;
  }
}

Finished run(const std::vector<std::string>& command, milliseconds patience) {
  Process process(command);
  const auto exit = process.wait(patience);
  return {exit ? exit->code : -1, process.out(), process.err()};
}

ServeProcess::ServeProcess(const std::string& binary, const std::string& data,
                           const std::vector<std::string>& more_arguments)
    : process_(serve_command(binary, data, more_arguments)) {
  const auto line = process_.wait_for_line("Chayan listens on ");
  if (!line) throw std::runtime_error("serve did not start: " + process_.err());
  port_ = port_after(*line, "listens on http");
  admin_port_ = port_after(*line, "admin on http");
  partner_port_ = port_after(*line, "partners on http");
}

HttpReply ServeProcess::get(std::string_view target) const {
  return ask(connect(), get_request(target));
}

HttpReply ServeProcess::get_admin(std::string_view target) const {
  return ask(connect_admin(), get_request(target));
}

HttpReply ServeProcess::post(std::string_view target, std::string_view json) const {
  return ask(connect(), "POST " + std::string(target) +
                            " HTTP/1.1\r\nHost: test.example\r\nContent-Type: application/json\r\n"
                            "Content-Length: " +
                            std::to_string(json.size()) + "\r\n\r\n" + std::string(json));
}

std::optional<Exit> ServeProcess::stop() {
  process_.signal(SIGTERM);
  return process_.wait();
}

}  // namespace chayan::test
