// The query parameters of one request, read into domain types. Like JsonObject it collects the
// first error, so that an endpoint reads all it takes and then asks finish() once.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/catalog.h"
#include "domain/date.h"
#include "domain/skill_level.h"
#include "http/query.h"

namespace chayan::api {

class Fields {
 public:
  // HTML forms send every control, filled in or not; an API client that sends an empty value has
  // made a mistake.
  enum class Empty { is_absent, is_error };

  Fields() = default;
  Fields(std::vector<http::QueryParameter> parameters, Empty empty);

  std::optional<std::string_view> text(std::string_view name, std::size_t bytes_max);
  // A whole number from min to max.
  std::optional<std::size_t> count(std::string_view name, std::size_t max, std::size_t min = 1);

  // What parse(text, name) answers: `fields.parsed("on", Date::parse)`.
  template <typename T>
  std::optional<T> parsed(std::string_view name,
                          Result<T> (*parse)(std::string_view text, std::string_view field)) {
    const auto given = find(name);
    if (!given) return std::nullopt;
    Result<T> result = parse(*given, name);
    if (!result) {
      fail(result.error());
      return std::nullopt;
    }
    return std::move(*result);
  }

  bool has(std::string_view name) const { return find(name).has_value(); }

  void fail(Error error);  // the first one stays
  Result<void> finish() const;

  // Names and values in order of name, unambiguously joined, without `cursor` and `limit`: what a
  // cursor is bound to.
  std::string canonical() const;
  const std::vector<http::QueryParameter>& parameters() const { return parameters_; }

 private:
  std::optional<std::string_view> find(std::string_view name) const;

  std::vector<http::QueryParameter> parameters_;
  std::optional<Error> error_;
};

}  // namespace chayan::api
