#include "client/admin_request.h"

#include <curl/curl.h>

#include <memory>

namespace chayan::client {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReplyBytesMax = 64ULL * 1024;
constexpr auto kAnswerMax = 30s;  // beyond what it was asked to wait

std::size_t append(char* piece, std::size_t one, std::size_t count, void* to) {
  auto& body = *static_cast<std::string*>(to);
  const std::size_t length = one * count;
  if (body.size() + length > kReplyBytesMax) return 0;
  body.append(piece, length);
  return length;
}

Error failed(const std::string& server, CURLcode code) {
  const std::string why = server + ": " + curl_easy_strerror(code) + ".";
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
    return invalid("--server", why, {});
  }
  return {ErrorCode::unavailable, "--server", {why, {}}};
}

Result<AdminReply> ask(const std::string& server, const std::string& target, bool is_post,
                       std::chrono::seconds wait) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(),
                                                                 curl_easy_cleanup);
  if (!easy) return io_error("Cannot set up libcurl.");
  AdminReply reply;
  const std::string base = server.ends_with('/') ? server.substr(0, server.size() - 1) : server;
  curl_easy_setopt(easy.get(), CURLOPT_URL, (base + target).c_str());
  curl_easy_setopt(easy.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");  // the admin listener is near, as a rule here
  curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT, static_cast<long>((kAnswerMax + wait).count()));
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &reply.body);
  if (is_post) {
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS, "");
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDSIZE, 0L);
  }
  const CURLcode code = curl_easy_perform(easy.get());
  if (code != CURLE_OK) return failed(server, code);
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &reply.status);
  return reply;
}

}  // namespace

Result<AdminReply> admin_get(const std::string& server, const std::string& target,
                             std::chrono::seconds wait) {
  return ask(server, target, false, wait);
}

Result<AdminReply> admin_post(const std::string& server, const std::string& target) {
  return ask(server, target, true, {});
}

}  // namespace chayan::client
