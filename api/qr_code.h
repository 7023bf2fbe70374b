// QR codes (ISO/IEC 18004) as SVG, by libqrencode.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace chayan::api {

// What a page draws by its own template: a square of `modules`, quiet zone included, and the dark
// ones of it as the data of an SVG path.
struct QrDrawing {
  int modules = 0;
  std::string path;
};

// Error correction M: a sixth may be smudged. With the quiet zone of four modules that the standard
// asks for. Error too_large: the text does not fit.
Result<QrDrawing> draw_qr(std::string_view text);
// The same as a file.
Result<std::string> qr_svg(std::string_view text);

}  // namespace chayan::api
