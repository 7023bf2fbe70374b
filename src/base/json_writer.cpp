#include "base/json_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace chayan {
namespace {

// Whether one of eight bytes is a control, a quote or a backslash. The sums borrow from a byte only
// where a lower one is such a byte already.
bool has_escaped(std::uint64_t bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kTops = 0x8080808080808080;
  const std::uint64_t quote = bytes ^ (kOnes * '"');
  const std::uint64_t backslash = bytes ^ (kOnes * '\\');
  const std::uint64_t found = ((bytes - kOnes * 0x20) & ~bytes) | ((quote - kOnes) & ~quote) |
                              ((backslash - kOnes) & ~backslash);
  return (found & kTops) != 0;
}

bool has_escaped(std::string_view text) {
  std::uint64_t word = 0;
  while (text.size() >= sizeof word) {
    std::memcpy(&word, text.data(), sizeof word);
    if (has_escaped(word)) return true;
    text.remove_prefix(sizeof word);
  }
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
  });
}

// Text of which nothing is escaped, with what stands around it, in one piece: growing a string by
// its parts costs more than their bytes.
void append_plain(std::string& out, bool comma, std::string_view text, std::string_view end) {
  constexpr std::size_t kShort = 120;
  if (text.size() > kShort) {
    if (comma) out.push_back(',');
    out.append(1, '"').append(text).append(end);
    return;
  }
  std::array<char, kShort + 4> piece;
  char* at = piece.data();
  *at = ',';
  at += comma ? 1 : 0;
  *at++ = '"';
  at = std::copy(text.begin(), text.end(), at);
  at = std::copy(end.begin(), end.end(), at);
  out.append(piece.data(), static_cast<std::size_t>(at - piece.data()));
}

// RFC 8785 section 3.2.2.2: the two-character escapes where JSON has one, \u00xx in lower case for
// the other controls, every other character as it stands.
void append_escaped(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::size_t written = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(text.substr(written, i - written));
    written = i + 1;
    out.push_back('\\');
    switch (byte) {
      case '\b':
        out.push_back('b');
        break;
      case '\t':
        out.push_back('t');
        break;
      case '\n':
        out.push_back('n');
        break;
      case '\f':
        out.push_back('f');
        break;
      case '\r':
        out.push_back('r');
        break;
      case '"':
      case '\\':
        out.push_back(text[i]);
        break;
      default:
        out.append("u00");
        out.push_back(kHex[byte >> 4]);
        out.push_back(kHex[byte & 0xF]);
    }
  }
  out.append(text.substr(written));
}

}  // namespace

JsonWriter::JsonWriter(std::string& out, Order order) : out_(out), order_(order) {}

void JsonWriter::before_value() {
  if (comma_) out_.push_back(',');
  comma_ = true;
}

JsonWriter& JsonWriter::begin_object() {
  before_value();
  out_.push_back('{');
  comma_ = false;
  if (order_ == Order::canonical) last_keys_.emplace_back();
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  while (has_inserted()) write_next_inserted();
  out_.push_back('}');
  comma_ = true;
  if (order_ == Order::canonical) last_keys_.pop_back();
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  before_value();
  out_.push_back('[');
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  out_.push_back(']');
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  if (order_ == Order::canonical) {
    write_inserted_before(name);
    const bool is_first = !comma_;
    if (!is_first && name <= last_keys_.back()) {
      throw std::logic_error("JSON key out of canonical order: " + std::string(name));
    }
    last_keys_.back() = name;
  }
  if (has_escaped(name)) {
    string(name);
    out_.push_back(':');
  } else {
    append_plain(out_, comma_, name, "\":");
  }
  comma_ = false;  // the value follows its key without one
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view utf8) {
  if (!has_escaped(utf8)) {
    append_plain(out_, std::exchange(comma_, true), utf8, "\"");
    return *this;
  }
  before_value();
  out_.push_back('"');
  append_escaped(out_, utf8);
  out_.push_back('"');
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  return raw({digits, static_cast<std::size_t>(end - digits)});
}

JsonWriter& JsonWriter::boolean(bool value) {
  return raw(value ? "true" : "false");
}

JsonWriter& JsonWriter::null() {
  return raw("null");
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  before_value();
  out_.append(json);
  return *this;
}

JsonWriter& JsonWriter::optional_member(std::string_view name, std::string_view value) {
  return value.empty() ? *this : member(name, value);
}

JsonWriter& JsonWriter::insert(std::string_view name, std::string value) {
  if (order_ != Order::canonical) {
    throw std::logic_error("JsonWriter::insert needs the canonical order");
  }
  inserted_depth_ = last_keys_.size() + 1;
  const auto at = std::find_if(inserted_.begin(), inserted_.end(),
                               [&](const auto& member) { return member.first >= name; });
  inserted_.emplace(at, name, std::move(value));
  return *this;
}

void JsonWriter::write_inserted_before(std::string_view name) {
  while (has_inserted() && inserted_.front().first < name) write_next_inserted();
}

void JsonWriter::write_next_inserted() {
  const auto [name, value] = std::move(inserted_.front());
  inserted_.erase(inserted_.begin());
  member(name, value);
}

}  // namespace chayan
