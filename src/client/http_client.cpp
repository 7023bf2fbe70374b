#include "client/http_client.h"

#include <curl/curl.h>

#include <array>
#include <atomic>
#include <charconv>
#include <optional>
#include <utility>

#include "base/text.h"
#include "client/server_url.h"

namespace chayan::client {
namespace {

// Below this a body that has begun counts as silence.
constexpr long kBytesPerSecondMin = 256;

template <typename T, auto free_one>
struct Freed {
  void operator()(T* one) const { free_one(one); }
};
using Easy = std::unique_ptr<CURL, Freed<CURL, curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Freed<CURLM, curl_multi_cleanup>>;
using Fields = std::unique_ptr<curl_slist, Freed<curl_slist, curl_slist_free_all>>;

void initialise_curl_once() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(done);
}

Error unavailable(std::string what) {
  return {ErrorCode::unavailable, {}, {std::move(what), {}}};
}

bool equal_without_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && curl_strnequal(a.data(), b.data(), a.size()) != 0;
}

// The first byte's position in "bytes 100-199/200".
std::optional<std::uint64_t> first_of_content_range(std::string_view field) {
  constexpr std::string_view kUnit = "bytes ";
  if (!field.starts_with(kUnit)) return std::nullopt;
  field.remove_prefix(kUnit.size());
  std::uint64_t first = 0;
  const auto [end, failed] = std::from_chars(field.data(), field.data() + field.size(), first);
  if (failed != std::errc() || end == field.data() + field.size() || *end != '-') {
    return std::nullopt;
  }
  return first;
}

// What libcurl says of a body that does not decode. (Of its own accord it writes nowhere else.)
bool is_undecodable(CURLcode code) {
  return code == CURLE_BAD_CONTENT_ENCODING || code == CURLE_WRITE_ERROR;
}

// Options that no further attempt will make work.
bool is_lasting(CURLcode code) {
  return code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT ||
         code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CACERT_BADFILE ||
         code == CURLE_NOT_BUILT_IN || code == CURLE_UNKNOWN_OPTION;
}

}  // namespace

