// Addresses of pages: as the public finds them, and with the parameters of the page that links to them, some changed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/endpoint.h"
#include "http/query.h"

namespace chayan::api {

// The address under which the public finds a path of ours: "https://verify.example.cn/data".
// nullopt: it is not known where this service is found.
std::optional<std::string> public_address(const Call& call, std::string_view path);

class Address {
 public:
  // `path` is a literal or outlives this.
  Address(std::string_view path, std::vector<http::QueryParameter> parameters)
      : path_(path), parameters_(std::move(parameters)) {}

  // Replaces the value, or appends the parameter; an empty value takes it away.
  Address with(std::string_view name, std::string_view value) const;
  Address without(std::string_view name) const { return with(name, {}); }

  std::string_view value(std::string_view name) const;  // empty: not there
  std::string text() const;                             // percent-encoded, not yet HTML

 private:
  std::string_view path_;
  std::vector<http::QueryParameter> parameters_;
};

}  // namespace chayan::api
