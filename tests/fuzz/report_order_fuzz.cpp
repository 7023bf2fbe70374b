// The body of POST /v1/reports. What is refused is refused with a member of ours; what is taken has a whole proof,
// days within bounds and a choice that its own bits give again.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "api/create_report.h"
#include "base/limits.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chayan;
  const auto order =
      api::ReportOrder::parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!order) {
    constexpr std::array<std::string_view, 6> kFields = {
        "body", "certificate_number", "holder_name", "document_number", "valid_days", "show"};
    for (const std::string_view known : kFields) {
      if (order.error().field == known) return 0;
    }
    std::abort();
  }
  if (order->proof.holder_name.empty() || order->proof.document_number.empty()) std::abort();
  if (order->valid_days < 1 || order->valid_days > limits::kReportDaysMax) std::abort();
  if (ReportFields::from_bits(order->shows.bits()) != order->shows) std::abort();
  if (order->shows.has(ReportField::holder_name) &&
      order->shows.has(ReportField::holder_name_masked)) {
    std::abort();
  }
  return 0;
}
