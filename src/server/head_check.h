// One strict pass over the raw head, in front of every parser (RFC 9112). What two parsers could
// read in two ways is refused here, because a difference in framing is how a request is smuggled.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/limits.h"
#include "http/message.h"

namespace chayan::server {

struct Fault {
  http::Refusal refusal;
  std::string_view reason;  // a literal, English, without any byte of the request
};

// A head that passed. Views point into the bytes that were checked.
struct Head {
  http::Method method = http::Method::other;
  std::string_view method_text;
  std::string_view target;
  bool http_1_0 = false;
  bool keep_alive = false;
  bool expects_continue = false;
  std::optional<std::uint64_t> content_length;
  std::size_t field_count = 0;
  std::array<http::Field, limits::kFieldsMax> field_storage;

  std::span<const http::Field> fields() const { return {field_storage.data(), field_count}; }
};

// Finds the end of a head that may arrive in pieces, without reading finished lines again.
class HeadScan {
 public:
  // `bytes` is all of the request so far. A fault cannot be cured by further bytes.
  std::optional<Fault> advance(std::string_view bytes);
  // Length of the head with its empty line; 0 until it is complete.
  std::size_t head_bytes() const { return head_bytes_; }

 private:
  std::size_t line_start_ = 0;
  std::size_t head_bytes_ = 0;
};

// Checks a complete head and fills `result`, whose content is meaningless after a fault.
//
// Order of judgement: syntax (400, 414, 431, 505), Transfer-Encoding (501), Content-Length (400),
// Host (400), Expect (417), a body where the method has none or a length that is missing (400,
// 411). GET and HEAD with a Content-Length above 0 are refused as 400 whatever the application
// takes: such a body means nothing, and intermediaries disagree about it.
std::optional<Fault> check_head(std::string_view head, Head& result);

// What can be read of Accept-Language in a head that may be broken; empty where nothing can.
std::string_view find_accept_language(std::string_view head);

}  // namespace chayan::server
