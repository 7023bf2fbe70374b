// What a registry promises by its log, each promise with a short id that stays: scripts and the
// public quote it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace chayan::audit {

// Order of the table in rule.cpp; the ids are what is stable.
enum class Rule : std::uint8_t {
  // ---- what was issued, by whom, on which day
  issuer_unknown,
  issuer_not_filed,
  out_of_scope,
  before_filing,
  before_validity,
  after_expiry,
  while_suspended,
  after_revocation,
  after_cancellation,
  item_unknown,
  item_not_in_force,
  differs_from_item,
  occupation_unknown,
  commitment_missing,
  // ---- how a filing came about
  institution_unknown,
  scope_unsound,
  out_of_order,
  filed_without_notice,
  notice_too_short,
  filed_over_objection,
  calendar_missing,
  calendar_changed,
  validity_unsound,
  filing_id_reused,
  receipt_reused,
  version_edited,
  // ---- what became of a certificate
  certificate_unknown,
  event_after_end,
  event_after_erasure,
  tombstone_missing,
  payload_not_erased,
  // ---- days and the log itself
  days_backwards,
  dated_ahead,
  time_backwards,
  unreadable,
  not_provable,
};
inline constexpr std::size_t kRules = static_cast<std::size_t>(Rule::not_provable) + 1;

std::string_view id(Rule rule);       // "while-suspended"
std::string_view meaning(Rule rule);  // one English sentence: what is wrong

}  // namespace chayan::audit
