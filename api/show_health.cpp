#include "api/show_health.h"

#include "api/environment.h"

namespace chayan::api {

Result<void> answer_livez(const Call&, http::Response& response) {
  JsonWriter json(response.body);
  json.begin_object().member("status", "alive").end_object();
  return {};
}

Result<void> answer_readyz(const Call& call, http::Response& response) {
  const Services& services = call.environment.services;
  if (services.ready && !services.ready()) {
    return Error{ErrorCode::unavailable,
                 {},
                 {"The process is draining: it finishes what it has and ends.",
                  "进程正在停止：处理完现有请求后退出。"}};
  }
  const auto unheld = reader_of(call).first_unheld();
  if (!unheld) return unheld.error();
  JsonWriter json(response.body);
  json.begin_object().member("status", "ready");
  json.key("read_only").boolean(services.store.read_only());
  json.key("verifies").boolean(!*unheld).end_object();
  return {};
}

Result<void> answer_metrics(const Call& call, http::Response& response) {
  const Services& services = call.environment.services;
  const index::Reader reader = reader_of(call);
  const auto head = reader.head();
  if (!head) return head.error();
  const auto unheld = reader.first_unheld();
  if (!unheld) return unheld.error();
  std::vector<Sample> samples = {
      {"chayan_log_size", "Entries in the change log.", static_cast<double>(head->size), false},
      {"chayan_read_only", "1 where the store opened read-only.",
       services.store.read_only() ? 1.0 : 0.0, false},
      {"chayan_verifies", "0 on a mirror that was not given all private fields.",
       *unheld ? 0.0 : 1.0, false},
      {"chayan_ready", "0 while the process drains.",
       services.ready && !services.ready() ? 0.0 : 1.0, false}};
  if (services.samples) {
    for (Sample& sample : services.samples()) samples.push_back(std::move(sample));
  }
  response.body = call.environment.metrics.text(samples);
  return {};
}

}  // namespace chayan::api
