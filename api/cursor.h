// Where a list continues, given to the client as an opaque word. It is signed, bound to the query
// it came from and to the day that query was answered for, and it ends. It holds a position in
// the order of the rows, not a count of them: rows that come or go between two pages neither repeat
// nor hide others.
//
//   base64url( version u8 ‖ expiry u64 (Unix seconds) ‖ on u32 ‖ digest of the query (8) ‖ position
//              ‖ HMAC-SHA-256(cursor_key, all before)[:16] )
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "domain/date.h"

namespace chayan::api {

struct Cursor {
  Date on;  // a list asked for "today" stays on that day over midnight
  std::string position;

  bool operator==(const Cursor&) const = default;
};

using Time = std::chrono::system_clock::time_point;

// Valid for limits::kCursorLife at least; rounded up to the next full hour, so that the same page
// has the same bytes, and so the same ETag, for up to an hour.
std::string issue_cursor(const Hash& key, std::string_view query, const Cursor& cursor, Time now);

// Errors name the field "cursor" and say which it is: not ours, of another query, or expired.
Result<Cursor> read_cursor(const Hash& key, std::string_view query, std::string_view text,
                           Time now);

}  // namespace chayan::api
