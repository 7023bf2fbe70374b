#include "commands/upstream_url.h"

#include <string>
#include <string_view>

namespace chayan::commands {
namespace {

// What stands between the scheme and the path; the whole where there is no scheme, as curl reads it.
std::string_view authority_of(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
  }
  return url.substr(0, url.find_first_of("/?#"));
}

}  // namespace

CLI::Validator without_userinfo() {
  return CLI::Validator(
      [](std::string& url) {
        if (authority_of(url).find('@') == std::string_view::npos) return std::string();
        return std::string(
            "The address has a name or password in it (before @), and addresses are printed and "
            "logged: leave it out; a partner is known by --certificate");
      },
      "");
}

}  // namespace chayan::commands
