// What tests ask a served log for.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "log/note.h"
#include "tests/support/process.h"

namespace chayan::test {

// The keys that the service says its log is signed with, the first of them first: one, or in the
// gm suite two.
inline std::vector<log::NoteKey> log_keys(const ServeProcess& server) {
  const std::string body = server.get("/v1/log").body;
  constexpr std::string_view kMember = R"("vkey":")";
  std::vector<log::NoteKey> keys;
  for (std::size_t at = 0; (at = body.find(kMember, at)) != std::string::npos;) {
    at += kMember.size();
    keys.push_back(
        log::parse_verifier_line(body.substr(at, body.find('"', at) - at), "vkey").value());
  }
  if (keys.empty()) throw std::runtime_error("no key in " + body);
  return keys;
}

inline log::NoteKey log_key(const ServeProcess& server) {
  return log_keys(server).front();
}

// POST /v1/batches. nullopt: the connection ended before the answer was whole.
inline std::optional<HttpReply> try_record(const ServeProcess& server, std::string_view key,
                                           std::string_view lines) {
  HttpClient client = server.connect_admin();
  if (!client.send("POST /v1/batches HTTP/1.1\r\nHost: test.example\r\nContent-Type: "
                   "application/x-ndjson\r\nIdempotency-Key: " +
                   std::string(key) + "\r\nContent-Length: " + std::to_string(lines.size()) +
                   "\r\n\r\n" + std::string(lines))) {
    return std::nullopt;
  }
  return client.read_reply();
}

inline HttpReply record(const ServeProcess& server, std::string_view key, std::string_view lines) {
  auto reply = try_record(server, key, lines);
  if (!reply) throw std::runtime_error("no answer to a batch");
  return std::move(*reply);
}

}  // namespace chayan::test
