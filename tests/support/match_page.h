// The page of a match.
#pragma once

#include <string>

namespace chayan::test {

// But for the receipt that the page lets the asker take along, which opens what he gave.
inline std::string without_receipt(std::string page) {
  const std::size_t begin = page.find("<input type=\"hidden\" name=\"receipt\" value=\"");
  if (begin != std::string::npos) page.erase(begin, page.find('>', begin) - begin);
  return page;
}

}  // namespace chayan::test
