#include "http/multipart.h"

#include <algorithm>
#include <cstddef>

#include "base/limits.h"
#include "base/text.h"

namespace chayan::http {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

Error malformed() {
  return invalid("body", "The form could not be read; fill it in again.",
                 "无法读取表单，请重新填写。");
}

bool equal_without_case(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(), [](char c, char wanted) {
    return (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) == wanted;
  });
}

void skip_spaces(std::string_view& text) {
  const std::size_t spaces = text.find_first_not_of(" \t");
  text.remove_prefix(std::min(spaces, text.size()));
}

// What stands before the first of `ends`, taken off the front of `text`.
std::string_view take_until_any(std::string_view& text, std::string_view ends) {
  const std::string_view taken = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(taken.size());
  return taken;
}

// A quoted string (RFC 9110 section 5.6.4), its opening quote at the front of `text`.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return value;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    value.push_back(text[i]);
  }
  return std::nullopt;
}

// The parameter of "type; a=b; c=\"d\"" with that name, in lower case; nullopt where it is not
// there, or the list is broken before it.
std::optional<std::string> parameter(std::string_view text, std::string_view wanted) {
  take_until_any(text, ";");
  while (text.starts_with(';')) {
    text.remove_prefix(1);
    skip_spaces(text);
    const std::string_view name = take_until_any(text, "=; \t");
    if (!text.starts_with('=')) return std::nullopt;
    text.remove_prefix(1);
    const bool is_quoted = text.starts_with('"');
    auto value =
        is_quoted ? take_quoted(text) : std::optional(std::string(take_until_any(text, "; \t")));
    if (!value) return std::nullopt;
    if (equal_without_case(name, wanted)) return value;
    skip_spaces(text);
  }
  return std::nullopt;
}

// The name that the head of a part gives it.
std::optional<std::string> name_of(std::string_view head) {
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find(kLineEnd));
    head.remove_prefix(std::min(line.size() + kLineEnd.size(), head.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    if (!equal_without_case(line.substr(0, colon), "content-disposition")) continue;
    std::string_view value = line.substr(colon + 1);
    skip_spaces(value);
    if (!equal_without_case(value.substr(0, value.find_first_of("; \t")), "form-data")) {
      return std::nullopt;
    }
    auto name = parameter(value, "name");
    return name && !name->empty() && is_valid_utf8(*name) ? name : std::nullopt;
  }
  return std::nullopt;
}

// Reads on behind a boundary.
class PartReader {
 public:
  PartReader(std::string_view body, const std::string& boundary)
      : delimiter_("\r\n--" + boundary), rest_(body) {}

  // Goes behind the first boundary; what stands before it is for readers that know no multipart.
  bool begin() {
    const std::string_view dashes = std::string_view(delimiter_).substr(kLineEnd.size());
    const std::size_t at = rest_.starts_with(dashes) ? 0 : rest_.find(delimiter_);
    if (at == std::string_view::npos) return false;
    rest_.remove_prefix(at + (at == 0 ? dashes.size() : delimiter_.size()));
    return true;
  }

  bool at_end() const { return rest_.starts_with("--"); }

  std::optional<FormPart> next() {
    skip_spaces(rest_);
    if (!rest_.starts_with(kLineEnd)) return std::nullopt;
    // The line end before the head is also the first of the two that end an empty one.
    const std::string_view start = rest_.substr(0, limits::kFormPartHeadBytesMax);
    const std::size_t head_end = start.find("\r\n\r\n");
    if (head_end == std::string_view::npos || head_end == 0) return std::nullopt;
    auto name = name_of(rest_.substr(kLineEnd.size(), head_end - kLineEnd.size()));
    rest_.remove_prefix(head_end + kLineEnd.size());
    const std::size_t end = rest_.find(delimiter_);
    if (!name || end == std::string_view::npos) return std::nullopt;
    const std::string_view content = end < kLineEnd.size()
                                         ? std::string_view()
                                         : rest_.substr(kLineEnd.size(), end - kLineEnd.size());
    rest_.remove_prefix(end + delimiter_.size());
    return FormPart{std::move(*name), content};
  }

 private:
  const std::string delimiter_;
  std::string_view rest_;
};

}  // namespace

std::optional<std::string> multipart_boundary(std::string_view content_type) {
  constexpr std::size_t kBoundaryBytesMax = 70;  // RFC 2046 section 5.1.1
  skip_spaces(content_type);
  const std::string_view type = content_type.substr(0, content_type.find_first_of("; \t"));
  if (!equal_without_case(type, "multipart/form-data")) return std::nullopt;
  auto boundary = parameter(content_type, "boundary");
  const auto is_allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
  };
  const bool is_one = boundary && !boundary->empty() && boundary->size() <= kBoundaryBytesMax &&
                      !boundary->ends_with(' ') &&
                      std::all_of(boundary->begin(), boundary->end(), is_allowed);
  return is_one ? boundary : std::nullopt;
}

Result<std::vector<FormPart>> parse_multipart(std::string_view content_type,
                                              std::string_view body) {
  const auto boundary = multipart_boundary(content_type);
  if (!boundary) return malformed();
  PartReader reader(body, *boundary);
  if (!reader.begin()) return malformed();
  std::vector<FormPart> parts;
  while (!reader.at_end()) {
    auto part = reader.next();
    if (!part || parts.size() == limits::kFormPartsMax) return malformed();
    const bool is_repeated = std::any_of(parts.begin(), parts.end(), [&](const FormPart& other) {
      return other.name == part->name;
    });
    if (is_repeated) return malformed();
    parts.push_back(std::move(*part));
  }
  return parts;
}

}  // namespace chayan::http
