#include "base/json_writer.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace chayan {
namespace {

// Longer ones go straight to their place.
constexpr std::size_t kStringGatheredMax = 512;

// Whether one of eight bytes is a control, a quote or a backslash. The sums borrow from a byte only
// where a lower one is such a byte already.
std::uint64_t escaped_among(std::uint64_t bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kTops = 0x8080808080808080;
  const std::uint64_t quote = bytes ^ (kOnes * '"');
  const std::uint64_t backslash = bytes ^ (kOnes * '\\');
  return (((bytes - kOnes * 0x20) & ~bytes) | ((quote - kOnes) & ~quote) |
          ((backslash - kOnes) & ~backslash)) &
         kTops;
}

template <typename Word>
std::uint64_t copy_word(char* to, const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  std::memcpy(to, &word, sizeof word);
  return word;
}

char* copy(char* to, std::string_view bytes) {
  return std::copy(bytes.begin(), bytes.end(), to);
}

// Copies the text and says whether something in it is to be escaped. The last bytes are copied once
// more with some before them, or as their halves.
bool copy_and_look(char* to, std::string_view text) {
  const char* from = text.data();
  const std::size_t size = text.size();
  constexpr std::uint64_t kSpaces = 0x2020202020202020;
  if (size >= 8) {
    std::uint64_t found = escaped_among(copy_word<std::uint64_t>(to + size - 8, from + size - 8));
    for (std::size_t i = 0; i + 8 < size; i += 8) {
      found |= escaped_among(copy_word<std::uint64_t>(to + i, from + i));
    }
    return found != 0;
  }
  std::uint64_t bytes = kSpaces;
  if (size >= 4) {
    bytes = copy_word<std::uint32_t>(to, from) |
            copy_word<std::uint32_t>(to + size - 4, from + size - 4) << 32;
  } else if (size >= 2) {
    bytes = copy_word<std::uint16_t>(to, from) |
            copy_word<std::uint16_t>(to + size - 2, from + size - 2) << 16 | (kSpaces << 32);
  } else if (size == 1) {
    bytes = copy_word<std::uint8_t>(to, from) | (kSpaces << 8);
  }
  return escaped_among(bytes) != 0;
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

JsonWriter& JsonWriter::begin_object() {
  open("{", false);
  if (order_ == Order::canonical) last_keys_.emplace_back();
  return *this;
}

JsonWriter& JsonWriter::resume_object(std::string_view open_object) {
  if (order_ == Order::canonical) {
    throw std::logic_error("JsonWriter::resume_object knows no order");
  }
  return open(open_object, open_object.size() > 1);
}

JsonWriter& JsonWriter::end_object() {
  while (has_inserted()) write_next_inserted();
  if (order_ == Order::canonical) last_keys_.pop_back();
  return close("}");
}

JsonWriter& JsonWriter::begin_array() {
  return open("[", false);
}

JsonWriter& JsonWriter::end_array() {
  return close("]");
}

JsonWriter& JsonWriter::open(std::string_view bytes, bool has_members) {
  ++depth_;
  raw(bytes);
  comma_ = has_members;
  return *this;
}

JsonWriter& JsonWriter::close(std::string_view bracket) {
  comma_ = false;
  end_piece(copy(begin_piece(1), bracket));
  --depth_;
  end_value();
  return *this;
}

void JsonWriter::end_value() {
  comma_ = true;
  if (depth_ == 0) hand_over();
}

char* JsonWriter::begin_piece(std::size_t bytes) {
  if (gathered_.size() - used_ <= bytes) hand_over();
  char* at = gathered_.data() + used_;
  *at = ',';
  return at + (comma_ ? 1 : 0);
}

void JsonWriter::hand_over() {
  out_.append(gathered_.data(), used_);
  used_ = 0;
}

void JsonWriter::put_string(std::string_view text, std::string_view end) {
  if (text.size() <= kStringGatheredMax) {
    char* at = begin_piece(1 + text.size() + end.size());
    *at++ = '"';
    if (!copy_and_look(at, text)) return end_piece(copy(at + text.size(), end));
  }
  end_piece(copy(begin_piece(1), "\""));
  hand_over();
  append_escaped(out_, text);
  out_.append(end);
}

JsonWriter& JsonWriter::key(JsonKey name) {
  if (order_ == Order::canonical) {
    write_inserted_before(name.text());
    const bool is_first = !comma_;
    if (!is_first && name.text() <= last_keys_.back()) {
      throw std::logic_error("JSON key out of canonical order: " + std::string(name.text()));
    }
    last_keys_.back() = name.text();
  }
  const std::string_view text = name.text();
  if (name.is_literal() && text.size() <= kStringGatheredMax) {
    char* at = begin_piece(1 + text.size() + 2);
    *at++ = '"';
    end_piece(copy(copy(at, text), "\":"));
  } else {
    put_string(text, "\":");
  }
  comma_ = false;  // the value follows its key without one
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view utf8) {
  put_string(utf8, "\"");
  end_value();
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  constexpr std::size_t kDigitsMax = 20;
  char* at = begin_piece(kDigitsMax);
  end_piece(std::to_chars(at, at + kDigitsMax, value).ptr);
  end_value();
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  return raw(value ? "true" : "false");
}

JsonWriter& JsonWriter::null() {
  return raw("null");
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  constexpr std::size_t kGatheredMax = 256;
  if (json.size() <= kGatheredMax) {
    end_piece(copy(begin_piece(json.size()), json));
  } else {
    end_piece(begin_piece(0));
    hand_over();
    out_.append(json);
  }
  end_value();
  return *this;
}

JsonWriter& JsonWriter::optional_member(JsonKey name, std::string_view value) {
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
