// Writes JSON by appending to a string; no tree, no allocation of its own. simdjson 3.0 (bookworm)
// has no writer.
//
// Numbers are integers only and strings are escaped as RFC 8785 section 3.2.2.2 says, so that a
// document whose keys are written in ascending order is in canonical form. In Order::canonical the
// writer checks that order and throws std::logic_error on a key out of order: a programming fault
// that any test of the entry finds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chayan {

class JsonWriter {
 public:
  enum class Order { as_written, canonical };

  // `out` must outlive the writer; what it holds already stays in front.
  explicit JsonWriter(std::string& out, Order order = Order::as_written);

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(
      std::string_view name);  // ASCII names only: byte order is then the order RFC 8785 wants
  JsonWriter& string(std::string_view utf8);
  JsonWriter& number(std::int64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  // Bytes that are JSON already, as one value.
  JsonWriter& raw(std::string_view json);

  JsonWriter& member(std::string_view name, std::string_view value) {
    return key(name).string(value);
  }
  JsonWriter& member(std::string_view name, std::int64_t value) { return key(name).number(value); }
  // Leaves the member out where the value is empty.
  JsonWriter& optional_member(std::string_view name, std::string_view value);

 private:
  void before_value();

  std::string& out_;
  Order order_;
  bool comma_ = false;
  std::vector<std::string> last_keys_;  // canonical order only: the last key of each open object
};

}  // namespace chayan
