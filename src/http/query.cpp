#include "http/query.h"

#include <algorithm>
#include <optional>

#include "base/limits.h"
#include "base/text.h"

namespace chayan::http {
namespace {

enum class Plus : bool { is_plus, is_space };
enum class Lines : bool { one, many };

enum class Fault { broken_escape, invalid_utf8, control_character };

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// C0, DEL and C1, the last being C2 80 to C2 9F in UTF-8.
bool has_control_character(std::string_view utf8, Lines lines) {
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    if (lines == Lines::many && (byte == '\n' || byte == '\r' || byte == '\t')) continue;
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && static_cast<unsigned char>(utf8[i + 1]) < 0xA0) return true;
  }
  return false;
}

// Decodes into `decoded`; nullopt where nothing is wrong.
std::optional<Fault> decode(std::string_view text, Plus plus, std::string& decoded,
                            Lines lines = Lines::one) {
  decoded.clear();
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::is_space) {
      decoded.push_back(' ');
    } else if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return Fault::broken_escape;
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      decoded.push_back(text[i]);
    }
  }
  if (!is_valid_utf8(decoded)) return Fault::invalid_utf8;
  if (has_control_character(decoded, lines)) return Fault::control_character;
  return std::nullopt;
}

Error fault_in(std::string field, Fault fault) {
  switch (fault) {
    case Fault::broken_escape:
      return invalid(std::move(field),
                     "A % must be followed by two hexadecimal digits; write a percent sign as %25.",
                     "% 后必须跟两位十六进制数字；百分号本身请写作 %25。");
    case Fault::invalid_utf8:
      return invalid(std::move(field), "The text must be UTF-8, percent-encoded.",
                     "文本必须采用 UTF-8 编码并进行百分号编码。");
    case Fault::control_character:
      break;
  }
  return invalid(std::move(field), "The text must not contain control characters; remove them.",
                 "文本不得含有控制字符，请删除后重试。");
}

// The parameter's name where it looks like one of ours. Anything else may be a value in the wrong
// place, somebody's number perhaps, and is not repeated.
std::string field_for(std::string_view name, std::string_view whole) {
  const bool plain = !name.empty() && name.size() <= 40 &&
                     std::all_of(name.begin(), name.end(),
                                 [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  return std::string(plain ? name : whole);
}

Result<QueryParameter> parse_parameter(std::string_view text, std::string_view whole,
                                       std::string_view text_field) {
  const std::size_t equals = text.find('=');
  QueryParameter parameter;
  if (const auto fault = decode(text.substr(0, equals), Plus::is_space, parameter.name)) {
    return fault_in(std::string(whole), *fault);
  }
  if (parameter.name.empty()) {
    return invalid(std::string(whole), "A parameter has no name; write name=value, joined by &.",
                   "有参数缺少名称，请按“名称=值”的形式书写，并以 & 连接。");
  }
  if (equals == std::string_view::npos) return parameter;
  const Lines lines = parameter.name == text_field ? Lines::many : Lines::one;
  if (const auto fault = decode(text.substr(equals + 1), Plus::is_space, parameter.value, lines)) {
    return fault_in(field_for(parameter.name, whole), *fault);
  }
  return parameter;
}

// `whole` names the place that is to blame where no parameter is: "query" or "body".
Result<std::vector<QueryParameter>> parse_parameters(std::string_view text, std::string_view whole,
                                                     std::string_view text_field = {}) {
  std::vector<QueryParameter> parameters;
  if (text.empty()) return parameters;
  for (bool more = true; more;) {
    if (parameters.size() == limits::kQueryParametersMax) {
      const std::string limit = std::to_string(limits::kQueryParametersMax);
      return invalid(std::string(whole), "Send at most " + limit + " parameters.",
                     "参数最多 " + limit + " 个。");
    }
    const std::size_t end = text.find('&');
    Result<QueryParameter> parameter = parse_parameter(text.substr(0, end), whole, text_field);
    if (!parameter) return parameter.error();
    for (const QueryParameter& earlier : parameters) {
      if (earlier.name == parameter->name) {
        return invalid(field_for(parameter->name, whole),
                       "The parameter stands twice; send it once.", "参数重复，请只提交一次。");
      }
    }
    parameters.push_back(std::move(*parameter));
    more = end != std::string_view::npos;
    if (more) text.remove_prefix(end + 1);
  }
  return parameters;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return Target{target, {}};
  Result<std::vector<QueryParameter>> query = parse_parameters(target.substr(mark + 1), "query");
  if (!query) return query.error();
  return Target{target.substr(0, mark), std::move(*query)};
}

Result<std::string> decode_segment(std::string_view segment) {
  std::string decoded;
  if (const auto fault = decode(segment, Plus::is_plus, decoded)) return fault_in("path", *fault);
  return decoded;
}

Result<std::vector<QueryParameter>> parse_form(std::string_view body, std::string_view text_field) {
  return parse_parameters(body, "body", text_field);
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded.push_back('%');
    encoded.push_back(kDigits[byte >> 4]);
    encoded.push_back(kDigits[byte & 0xF]);
  }
  return encoded;
}

}  // namespace chayan::http
