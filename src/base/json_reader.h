// Reads JSON objects that come from outside, strictly.
//
// simdjson's DOM parser is used, not On-Demand: of malformed documents that are not walked,
// On-Demand 3.0 accepts some (missing commas, `tru`, a second document); DOM refuses all of them.
// This layer refuses on top of it what simdjson lets pass: duplicate keys, U+0000 in strings,
// nesting beyond limits::kJsonDepthMax, a top level that is not an object.
#pragma once

#include <simdjson.h>

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace chayan {

// One object being read. Each getter marks its member as known; finish() then names a member that
// nobody asked for. Views point into the parser that made the document and live until its next
// parse. Getters collect the first error and return a harmless value, so that a reader reads all
// members, then asks once.
class JsonObject {
 public:
  explicit JsonObject(simdjson::dom::object object) : object_(object) {}

  std::string_view string(std::string_view name);  // required, may be empty
  std::optional<std::string_view> optional_string(
      std::string_view name);  // absent or null: nullopt
  std::optional<std::int64_t> optional_integer(std::string_view name);
  std::int64_t integer(std::string_view name);
  // Required; a string, or an integer in its decimal spelling: 3 reads as "3".
  std::string string_or_integer(std::string_view name);
  std::optional<bool> optional_boolean(std::string_view name);
  bool has(std::string_view name) const;
  // The names of all members, as they stand: for an object whose names are data.
  std::vector<std::string_view> names() const;
  std::optional<JsonObject> optional_object(std::string_view name);
  // Each element of an array of objects or of strings; absent: empty.
  std::vector<JsonObject> objects(std::string_view name);
  std::vector<std::string_view> strings(std::string_view name);
  // Each [integer, integer] of an array of such pairs; absent: empty.
  std::vector<std::pair<std::int64_t, std::int64_t>> integer_pairs(std::string_view name);
  // Allows a member without reading it.
  void ignore(std::string_view name);

  // Records an error of the caller's own making against a member; the first one stays.
  void fail(Error error);
  // The first error so far. A reader of one value among others asks it and leaves finish() to
  // whoever reads the last of the object's members.
  const std::optional<Error>& error() const { return error_; }
  // The first error; or the first member that nobody asked for; or success.
  Result<void> finish();

 private:
  std::optional<simdjson::dom::element> find(std::string_view name);

  simdjson::dom::object object_;
  boost::container::small_vector<std::string_view, 8> known_;
  std::optional<Error> error_;
};

class JsonParser {
 public:
  // The document's top object, checked as described above; a byte order mark is refused too.
  // Copies `text` into a padded buffer of its own. Not thread-safe: one parser a thread. Error
  // field is "body".
  Result<JsonObject> parse_object(std::string_view text);

 private:
  simdjson::dom::parser parser_;
};

}  // namespace chayan
