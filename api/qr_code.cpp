#include "api/qr_code.h"

#include <qrencode.h>

#include <memory>
#include <sstream>
#include <utility>

namespace chayan::api {
namespace {

constexpr int kQuietModules = 4;
constexpr int kPixelsPerModule = 6;

using Code = std::unique_ptr<QRcode, decltype(&QRcode_free)>;

bool is_dark(const QRcode& code, int x, int y) {
  return (code.data[y * code.width + x] & 1U) != 0;
}

// One path: a rectangle for each run of dark modules of a row.
std::string path_of(const QRcode& code) {
  std::ostringstream path;
  for (int y = 0; y < code.width; ++y) {
    for (int x = 0; x < code.width; ++x) {
      if (!is_dark(code, x, y)) continue;
      int length = 1;
      while (x + length < code.width && is_dark(code, x + length, y)) ++length;
      path << 'M' << x + kQuietModules << ' ' << y + kQuietModules << 'h' << length << "v1h-"
           << length << 'z';
      x += length;
    }
  }
  return std::move(path).str();
}

}  // namespace

Result<QrDrawing> draw_qr(std::string_view text) {
  const Code code(
      QRcode_encodeData(static_cast<int>(text.size()),
                        reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_M),
      QRcode_free);
  if (!code) {
    return Error{ErrorCode::too_large,
                 {},
                 {"This does not fit into a QR code.", "内容过长，无法生成二维码。"}};
  }
  return QrDrawing{code->width + 2 * kQuietModules, path_of(*code)};
}

Result<std::string> qr_svg(std::string_view text) {
  const auto drawing = draw_qr(text);
  if (!drawing) return drawing.error();
  const std::string box = std::to_string(drawing->modules);
  const std::string pixels = std::to_string(drawing->modules * kPixelsPerModule);
  return R"(<svg xmlns="http://www.w3.org/2000/svg" width=")" + pixels + R"(" height=")" + pixels +
         R"(" viewBox="0 0 )" + box + " " + box + R"(" shape-rendering="crispEdges">)" +
         R"(<rect width=")" + box + R"(" height=")" + box + R"(" fill="#fff"/>)" +
         R"(<path fill="#000" d=")" + drawing->path + "\"/></svg>\n";
}

}  // namespace chayan::api
