#include "commands/remote_job.h"

#include <chrono>
#include <utility>

#include "base/json_reader.h"
#include "client/http_client.h"

namespace chayan::commands {
namespace {

using namespace std::chrono_literals;

constexpr auto kWait = 30s;  // a question; it is asked until the job is over

Error unreadable(const std::string& server) {
  return io_error(server + " does not answer as a service of this version does.");
}

std::string_view target_of(api::JobKind kind) {
  switch (kind) {
    case api::JobKind::snapshot:
      return "/v1/snapshots";
    case api::JobKind::backup:
      return "/v1/backups";
    case api::JobKind::key_rotation:
      return "/v1/keys/rotations";
    case api::JobKind::key_count:
      break;
  }
  return "/v1/keys/counts";
}

Result<std::vector<index::KeyUse>> read_keys(JsonObject& job) {
  std::vector<index::KeyUse> keys;
  if (!job.has("keys")) return keys;
  for (JsonObject& element : job.objects("keys")) {
    index::KeyUse use;
    use.id = static_cast<std::uint32_t>(element.integer("id"));
    const std::string_view state = element.string("state");
    use.created = element.optional_string("created").value_or("");
    use.records = static_cast<std::uint64_t>(element.integer("records"));
    if (auto read = element.finish(); !read) return read.error();
    for (const auto known : {crypto::DataKeyState::active, crypto::DataKeyState::retiring,
                             crypto::DataKeyState::retired}) {
      if (crypto::name(known) == state) use.state = known;
    }
    keys.push_back(std::move(use));
  }
  return keys;
}

// A job that is over, or only begun.
Result<api::Job> read_job(const std::string& server, const client::Fetched& reply) {
  JsonParser parser;
  auto object = parser.parse_object(reply.body);
  if (!object) return unreadable(server);
  if (reply.status >= 400) {
    const auto detail = object->optional_string("detail");
    return Error{
        ErrorCode::unavailable,
        {},
        {server + ": " + (detail ? std::string(*detail) : std::to_string(reply.status)), {}}};
  }
  api::Job job;
  job.number = static_cast<std::uint64_t>(object->integer("job"));
  const std::string_view state = object->string("state");
  job.result = object->optional_string("result").value_or("");
  job.size = static_cast<std::uint64_t>(object->optional_integer("size").value_or(0));
  job.error = object->optional_string("error").value_or("");
  auto keys = read_keys(*object);
  if (!keys) return unreadable(server);
  job.keys = std::move(*keys);
  object->ignore("kind");
  if (!object->finish()) return unreadable(server);
  for (const auto known : {api::JobState::waiting, api::JobState::running, api::JobState::done,
                           api::JobState::failed}) {
    if (name(known) == state) job.state = known;
  }
  return job;
}

}  // namespace

Result<api::Job> run_remote_job(const std::string& server, api::JobKind kind) {
  client::ClientOptions options;
  options.base_url = server;
  client::HttpClient client(std::move(options));
  const auto ordered = client.post(std::string(target_of(kind)));
  if (!ordered) return ordered.error();
  auto job = read_job(server, *ordered);
  while (job && !job->is_over()) {
    const auto asked = client.get(
        "/v1/jobs/" + std::to_string(job->number) + "?wait=" + std::to_string(kWait.count()),
        kWait);
    if (!asked) return asked.error();
    job = read_job(server, *asked);
  }
  if (job && job->state == api::JobState::failed) return io_error(server + ": " + job->error);
  return job;
}

}  // namespace chayan::commands
