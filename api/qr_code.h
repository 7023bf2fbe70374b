// QR codes (ISO/IEC 18004) as SVG, by libqrencode.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace chayan::api {

// Error correction M: a sixth may be smudged. With the quiet zone of four modules that the standard
// asks for. Error too_large: the text does not fit.
Result<std::string> qr_svg(std::string_view text);

}  // namespace chayan::api
