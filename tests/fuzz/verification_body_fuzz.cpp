// The body of POST /v1/verifications. Whatever is refused is refused with the member it is about, and what is taken is
// within its bounds and in the form it is compared in.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "api/verify_certificate.h"
#include "base/limits.h"
#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chayan;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto input = api::VerifyCertificate::parse(body);
  if (!input) {
    const Error& error = input.error();
    if (error.field.empty() || error.message.en.empty() || error.message.zh.empty()) std::abort();
    return 0;
  }
  if (input->holder_name.empty() && input->document_number.empty()) std::abort();
  if (match_form(input->holder_name) != input->holder_name) std::abort();
  const auto again = CertificateNumber::parse(input->number.text());
  if (!again || again->text() != input->number.text()) std::abort();
  return 0;
}
