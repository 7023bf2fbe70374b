// Result<T>: a value or an Error. Functions that can fail return it; absence is std::optional,
// never an Error.
//
// The set of codes is closed and small: a caller decides by code, a person reads the message. HTTP
// statuses are derived from codes in one place (api/problem). No message ever holds personal data:
// it names the field and the rule, not the value.
#pragma once

#include <boost/system/result.hpp>
#include <string>

namespace chayan {

enum class ErrorCode {
  invalid_argument,  // the caller's input breaks a rule; `field` names where
  not_found,         // a thing that the input refers to does not exist
  conflict,          // the input contradicts what is recorded
  calendar_missing,  // a working day was asked for in a year whose calendar is not loaded
  too_large,         // a bound of base/limits.h is exceeded
  out_of_range,      // a position beyond the end of what it is a position in
  corrupt,           // stored bytes are not what was written
  io,                // the outcome is unknown: the disk or the operating system failed
  unavailable,       // cannot be done now (read-only, draining)
};

// One sentence that a person can act on, in both languages of the service.
struct Message {
  std::string en;
  std::string zh;

  bool operator==(const Message&) const = default;
};

struct Error {
  ErrorCode code = ErrorCode::invalid_argument;
  std::string field;  // name of the offending input field; empty where none is to blame
  Message message;

  bool operator==(const Error&) const = default;
};

// The usual shape: bad input in a named field.
inline Error invalid(std::string field, std::string en, std::string zh) {
  return {ErrorCode::invalid_argument, std::move(field), {std::move(en), std::move(zh)}};
}

// Stored or operational faults; seen by operators only, so English alone.
inline Error corrupt(std::string what) {
  return {ErrorCode::corrupt, {}, {std::move(what), {}}};
}
inline Error io_error(std::string what) {
  return {ErrorCode::io, {}, {std::move(what), {}}};
}

template <typename T>
using Result = boost::system::result<T, Error>;

// Called by Result::value() on an error: that is a programming fault, so it ends in an exception.
[[noreturn]] void throw_exception_from_error(const Error& error,
                                             const boost::source_location& where);

}  // namespace chayan
