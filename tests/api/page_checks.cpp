#include "tests/api/page_checks.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

namespace chayan::api::testing {
namespace {

constexpr std::string_view kVoid[] = {"meta", "link", "input", "br", "img", "hr"};

bool is_void(std::string_view tag) {
  return std::find(std::begin(kVoid), std::end(kVoid), tag) != std::end(kVoid);
}

std::string decoded(std::string text) {
  const std::pair<std::string_view, std::string_view> entities[] = {
      {"&lt;", "<"},   {"&gt;", ">"},  {"&quot;", "\""},
      {"&apos;", "'"}, {"&#39;", "'"}, {"&amp;", "&"}};
  for (const auto& [entity, character] : entities) {
    for (std::size_t at = 0; (at = text.find(entity, at)) != std::string::npos; ++at) {
      text.replace(at, entity.size(), character);
    }
  }
  return text;
}

// The tags in order: "div", "/div", and "rect/" where it closes itself.
std::vector<std::string> tags_of(std::string_view html) {
  std::vector<std::string> tags;
  for (std::size_t at = 0; (at = html.find('<', at)) != std::string_view::npos;) {
    std::size_t end = at + 1;
    for (bool quoted = false; end < html.size() && (quoted || html[end] != '>'); ++end) {
      if (html[end] == '"') quoted = !quoted;
    }
    const std::string_view inside = html.substr(at + 1, end - at - 1);
    at = end;
    if (inside.starts_with('!')) continue;
    std::string name(inside.substr(0, inside.find_first_of(" \n/", 1)));
    if (inside.ends_with('/')) name += '/';
    tags.push_back(std::move(name));
  }
  return tags;
}

void check_nesting(std::string_view html, std::vector<std::string>& faults) {
  std::vector<std::string> open;
  for (const std::string& tag : tags_of(html)) {
    if (tag.ends_with('/') || is_void(tag)) continue;
    if (!tag.starts_with('/')) {
      open.push_back(tag);
      continue;
    }
    const std::string name = tag.substr(1);
    if (open.empty() || open.back() != name) {
      faults.push_back("</" + name + "> closes <" + (open.empty() ? "" : open.back()) + ">");
      return;
    }
    open.pop_back();
  }
  for (const std::string& tag : open) faults.push_back("<" + tag + "> stays open");
}

void check_references(std::string_view html, std::vector<std::string>& faults) {
  std::set<std::string> ids;
  for (const std::string& id : attributes(html, "id")) {
    if (!ids.insert(id).second) faults.push_back("id " + id + " stands twice");
  }
  for (const std::string_view name : {"for", "aria-labelledby", "aria-describedby"}) {
    for (const std::string& value : attributes(html, name)) {
      std::istringstream listed(value);
      for (std::string id; listed >> id;) {
        if (!ids.contains(id)) faults.push_back(std::string(name) + " " + id + " leads nowhere");
      }
    }
  }
  for (const std::string& address : attributes(html, "href")) {
    if (address.starts_with('#') && !ids.contains(address.substr(1))) {
      faults.push_back("href " + address + " leads nowhere");
    }
  }
}

}  // namespace

std::vector<std::string> attributes(std::string_view html, std::string_view name) {
  const std::string begin = " " + std::string(name) + "=\"";
  std::vector<std::string> values;
  for (std::size_t at = 0; (at = html.find(begin, at)) != std::string_view::npos;) {
    at += begin.size();
    const std::size_t end = html.find('"', at);
    values.push_back(decoded(std::string(html.substr(at, end - at))));
    at = end;
  }
  return values;
}

std::vector<std::string> html_faults(std::string_view html) {
  std::vector<std::string> faults;
  check_nesting(html, faults);
  check_references(html, faults);
  return faults;
}

void expect_page(const Answer& answer, int status, std::string_view language) {
  EXPECT_EQ(answer.status, status) << answer.body;
  EXPECT_EQ(answer.content_type, "text/html; charset=utf-8");
  EXPECT_TRUE(has(answer, "<html lang=\"" + std::string(language) + "\">"));
  EXPECT_EQ(answer.header("Content-Language"), language);
  EXPECT_NE(answer.header("Vary").find("Accept-Language"), std::string::npos);
  EXPECT_TRUE(has(answer, "name=\"viewport\""));
  EXPECT_TRUE(has(answer, "<h1"));
  EXPECT_TRUE(has(answer, "</html>"));
  EXPECT_FALSE(has(answer, "<script>")) << "inline script";
  EXPECT_FALSE(has(answer, "<style")) << "inline style, which the policy forbids";
  EXPECT_FALSE(has(answer, "style=\"")) << "inline style, which the policy forbids";
  EXPECT_FALSE(has(answer, " onclick=")) << "inline script";
  EXPECT_FALSE(has(answer, "{{"));
  for (const std::string_view name : {"src", "action"}) {
    for (const std::string& address : attributes(answer.body, name)) {
      EXPECT_TRUE(address.starts_with('/')) << address;
    }
  }
  for (const std::string& fault : html_faults(answer.body)) ADD_FAILURE() << fault << answer.body;
  const std::string policy = answer.header("Content-Security-Policy");
  for (const std::string_view part :
       {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"}) {
    EXPECT_NE(policy.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(answer.header("Referrer-Policy"), "same-origin");
  EXPECT_EQ(answer.header("Cross-Origin-Opener-Policy"), "same-origin");
  EXPECT_NE(answer.header("Permissions-Policy").find("camera=("), std::string::npos);
  EXPECT_NE(answer.header("Permissions-Policy").find("geolocation=()"), std::string::npos);
}

}  // namespace chayan::api::testing
