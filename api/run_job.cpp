#include "api/run_job.h"

#include <charconv>
#include <chrono>
#include <string>

#include "api/environment.h"
#include "base/limits.h"

namespace chayan::api {
namespace {

void write_keys(const std::vector<index::KeyUse>& keys, JsonWriter& json) {
  json.key("keys").begin_array();
  for (const index::KeyUse& key : keys) {
    json.begin_object().member("id", std::int64_t{key.id}).member("state", name(key.state));
    json.optional_member("created", key.created);
    json.member("records", static_cast<std::int64_t>(key.records)).end_object();
  }
  json.end_array();
}

void write_job(const Job& job, http::Response& response) {
  JsonWriter json(response.body);
  json.begin_object().member("job", static_cast<std::int64_t>(job.number));
  json.member("kind", name(job.kind)).member("state", name(job.state));
  if (job.state == JobState::done) {
    json.member("result", job.result).member("size", static_cast<std::int64_t>(job.size));
    if (!job.keys.empty()) write_keys(job.keys, json);
  }
  json.optional_member("error", job.error).end_object();
}

Result<void> answer_order(JobKind kind, const Call& call, http::Response& response) {
  const auto& start = call.environment.services.start_job;
  if (!start) {
    return Error{ErrorCode::unavailable,
                 {},
                 {"This process carries out no such orders.", "本进程不执行此类作业。"}};
  }
  const auto job = start(kind);
  if (!job) return job.error();
  response.set("Location", "/v1/jobs/" + std::to_string(job->number));
  write_job(*job, response);
  return {};
}

std::optional<Job> find(const Call& call) {
  const std::string& text = call.path.decoded[0];
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto& find_job = call.environment.services.find_job;
  if (failed != std::errc() || end != text.data() + text.size() || !find_job) return std::nullopt;
  return find_job(number);
}

}  // namespace

Result<void> answer_snapshot_order(const Call& call, http::Response& response) {
  return answer_order(JobKind::snapshot, call, response);
}

Result<void> answer_backup_order(const Call& call, http::Response& response) {
  return answer_order(JobKind::backup, call, response);
}

Result<void> answer_rotation_order(const Call& call, http::Response& response) {
  return answer_order(JobKind::key_rotation, call, response);
}

Result<void> answer_key_count_order(const Call& call, http::Response& response) {
  return answer_order(JobKind::key_count, call, response);
}

Result<void> answer_job(const Call& call, http::Response& response) {
  constexpr auto kWaitMax = static_cast<std::size_t>(limits::kWaitMax.count());
  const std::chrono::seconds wait(call.fields.count("wait", kWaitMax, 0).value_or(0));
  if (auto finished = call.fields.finish(); !finished) return finished;
  const auto job = find(call);
  if (!job) {
    return Error{ErrorCode::not_found,
                 "job",
                 {"There is no such job; a restart forgets them, and so do many newer ones.",
                  "没有这项作业；重启或其后的作业过多时，旧作业不再保留。"}};
  }
  if (!job->is_over() && wait.count() > 0 && !call.request.waited) {
    response.wait = wait;
    return {};
  }
  write_job(*job, response);
  return {};
}

}  // namespace chayan::api
