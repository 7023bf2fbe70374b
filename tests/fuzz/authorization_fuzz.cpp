// The field Authorization: what is taken for a token is the end of the field, and is read again.
#include <cstdint>
#include <cstdlib>

#include "api/authorization.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view field(reinterpret_cast<const char*>(data), size);
  const auto token = chayan::api::bearer_token(field);
  if (!token) return 0;
  if (token->empty() || !field.ends_with(*token)) std::abort();
  if (token->find_first_of(" ,;\"\r\n") != std::string_view::npos) std::abort();
  if (chayan::api::bearer_token("Bearer " + std::string(*token)) != token) std::abort();
  return 0;
}
