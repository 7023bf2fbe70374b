#include "server/second_reading.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace chayan::server {
namespace {

namespace beast = boost::beast;

// Compares what Beast finds with what head_check found, by place: both read the same bytes.
class ComparingParser final : public beast::http::basic_parser<true> {
 public:
  explicit ComparingParser(const Head& checked) : checked_(checked) {
    header_limit(limits::kHeadBytesMax);
    body_limit(boost::none);  // the route's limit is asked later
  }

  bool agrees() const {
    const auto length = content_length();
    return same_ && fields_ == checked_.field_count && !chunked() &&
           length.has_value() == checked_.content_length.has_value() &&
           (!length || *length == *checked_.content_length);
  }

 private:
  void compare(beast::string_view theirs, std::string_view ours) {
    same_ = same_ && theirs.size() == ours.size() && (ours.empty() || theirs.data() == ours.data());
  }

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target,
                       int version, beast::error_code&) override {
    compare(method, checked_.method_text);
    compare(target, checked_.target);
    same_ = same_ && (version == 10) == checked_.http_1_0;
  }

  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     beast::error_code&) override {
    if (fields_ < checked_.field_count) {
      compare(name, checked_.field_storage[fields_].name);
      compare(value, checked_.field_storage[fields_].value);
    }
    ++fields_;
  }

  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
  std::size_t on_body_impl(beast::string_view, beast::error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, beast::error_code&) override {
    return 0;
  }
  void on_finish_impl(beast::error_code&) override {}

  const Head& checked_;
  std::size_t fields_ = 0;
  bool same_ = true;
};

}  // namespace

std::optional<Fault> read_again(std::string_view head, const Head& checked) {
  ComparingParser parser(checked);
  beast::error_code error;
  const std::size_t read = parser.put(boost::asio::const_buffer(head.data(), head.size()), error);
  if (error || read != head.size() || !parser.is_header_done() || !parser.agrees()) {
    return Fault{http::Refusal::bad_head, "The head can be read in more than one way."};
  }
  return std::nullopt;
}

}  // namespace chayan::server
