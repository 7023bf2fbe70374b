#include "server/date_field.h"

#include <algorithm>
#include <cstddef>

#include "base/digits.h"

namespace chayan::server {
namespace {

// Not strftime: its names follow the locale.
constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

std::string_view three_letters(std::string_view names, int index) {
  return names.substr(static_cast<std::size_t>(index) * 3, 3);
}

}  // namespace

std::string_view DateField::at(std::time_t now) {
  if (now != second_) {
    std::tm utc{};
    gmtime_r(&now, &utc);
    constexpr std::string_view kForm = "Ddd, 00 Mmm 0000 00:00:00 GMT";
    static_assert(kForm.size() == std::tuple_size_v<decltype(text_)>);
    std::ranges::copy(kForm, text_.begin());
    std::ranges::copy(three_letters(kDays, utc.tm_wday), text_.begin());
    put_digits(&text_[5], 2, utc.tm_mday);
    std::ranges::copy(three_letters(kMonths, utc.tm_mon), text_.begin() + 8);
    put_digits(&text_[12], 4, utc.tm_year + 1900);
    put_digits(&text_[17], 2, utc.tm_hour);
    put_digits(&text_[20], 2, utc.tm_min);
    put_digits(&text_[23], 2, utc.tm_sec);
    second_ = now;
  }
  return {text_.data(), text_.size()};
}

}  // namespace chayan::server
