#include "base/result.h"

#include <stdexcept>

namespace chayan {

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  throw std::logic_error(std::string(where.file_name()) + ": value() of an error: " + error.field +
                         ": " + error.message.en);
}

}  // namespace chayan
