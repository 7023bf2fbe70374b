// Numbers with a fixed count of digits, for dates and times: printf parses its format each time, and
// a verification prints a dozen of them.
#pragma once

namespace chayan {

// Writes the last `digits` decimal digits of `value`, which is not negative, from `at` on.
constexpr void put_digits(char* at, int digits, int value) {
  for (int i = digits - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

}  // namespace chayan
