#include "api/route.h"

namespace chayan::api {
namespace {

std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);  // '/'
  const std::size_t end = path.find('/');
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end == std::string_view::npos ? path.size() : end);
  return segment;
}

bool is_brace(std::string_view segment) {
  return segment.starts_with('{');
}

constexpr std::string_view kTailEnd = "...}";

bool is_tail(std::string_view segment) {
  return segment.ends_with(kTailEnd);
}

}  // namespace

std::string_view cache_control(Cache cache) {
  switch (cache) {
    case Cache::log_head:
      return "public, max-age=2";
    case Cache::registry:
      return "public, max-age=60";
    case Cache::page:
      return "public, max-age=300";
    case Cache::immutable:
      return "public, max-age=31536000, immutable";
    case Cache::no_store:
      break;
  }
  return "no-store";
}

bool matches(std::string_view pattern, std::string_view path, PathValues& values) {
  values.count = 0;
  while (!pattern.empty() && !path.empty()) {
    if (path.front() != '/') return false;
    const std::string_view wanted = take_segment(pattern);
    const std::string_view rest = path.substr(1);
    const std::string_view given = take_segment(path);
    if (is_tail(wanted)) {
      values.raw[values.count++] = rest;
      return !rest.empty();
    }
    if (!is_brace(wanted)) {
      if (wanted != given) return false;
    } else {
      if (given.empty()) return false;
      values.raw[values.count++] = given;
    }
  }
  return pattern.empty() && path.empty();
}

bool in_path(const Route& route, const Parameter& parameter) {
  for (std::size_t i = 0;; ++i) {
    const std::string_view name = brace_name(route.pattern, i);
    if (name.empty()) return false;
    if (name == parameter.name) return true;
  }
}

std::string_view brace_name(std::string_view pattern, std::size_t index) {
  while (!pattern.empty()) {
    const std::string_view segment = take_segment(pattern);
    if (!is_brace(segment)) continue;
    const std::size_t end_bytes = is_tail(segment) ? kTailEnd.size() : 1;
    if (index-- == 0) return segment.substr(1, segment.size() - 1 - end_bytes);
  }
  return {};
}

}  // namespace chayan::api
