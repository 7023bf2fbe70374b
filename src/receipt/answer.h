// The answer around a receipt: what a reader sees first, held against what the receipt proves.
#pragma once

#include <string_view>

#include "base/result.h"
#include "domain/certificate.h"

namespace chayan::receipt {

// `text` is a receipt alone, which says nothing around it, or an answer that holds one. Error
// invalid_argument with the field "answer", which names the first member of the answer that says
// otherwise than `proven`: result, status, status_history, occupation, level, level_name, issuer
// (its credit code), issued_on, or holder where the name is proven.
//
// No receipt proves the issuer's name and authorization or the basis, so those are not held against
// anything; nor are members that are not of an answer.
Result<void> check_answer(std::string_view text, const Certificate& proven);

}  // namespace chayan::receipt
