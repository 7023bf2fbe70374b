// Writes JSON by appending to a string; no tree, no allocation of its own. simdjson 3.0 (bookworm)
// has no writer.
//
// Numbers are integers only and strings are escaped as RFC 8785 section 3.2.2.2 says, so that a
// document whose keys are written in ascending order is in canonical form. In Order::canonical the
// writer checks that order and throws std::logic_error on a key out of order: a programming fault
// that any test of the entry finds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chayan {

// The name of a member. That nothing in a literal is escaped the compiler sees; any other name is
// somebody else's, and is escaped as a string is.
class JsonKey {
 public:
  consteval JsonKey(const char* literal) : text_(literal), is_literal_(true) {  // NOLINT: as a name
    for (const char c : text_) {
      if (static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\') throw "is escaped";
    }
  }
  JsonKey(std::string_view name) : text_(name) {}    // NOLINT
  JsonKey(const std::string& name) : text_(name) {}  // NOLINT

  std::string_view text() const { return text_; }
  bool is_literal() const { return is_literal_; }

 private:
  std::string_view text_;
  bool is_literal_ = false;
};

class JsonWriter {
 public:
  enum class Order { as_written, canonical };

  // `out` must outlive the writer; what it holds already stays in front. It has the whole value when
  // its last bracket is written, and before that anything: growing a string by every name and value
  // costs more than their bytes, so they are gathered first.
  explicit JsonWriter(std::string& out, Order order = Order::as_written);
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  JsonWriter& begin_object();
  // An object of which all is written already but its closing brace, and that gets more members.
  JsonWriter& resume_object(std::string_view open_object);
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  // In canonical order ASCII only: byte order is then the order RFC 8785 wants.
  JsonWriter& key(JsonKey name);
  JsonWriter& string(std::string_view utf8);
  JsonWriter& number(std::int64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  // Bytes that are JSON already, as one value.
  JsonWriter& raw(std::string_view json);

  JsonWriter& member(JsonKey name, std::string_view value) { return key(name).string(value); }
  JsonWriter& member(JsonKey name, std::int64_t value) { return key(name).number(value); }
  // Leaves the member out where the value is empty.
  JsonWriter& optional_member(JsonKey name, std::string_view value);
  // Canonical order only, before begin_object(): a member that the next object gets beside those
  // its writer knows, at its place in their order. So a body takes up its commitment.
  JsonWriter& insert(std::string_view name, std::string value);

 private:
  JsonWriter& open(std::string_view bytes, bool has_members);
  JsonWriter& close(std::string_view bracket);
  void end_value();
  // Where to write up to `bytes` bytes, the comma among them where one is due.
  char* begin_piece(std::size_t bytes);
  void end_piece(const char* at) { used_ = static_cast<std::size_t>(at - gathered_.data()); }
  // `end`: its quote and what follows it.
  void put_string(std::string_view text, std::string_view end);
  void hand_over();
  // Writes the inserted members that stand before `name` in the innermost object.
  void write_inserted_before(std::string_view name);
  void write_next_inserted();
  bool has_inserted() const { return !inserted_.empty() && last_keys_.size() == inserted_depth_; }

  std::string& out_;
  const Order order_;
  bool comma_ = false;
  std::size_t depth_ = 0;
  std::size_t used_ = 0;
  std::array<char, 1024> gathered_;     // what follows what out_ has
  std::vector<std::string> last_keys_;  // canonical order only: the last key of each open object
  std::vector<std::pair<std::string, std::string>> inserted_;  // not written yet; ascending
  std::size_t inserted_depth_ = 0;                             // of the object that takes them
};

}  // namespace chayan
