// Content codings of answers: gzip and zstd (RFC 9110 section 8.4, RFC 8878), chosen by
// Accept-Encoding.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chayan::http {

enum class Coding { identity, gzip, zstd };

std::string_view name(Coding coding);

// The coding to use for this Accept-Encoding: zstd, then gzip, where the client accepts them (q
// values and * honoured, q=0 refuses); identity otherwise and for a field that cannot be parsed.
Coding choose_coding(std::string_view accept_encoding);

// `body` in that coding; nullopt where the library fails or the result is not smaller. Thread-safe;
// contexts are kept per thread.
std::optional<std::string> encode(Coding coding, std::string_view body);

}  // namespace chayan::http
