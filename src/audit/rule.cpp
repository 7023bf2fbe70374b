#include "audit/rule.h"

#include <array>

namespace chayan::audit {
namespace {

struct Named {
  Rule rule;
  std::string_view id;
  std::string_view meaning;
};

constexpr std::array<Named, kRules> kNamed = {{
    {Rule::issuer_unknown, "issuer-unknown",
     "A certificate of an institution that the log does not know."},
    {Rule::issuer_not_filed, "issuer-not-filed",
     "A certificate of an institution that had submitted no filing by its day."},
    {Rule::out_of_scope, "out-of-scope", "A certificate for what no filing of its issuer covers."},
    {Rule::before_filing, "before-filing",
     "A certificate issued while the covering filing was still in procedure."},
    {Rule::before_validity, "before-validity",
     "A certificate issued before the covering filing's valid_from."},
    {Rule::after_expiry, "after-expiry",
     "A certificate issued after the covering filing had expired."},
    {Rule::while_suspended, "while-suspended",
     "A certificate issued while the covering filing was suspended."},
    {Rule::after_revocation, "after-revocation",
     "A certificate issued after the covering filing was revoked."},
    {Rule::after_cancellation, "after-cancellation",
     "A certificate issued after the covering filing was cancelled."},
    {Rule::item_unknown, "item-unknown", "A catalog item that the log does not know."},
    {Rule::item_not_in_force, "item-not-in-force",
     "A catalog item used on a day on which it was not in force."},
    {Rule::differs_from_item, "differs-from-item",
     "Another occupation, work type or level than the catalog item gives on that day."},
    {Rule::occupation_unknown, "occupation-unknown", "An occupation that the log does not know."},
    {Rule::commitment_missing, "commitment-missing",
     "A certificate that commits to no number and holder: anybody's could be shown for it."},
    {Rule::institution_unknown, "institution-unknown",
     "A filing of an institution that was not recorded before it."},
    {Rule::scope_unsound, "scope-unsound", "A submission with no scope, or with a line twice."},
    {Rule::out_of_order, "out-of-order", "An event out of the order of the filing procedure."},
    {Rule::filed_without_notice, "filed-without-notice", "A filing without a public notice."},
    {Rule::notice_too_short, "notice-too-short",
     "A public notice shorter than five working days, or a filing before its notice was over."},
    {Rule::filed_over_objection, "filed-over-objection",
     "A filing while an objection to its notice stood unanswered by another notice."},
    {Rule::calendar_missing, "calendar-missing",
     "A filing whose notice period crosses a year without a recorded calendar."},
    {Rule::calendar_changed, "calendar-changed",
     "A calendar changed after a notice period had been counted by it."},
    {Rule::validity_unsound, "validity-unsound",
     "A validity other than three years, begun before it was granted, or a renewal that begins no "
     "later than what it renews."},
    {Rule::filing_id_reused, "filing-id-reused", "A filing id used by two institutions."},
    {Rule::receipt_reused, "receipt-reused", "A receipt number used twice."},
    {Rule::version_edited, "version-edited",
     "A catalog item's version that does not take effect after the versions before it."},
    {Rule::certificate_unknown, "certificate-unknown",
     "A certificate's event whose `of` is no certificate issued before it."},
    {Rule::event_after_end, "event-after-end",
     "An event other than erasure after a certificate was revoked or cancelled."},
    {Rule::event_after_erasure, "event-after-erasure",
     "An event of a certificate that was erased already."},
    {Rule::tombstone_missing, "tombstone-missing",
     "Private fields that are gone without an entry that erased them."},
    {Rule::payload_not_erased, "payload-not-erased",
     "Private fields that the feed still has by its own account although an entry erased them."},
    {Rule::days_backwards, "days-backwards",
     "An event of a day before that of the event it follows."},
    {Rule::dated_ahead, "dated-ahead", "An entry recorded before the day it speaks of."},
    {Rule::time_backwards, "time-backwards",
     "An entry recorded more than a day before the entry that it follows."},
    {Rule::unreadable, "unreadable",
     "An entry of unknown kind or form: the log says what nobody can check."},
    {Rule::not_provable, "not-provable",
     "From here on the feed is not provably what the log's key signed; nothing behind it was "
     "audited."},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kNamed.size(); ++i) {
    if (static_cast<std::size_t>(kNamed[i].rule) != i) return false;
  }
  return true;
}
static_assert(in_order());

}  // namespace

std::string_view id(Rule rule) {
  return kNamed[static_cast<std::size_t>(rule)].id;
}

std::string_view meaning(Rule rule) {
  return kNamed[static_cast<std::size_t>(rule)].meaning;
}

}  // namespace chayan::audit
