#include "api/receipt_page.h"

#include <array>
#include <string>
#include <utility>

#include "api/address.h"
#include "api/data_page.h"
#include "api/environment.h"
#include "api/form.h"
#include "api/qr_code.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "receipt/check.h"
#include "receipt/sentence.h"

namespace chayan::api {
namespace {

constexpr std::string_view kReceipt = "receipt";
constexpr std::string_view kDigest = "sha256";
constexpr std::array<std::string_view, 2> kControls = {kReceipt, kDigest};

// Of what the form of a receipt sends besides it.
constexpr std::size_t kOtherControlsBytes = 1024;

std::string digest_of(std::string_view file) {
  return to_hex(view(crypto::sha256(file)));
}

// The JSON text in the spelling that a control of a page gives back as it is: pages leave out
// characters that turn what stands beside them round (page.h).
std::string for_page(std::string_view json) {
  std::string text;
  for (std::size_t at = 0; at < json.size();) {
    const std::size_t turning = turning_bytes(json, at);
    if (turning == 0) {
      text += json[at++];
      continue;
    }
    const unsigned low = (json[at + 1] & 0x3FU) << 6 | (json[at + 2] & 0x3FU);  // of U+2000
    text.append("\\u20") += to_hex(std::string(1, static_cast<char>(low)));
    at += turning;
  }
  return text;
}

struct Input {
  std::string text;
  std::string digest;  // of a print; empty: none was given
};

Error missing_receipt() {
  return invalid(std::string(kReceipt), "Paste the content of the receipt's file.",
                 "请粘贴凭据文件的内容。");
}

// Whatever is wrong with a receipt is wrong with the one control that holds it.
Error about_receipt(Error error) {
  error.field = kReceipt;
  return error;
}

Result<Input> parse(std::string_view body) {
  auto form = Form::parse(body, kReceipt);
  if (!form) return about_receipt(form.error());
  const auto text = form->take(kReceipt);
  const auto digest = form->take(kDigest);
  if (auto finished = form->finish(); !finished) return finished.error();
  if (!text) return missing_receipt();
  Input input{std::string(trim(*text)), {}};
  if (!digest) return input;
  for (const char c : code_form(*digest)) {
    input.digest.push_back(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
  }
  const bool is_digest = input.digest.size() == 2 * sizeof(Hash) &&
                         input.digest.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (is_digest) return input;
  return invalid(std::string(kDigest), "A SHA-256 digest has 64 digits 0-9 and a-f.",
                 "SHA-256 摘要为 64 位 0–9、a–f。");
}

Result<receipt::Proven> check(const Call& call, const Input& input) {
  auto proven = receipt::check(input.text, call.environment.services.store.log_key());
  if (!proven) return about_receipt(proven.error());
  return proven;
}

PageData page_of_receipts(const Call& call) {
  PageData data = page_data(Section::data, {"How to verify a receipt", "如何核验查验凭据"});
  set_log(call, data);
  data.set("bytes_max", std::to_string(limits::kReceiptFormBytesMax - kOtherControlsBytes));
  return data;
}

PageData checked_data(const Input& input, const receipt::Proven& proven) {
  PageData data;
  set_message(data, "sentence", receipt::sentence(proven));
  set_message(data, "caution", receipt::caution());
  const std::string digest = digest_of(input.text);
  data.set("digest", digest);
  data.set("same", input.digest == digest);
  data.set("other", !input.digest.empty() && input.digest != digest);
  return data;
}

}  // namespace

Result<void> set_receipt(const Call& call, const VerifyCertificate::Input& input,
                         const VerifyCertificate::Output& output, PageData& data) {
  std::string written;
  JsonWriter json(written);
  VerifyCertificate::write(json, call.language, input, output);
  const std::string text = for_page(written);
  const std::string digest = digest_of(text);
  PageData receipt;
  receipt.set("text", text);
  receipt.set("digest", digest);
  const auto address = public_address(call, "/data/receipts#sha256=" + digest);
  receipt.set("has_qr", address.has_value());
  if (address) {
    auto drawing = draw_qr(*address);
    if (!drawing) return drawing.error();
    set_message(receipt, "qr_name",
                {"QR code of the page that verifies receipts", "核验页面的二维码"});
    receipt.set("modules", std::to_string(drawing->modules));
    receipt.set("path", drawing->path);
  }
  data.set("receipt", receipt);
  return {};
}

Result<void> answer_saved_receipt(const Call& call, http::Response& response) {
  auto input = parse(call.request.body);
  if (!input) return input.error();
  if (const auto proven = check(call, *input); !proven) return proven.error();
  response.set("Content-Disposition", "attachment; filename=chayan-receipt-" +
                                          digest_of(input->text).substr(0, 8) + ".json");
  response.body = std::move(input->text);
  return {};
}

Result<void> answer_receipts_page(const Call& call, http::Response& response) {
  render_page(call, "receipts.html", page_of_receipts(call), response);
  return {};
}

Result<void> answer_checked_receipt(const Call& call, http::Response& response) {
  PageData data = page_of_receipts(call);
  const auto input = parse(call.request.body);
  const auto proven = input ? check(call, *input) : Result<receipt::Proven>(input.error());
  if (proven) {
    data.set("checked", checked_data(*input, *proven));
  } else {
    set_form_problem(call, proven.error(), kControls, data, response);
  }
  render_page(call, "receipts.html", data, response);
  return {};
}

}  // namespace chayan::api
