// A form with a file: any bytes give parts that lie in the body, or one error; and what is put into
// a form again reads the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/multipart.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chayan;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');  // the type, then the body
  const std::string_view type = input.substr(0, line);
  const std::string_view body =
      line == std::string_view::npos ? std::string_view() : input.substr(line + 1);
  const auto parts = http::parse_multipart(type, body);
  const auto boundary = http::multipart_boundary(type);
  if (!parts) {
    require(parts.error().field == "body");
    return 0;
  }
  require(boundary.has_value());
  std::string again;
  for (const http::FormPart& part : *parts) {
    require(part.content.empty() ||
            (part.content.data() >= body.data() &&
             part.content.data() + part.content.size() <= body.data() + body.size()));
    if (part.name.find_first_of("\"\\\r\n") != std::string::npos) return 0;
    again += "--" + *boundary + "\r\nContent-Disposition: form-data; name=\"" + part.name +
             "\"\r\n\r\n" + std::string(part.content) + "\r\n";
  }
  const auto same = http::parse_multipart(type, again += "--" + *boundary + "--");
  require(same.has_value() && same->size() == parts->size());
  for (std::size_t i = 0; i < parts->size(); ++i) {
    require((*same)[i].name == (*parts)[i].name && (*same)[i].content == (*parts)[i].content);
  }
  return 0;
}
