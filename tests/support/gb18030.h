// UTF-8 to GB18030, the way a spreadsheet on Chinese Windows saves text. The product only reads it.
#pragma once

#include <unicode/ucnv.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace chayan::test {

inline std::string to_encoding(const char* encoding, std::string_view utf8) {
  UErrorCode failed = U_ZERO_ERROR;
  std::string out(utf8.size() * 4 + 4, '\0');
  const int32_t size = ucnv_convert(encoding, "UTF-8", out.data(), static_cast<int32_t>(out.size()),
                                    utf8.data(), static_cast<int32_t>(utf8.size()), &failed);
  if (U_FAILURE(failed)) throw std::runtime_error("the text has no form in this encoding");
  out.resize(static_cast<std::size_t>(size));
  return out;
}

inline std::string to_gb18030(std::string_view utf8) {
  return to_encoding("GB18030", utf8);
}

}  // namespace chayan::test
