#include "commands/upstream_url.h"

#include <string>

#include "client/server_url.h"

namespace chayan::commands {

CLI::Validator is_server_url() {
  return CLI::Validator(
      [](std::string& url) {
        const auto parsed = client::parse_server_url(url);
        return parsed ? std::string() : parsed.error().message.en;
      },
      "");
}

}  // namespace chayan::commands
