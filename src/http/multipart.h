// multipart/form-data (RFC 7578, framed as RFC 2046 section 5.1 has it): what a browser sends of a
// form with a file. The body is held in memory; nothing of it is copied.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace chayan::http {

struct FormPart {
  std::string name;          // as the form has it; the escapes of browsers are not undone
  std::string_view content;  // any bytes
};

// The boundary that a Content-Type of multipart/form-data names; nullopt: another type, or none
// that RFC 2046 allows.
std::optional<std::string> multipart_boundary(std::string_view content_type);

// The parts in their order. `body` must outlive them. Error invalid_argument, field "body": the
// type names no boundary, the framing is broken or cut, a part has no name or the name of another,
// or there are more than limits::kFormPartsMax.
Result<std::vector<FormPart>> parse_multipart(std::string_view content_type, std::string_view body);

}  // namespace chayan::http
