// Runs the real binary: its output goes to files of the test's own, every wait has an absolute
// deadline, and a process that a test leaves behind is killed, by its pid, with the test.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/http_client.h"
#include "tests/support/temp_directory.h"

namespace chayan::test {

// `full` at CHAYAN_TEST_SCALE percent (100 where it is not set), but not less than `least`.
std::uint64_t scaled(std::uint64_t full, std::uint64_t least = 1);

// How a process ended: its exit code, or -1 and the signal that ended it.
struct Exit {
  int code = -1;
  int signal = 0;
};

// One child process. Start it on a thread that outlives it: it is killed when that thread ends.
class Process {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  // A hang fails; slowness does not: a busy machine took 120 s to import 100,000 certificates.
  static constexpr std::chrono::seconds kPatience{600};

  // command[0] is the program's path, CHAYAN_BINARY as a rule. Its stdin is /dev/null. Throws where
  // it cannot be started.
  explicit Process(const std::vector<std::string>& command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;  // nothing where wait() has seen the end
  // nullopt: it still runs after `patience`.
  std::optional<Exit> wait(std::chrono::milliseconds patience = kPatience);

  // What it has written so far.
  std::string out() const;
  std::string err() const;
  // Waits until its stdout has a whole line that begins so, and gives that line. nullopt: it ended,
  // or `patience` passed, before it wrote one.
  std::optional<std::string> wait_for_line(std::string_view beginning,
                                           std::chrono::milliseconds patience = kPatience);

 private:
  bool ended_within(std::chrono::milliseconds patience) const;
  std::optional<std::string> line(std::string_view beginning) const;

  TempDirectory folder_;
  pid_t pid_ = -1;
  int alive_ = -1;  // read end of a pipe that the child alone holds open: it ends with the child
  std::optional<Exit> exit_;
};

// Runs a command to its end. code -1: a signal ended it, or it was killed after `patience`.
struct Finished {
  int code = -1;
  std::string out;
  std::string err;
};
Finished run(const std::vector<std::string>& command,
             std::chrono::milliseconds patience = Process::kPatience);

// `BINARY serve` on free ports of 127.0.0.1. Listening when the constructor returns, or it throws
// with what the process wrote to stderr.
class ServeProcess {
 public:
  ServeProcess(const std::string& binary, const std::string& data,
               const std::vector<std::string>& more_arguments = {});

  std::uint16_t port() const { return port_; }
  std::uint16_t admin_port() const { return admin_port_; }
  std::uint16_t partner_port() const { return partner_port_; }  // 0: no --partner-listen
  HttpClient connect() const { return {"127.0.0.1", port_}; }
  HttpClient connect_admin() const { return {"127.0.0.1", admin_port_}; }
  // One request on a connection of its own; the target as it goes on the wire. Throws where no
  // whole reply comes.
  HttpReply get(std::string_view target) const;
  HttpReply get_admin(std::string_view target) const;
  HttpReply post(std::string_view target, std::string_view json) const;

  Process& process() { return process_; }
  // SIGTERM, then the end of the process.
  std::optional<Exit> stop();

 private:
  Process process_;
  std::uint16_t port_ = 0;
  std::uint16_t admin_port_ = 0;
  std::uint16_t partner_port_ = 0;
};

}  // namespace chayan::test
