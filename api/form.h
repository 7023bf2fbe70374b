// The fields of a posted form, read like JsonObject reads members: each getter marks its field as
// known, finish() then refuses one that nobody asked for. Browsers send every control, filled in or
// not: a field of nothing but white space is not there.
//
// No error repeats a byte of the form; its field is "body".
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/query.h"

namespace chayan::api {

class Form {
 public:
  // `text_field` may hold line breaks.
  static Result<Form> parse(std::string_view body, std::string_view text_field = {});

  // Views live as long as the form.
  std::optional<std::string_view> take(std::string_view name);
  // The values of all fields whose names begin so, in their order.
  std::vector<std::string_view> take_all(std::string_view prefix);
  Result<void> finish() const;

 private:
  explicit Form(std::vector<http::QueryParameter> fields);

  std::vector<http::QueryParameter> fields_;
  std::vector<bool> known_;
};

}  // namespace chayan::api
