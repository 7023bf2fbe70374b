// What a receipt proves, for people: with the number and the holder as it opens them, so for nobody
// but whoever has the receipt.
#pragma once

#include "base/result.h"
#include "receipt/check.h"

namespace chayan::receipt {

Message sentence(const Proven& proven);
// What no receipt proves; to be said beside it.
Message caution();

}  // namespace chayan::receipt