class HttpClient::Impl {
 public:
  explicit Impl(ClientOptions options)
      : options_(std::move(options)), server_(parse_server_url(options_.base_url)) {
    initialise_curl_once();
    while (options_.base_url.ends_with('/')) options_.base_url.pop_back();
    easy_.reset(curl_easy_init());
    multi_.reset(curl_multi_init());
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, 1L);
  }

  Result<Fetched> get(const std::string& target, std::chrono::seconds wait) {
    begin(options_.base_url + target, wait);
    set(CURLOPT_ACCEPT_ENCODING, "");  // all that libcurl was built with
    if (const auto done = perform(); !done) return done.error();
    return take();
  }

  Result<Fetched> post(const std::string& target) {
    begin(options_.base_url + target, {});
    set(CURLOPT_POSTFIELDS, "");
    set(CURLOPT_POSTFIELDSIZE, 0L);
    if (const auto done = perform(); !done) return done.error();
    return take();
  }

  Result<Fetched> post(const std::string& target, const Post& what) {
    begin(options_.base_url + target, {});
    set(CURLOPT_ACCEPT_ENCODING, "");
    set(CURLOPT_POSTFIELDS, what.body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(what.body.size()));
    add_field("Content-Type: " + std::string(what.content_type));
    add_field("Accept: " + std::string(what.accept));
    if (const auto done = perform(); !done) return done.error();
    return take();
  }

  Result<Fetched> resume(Download& download, const Sink& sink) {
    if (download.received > 0 && download.etag.empty()) return changed();
    begin(download.url.empty() ? options_.base_url + download.target : download.url, {});
    const bool is_known = !options_.certificate_file.empty() || !options_.bearer.empty();
    set(CURLOPT_FOLLOWLOCATION, is_known ? 0L : 1L);
    if (download.received > 0) {
      set(CURLOPT_RANGE, (std::to_string(download.received) + '-').c_str());
      add_field("If-Range: " + download.etag);
    }
    download_ = &download;
    sink_ = &sink;
    const auto done = perform();
    download_ = nullptr;
    sink_ = nullptr;
    if (!done) return done.error();
    return take();
  }

  void stop() {
    stopped_ = true;
    curl_multi_wakeup(multi_.get());
  }
  bool stopped() const { return stopped_; }

 private:
  static Error changed() {
    return {ErrorCode::conflict, {}, {"What was being downloaded is no longer there.", {}}};
  }

  static Error in_clear() {
    return {ErrorCode::invalid_argument,
            {},
            {"A bearer is sent over https:// only, or to this machine.", {}}};
  }

  template <typename Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(easy_.get(), option, value);
  }

  void begin(const std::string& url, std::chrono::seconds wait) {
    curl_easy_reset(easy_.get());
    fetched_ = {};
    content_range_.clear();
    says_its_end_ = false;
    head_ended_ = false;
    fault_.reset();
    message_.fill('\0');
    const bool secure = server_ && server_->is_https;
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
    set(CURLOPT_MAXREDIRS, limits::kClientRedirectsMax);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    set(CURLOPT_BUFFERSIZE, 256L * 1024);
    set(CURLOPT_USERAGENT, "chayan");
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_max.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, kBytesPerSecondMin);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>((options_.silence_max + wait).count()));
    set(CURLOPT_ERRORBUFFER, message_.data());
    set(CURLOPT_HEADERFUNCTION, &Impl::on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &Impl::on_body);
    set(CURLOPT_WRITEDATA, this);
    set_tls();
    // Whatever the environment says: what is for this machine in clear is for no other's ears.
    if (!secure && server_ && server_->is_this_machine) set(CURLOPT_NOPROXY, "*");
    fields_.reset();
    if (!options_.bearer.empty()) add_field("Authorization: Bearer " + options_.bearer);
  }

  void add_field(const std::string& line) {
    // The list's head stays what it was, but for the first.
    curl_slist* longer = curl_slist_append(fields_.get(), line.c_str());
    if (!fields_) fields_.reset(longer);
    set(CURLOPT_HTTPHEADER, fields_.get());
  }

  void set_tls() {
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options_.ca_file.empty()) {
      set(CURLOPT_CAINFO, options_.ca_file.c_str());
      set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
    if (options_.certificate_file.empty()) return;
    set(CURLOPT_SSLCERT, options_.certificate_file.c_str());
    set(CURLOPT_SSLKEY, options_.key_file.c_str());
  }

  Result<void> perform() {
    if (!server_) return server_.error();
    if (!options_.bearer.empty() && !server_->keeps_secrets()) return in_clear();
    if (stopped_) return unavailable("The client was stopped.");
    curl_multi_add_handle(multi_.get(), easy_.get());
    std::optional<CURLcode> code;
    while (!code && !stopped_) {
      int running = 0;
      if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) break;
      if (running > 0) curl_multi_poll(multi_.get(), nullptr, 0, 1000, nullptr);
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg == CURLMSG_DONE) code = message->data.result;
      }
    }
    curl_multi_remove_handle(multi_.get(), easy_.get());
    if (!code) return unavailable("The client was stopped.");
    return judge(*code);
  }

  Result<void> judge(CURLcode code) {
    if (fault_) return *fault_;
    if (code != CURLE_OK) {
      std::string what = message_[0] != '\0' ? message_.data() : curl_easy_strerror(code);
      what = options_.base_url + ": " + what + '.';
      if (is_undecodable(code)) return corrupt(std::move(what));
      // Once a request was sent it is the answer that is odd (a garbled status line, a garbled
      // Location), and the next one may not be.
      long request_bytes = 0;
      curl_easy_getinfo(easy_.get(), CURLINFO_REQUEST_SIZE, &request_bytes);
      if (!is_lasting(code) || request_bytes > 0) return unavailable(std::move(what));
      return Error{ErrorCode::invalid_argument, {}, {std::move(what), {}}};
    }
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &fetched_.status);
    // libcurl takes the end of the connection for the end of a head, and of a body whose length was
    // not said.
    if (!head_ended_) return unavailable(options_.base_url + ": the answer was cut in its head.");
    const bool has_body = fetched_.status != 204 && fetched_.status != 304;
    if (has_body && !says_its_end_) {
      return unavailable(options_.base_url + ": the answer does not say how long it is.");
    }
    return {};
  }

  Fetched take() { return std::exchange(fetched_, {}); }

  static std::size_t on_header(char* bytes, std::size_t, std::size_t count, void* self) {
    static_cast<Impl*>(self)->take_header({bytes, count});
    return count;
  }

  void take_header(std::string_view line) {
    if (line.starts_with("HTTP/")) {  // of a redirect, or of the answer itself
      fetched_.etag.clear();
      fetched_.retry_after.clear();
      content_range_.clear();
      says_its_end_ = false;
      head_ended_ = false;
    }
    if (line == "\r\n" || line == "\n") head_ended_ = true;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view name = line.substr(0, colon);
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && static_cast<unsigned char>(value.front()) <= ' ')
      value.remove_prefix(1);
    while (!value.empty() && static_cast<unsigned char>(value.back()) <= ' ')
      value.remove_suffix(1);
    if (equal_without_case(name, "etag")) fetched_.etag = value;
    if (equal_without_case(name, "retry-after")) fetched_.retry_after = value;
    if (equal_without_case(name, "content-range")) content_range_ = value;
    if (equal_without_case(name, "content-length") ||
        equal_without_case(name, "transfer-encoding")) {
      says_its_end_ = true;
    }
  }

  static std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* self) {
    return static_cast<Impl*>(self)->take_body({bytes, count}) ? count : CURL_WRITEFUNC_ERROR;
  }

  bool take_body(std::string_view piece) {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (download_ != nullptr && (status == 200 || status == 206)) {
      const auto taken = take_piece(status, piece);
      if (!taken) fault_ = taken.error();
      return taken.has_value();
    }
    if (fetched_.body.size() + piece.size() > options_.body_bytes_max) {
      fault_ = Error{ErrorCode::too_large,
                     {},
                     {options_.base_url + ": the answer is longer than " +
                          std::to_string(options_.body_bytes_max) + " bytes.",
                      {}}};
      return false;
    }
    fetched_.body.append(piece);
    return true;
  }

  Result<void> take_piece(long status, std::string_view piece) {
    if (stopped_) return unavailable("The client was stopped.");
    if (!attempt_checked()) {
      if (auto checked = check_attempt(status); !checked) return checked;
    }
    download_->received += piece.size();
    return (*sink_)(piece);
  }

  bool attempt_checked() const { return fetched_.status != 0; }

  // Once an attempt, before its first piece: that these are the bytes that follow.
  Result<void> check_attempt(long status) {
    fetched_.status = status;
    if (status == 200) {
      if (download_->received > 0) return changed();
      download_->etag = fetched_.etag;
      char* url = nullptr;
      curl_easy_getinfo(easy_.get(), CURLINFO_EFFECTIVE_URL, &url);
      if (url != nullptr) download_->url = url;
    } else if (first_of_content_range(content_range_) != download_->received) {
      return unavailable(options_.base_url + ": this is another part than the one asked for.");
    } else if (fetched_.etag != download_->etag) {
      return changed();
    }
    return {};
  }

  ClientOptions options_;
  const Result<ServerUrl> server_;
  Multi multi_;
  Easy easy_;
  std::atomic<bool> stopped_{false};

  // Of the request under way.
  Fields fields_;
  Fetched fetched_;
  std::string content_range_;
  bool says_its_end_ = false;
  bool head_ended_ = false;
  std::optional<Error> fault_;
  std::array<char, CURL_ERROR_SIZE> message_{};
  Download* download_ = nullptr;
  const Sink* sink_ = nullptr;
};

HttpClient::HttpClient(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpClient::~HttpClient() = default;

Result<Fetched> HttpClient::get(const std::string& target, std::chrono::seconds wait) {
  return impl_->get(target, wait);
}
Result<Fetched> HttpClient::post(const std::string& target) {
  return impl_->post(target);
}
Result<Fetched> HttpClient::post(const std::string& target, const Post& what) {
  return impl_->post(target, what);
}
Result<Fetched> HttpClient::resume(Download& download, const Sink& sink) {
  return impl_->resume(download, sink);
}
void HttpClient::stop() {
  impl_->stop();
}
bool HttpClient::stopped() const {
  return impl_->stopped();
}

}  // namespace chayan::client
