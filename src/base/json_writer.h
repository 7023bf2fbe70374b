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
#include <utility>
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
  // A receipt's names are somebody else's and may need escaping. In canonical order ASCII only: byte
  // order is then the order RFC 8785 wants.
  JsonWriter& key(std::string_view name);
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
  // Canonical order only, before begin_object(): a member that the next object gets beside those
  // its writer knows, at its place in their order. So a body takes up its commitment.
  JsonWriter& insert(std::string_view name, std::string value);

 private:
  void before_value();
  // Writes the inserted members that stand before `name` in the innermost object.
  void write_inserted_before(std::string_view name);
  void write_next_inserted();
  bool has_inserted() const { return !inserted_.empty() && last_keys_.size() == inserted_depth_; }

  std::string& out_;
  Order order_;
  bool comma_ = false;
  std::vector<std::string> last_keys_;  // canonical order only: the last key of each open object
  std::vector<std::pair<std::string, std::string>> inserted_;  // not written yet; ascending
  std::size_t inserted_depth_ = 0;                             // of the object that takes them
};

}  // namespace chayan
