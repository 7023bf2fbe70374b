// What a service says of itself.
#pragma once

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "api/services.h"
#include "base/clock.h"
#include "base/json_writer.h"

namespace chayan::commands {

// One JSON object a line on stderr. What is logged is chosen here, value by value: no part of a
// request is. Any thread; one a process.
class ServiceLog {
 public:
  explicit ServiceLog(const Clock& clock)
      : clock_(clock), lines_(spdlog::stderr_logger_mt("chayan")) {
    lines_->set_pattern("%v");
    lines_->flush_on(spdlog::level::info);
  }
  ~ServiceLog() { spdlog::drop("chayan"); }

  template <typename Members>
  void write(std::string_view level, std::string_view event, Members members) {
    std::string line;
    JsonWriter json(line);
    json.begin_object().member("time", rfc3339_utc(clock_.now()));
    json.member("level", level).member("event", event);
    members(json);
    json.end_object();
    lines_->info("{}", line);
  }

  void request(const api::RequestRecord& record) {
    const auto microseconds =
        std::chrono::duration_cast<std::chrono::microseconds>(record.duration).count();
    write(record.status >= 500 ? "warn" : "info", "request", [&](JsonWriter& json) {
      json.member("method", record.method).member("route", record.route);
      json.member("status", std::int64_t{record.status});
      json.member("bytes", static_cast<std::int64_t>(record.response_bytes));
      json.member("microseconds", std::int64_t{microseconds});
    });
  }

  void job(const api::Job& job) {
    const bool is_done = job.state == api::JobState::done;
    write(is_done ? "info" : "error", api::name(job.kind), [&](JsonWriter& json) {
      json.member("job", static_cast<std::int64_t>(job.number));
      json.member("state", api::name(job.state));
      json.optional_member("result", job.result).optional_member("error", job.error);
    });
  }

 private:
  const Clock& clock_;
  std::shared_ptr<spdlog::logger> lines_;
};

}  // namespace chayan::commands
