#include "index/admission.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/text.h"
#include "domain/certificate_number.h"
#include "domain/document.h"
#include "domain/rules.h"
#include "index/fold.h"
#include "index/planner.h"
#include "index/schema.h"

namespace chayan::index {
namespace {

Error not_found(std::string field, std::string en, std::string zh) {
  return {ErrorCode::not_found, std::move(field), {std::move(en), std::move(zh)}};
}

Error conflict(std::string field, std::string en, std::string zh) {
  return {ErrorCode::conflict, std::move(field), {std::move(en), std::move(zh)}};
}

Error unknown_item(std::string field) {
  return not_found(std::move(field), "No such item is in the catalogs; check list/batch/row.",
                   "目录中没有此项目，请核对“目录/批次/序号”。");
}

// The calendars of all years from `first` to `last` that are recorded.
Result<WorkdayCalendar> calendar_of(const RowView& rows, int first, int last) {
  WorkdayCalendar calendar;
  for (int year = first; year <= last; ++year) {
    const auto bytes = rows.get(calendar_key(year));
    if (!bytes) return bytes.error();
    if (!*bytes) continue;
    const auto recorded = decode_calendar(**bytes);
    if (!recorded) return corrupt("a calendar row does not decode");
    calendar.put(*recorded);
  }
  return calendar;
}

// A scope line that names an item takes from its version in force what it leaves out; what it
// states must agree.
Result<void> complete(const RowView& rows, ScopeLine& line, Date day, const std::string& field) {
  if (!line.item) {
    const auto bytes = rows.get(occupation_key(line.occupation));
    if (!bytes) return bytes.error();
    const auto recorded = *bytes ? decode_occupation(**bytes) : std::nullopt;
    if (!recorded) {
      return not_found(field + ".occupation", "No such occupation is recorded.",
                       "没有登记此职业编码。");
    }
    line.occupation_name = recorded->name;
    return {};
  }
  const auto versions = find_catalog_versions(rows, *line.item);
  if (!versions) return versions.error();
  if (versions->empty()) return unknown_item(field + ".item");
  const CatalogItem* version = version_in_force(*versions, day);
  if (version == nullptr) {
    return invalid(field + ".item", "The item is not in force on the day of the submission.",
                   "该项目在申报之日未生效。");
  }
  const bool stated = !line.occupation.text().empty();
  if (stated && (line.occupation != version->occupation || line.work_type != version->work_type ||
                 line.level != version->level)) {
    return conflict(field, "The line states another occupation, work type or level than its item.",
                    "所填职业（工种）或等级与目录项目不一致。");
  }
  line.occupation = version->occupation;
  line.occupation_name = version->occupation_name;
  line.work_type = version->work_type;
  line.level = version->level;
  return {};
}

// Entries stand in clear: what a person typed into one must not say whom it is about. `text` is a
// match_form.
bool tells(const std::string& text, const PrivateFields& secrets) {
  const auto holds = [&](std::string_view secret) {
    const std::string wanted = match_form(secret);
    return !wanted.empty() && text.find(wanted) != std::string::npos;
  };
  for (const char* name :
       {"certificate_number", "holder_name", "document_number", "original_certificate"}) {
    const auto secret = secrets.find(name);
    if (secret != secrets.end() && holds(secret->second)) return true;
  }
  return false;
}

// The last six characters of a document are asked for in verifications. For what a person typed: in
// the code of an office that acts they stand by chance.
bool tells_last_six(const std::string& text, const PrivateFields& secrets) {
  const auto number = secrets.find("document_number");
  if (number == secrets.end()) return false;
  const Document document{DocumentType::other, document_number_form(number->second)};
  const std::string last_six = match_form(document.last_six());
  return !last_six.empty() && text.find(last_six) != std::string::npos;
}

// Whoever's it is: the shortest number of an identity card is the legacy one.
bool holds_identity_number(std::string_view text) {
  constexpr std::size_t kDigitsMin = 15;
  std::size_t digits = 0;
  for (const char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits == kDigitsMin) return true;
  }
  return false;
}

// What the certificate has held since it was issued; former names are as personal as the present.
Result<std::vector<PrivateFields>> secrets_of(const RowView& rows, const crypto::Sealer& sealer,
                                              const Certificate& certificate) {
  std::vector<PrivateFields> all;
  for (const CertificateStatusChange& change : certificate.history) {
    const std::string key = payload_key(change.seq);
    const auto sealed = rows.get(key);
    if (!sealed) return sealed.error();
    if (!*sealed) continue;  // a change that sealed nothing
    std::string plain;
    const auto opened = sealer.open(sealing_context(key), **sealed, plain);
    if (!opened) return opened.error();
    auto payload = decode_payload(plain);
    if (!payload) return payload.error();
    all.push_back(std::move(payload->fields));
  }
  return all;
}

// Of a certificate's event, what stands in the log in clear.
Result<void> check_clear_text(const Change& change, const CertificateEvent& event,
                              const std::vector<PrivateFields>& secrets) {
  for (const auto& [field, clear] :
       {std::pair("reason", &event.reason), {"actor", &change.actor}}) {
    const std::string text = match_form(*clear);
    const bool typed = clear == &event.reason;
    const bool personal = std::any_of(secrets.begin(), secrets.end(), [&](const auto& fields) {
      return tells(text, fields) || (typed && tells_last_six(text, fields));
    });
    if (!personal && !(typed && holds_identity_number(text))) continue;
    return invalid(
        field,
        "This stands in the public log for ever and holds a certificate's number, its "
        "holder or a document, whole or in part; leave those out.",
        "该内容将永久记入公开日志，不得含有证书编号、持证人姓名或证件号码（包括其部分）。");
  }
  return {};
}

}  // namespace

Result<Admitted> Admission::admit(const RowView& rows, const Change& change) const {
  return std::visit([&](const auto& body) { return admit(rows, change, body); }, change.body);
}

Result<Admitted> Admission::admit(const RowView& rows, const Change& change,
                                  const Occupation& body) const {
  const auto recorded = rows.get(occupation_key(body.code));
  if (!recorded) return recorded.error();
  return Admitted{change.body, {}, *recorded == encode(body)};
}

Result<Admitted> Admission::admit(const RowView& rows, const Change& change,
                                  const CalendarYear& body) const {
  const auto recorded = rows.get(calendar_key(body.year));
  if (!recorded) return recorded.error();
  return Admitted{change.body, {}, *recorded == encode(body)};
}

Result<Admitted> Admission::admit(const RowView& rows, const Change& change,
                                  const CatalogItem& body) const {
  const auto occupation = rows.get(occupation_key(body.occupation));
  if (!occupation) return occupation.error();
  if (!*occupation) {
    return not_found("occupation", "No such occupation is recorded; import the occupations first.",
                     "没有登记此职业编码，请先导入职业目录。");
  }
  const auto versions = find_catalog_versions(rows, body.id);
  if (!versions) return versions.error();
  if (std::find(versions->begin(), versions->end(), body) != versions->end()) {
    return Admitted{change.body, {}, true};
  }
  if (!versions->empty() && versions->back().effective_from >= body.effective_from) {
    return conflict("effective_from",
                    "A version is never edited: a new one must take effect after the latest.",
                    "目录项目的版本不可修改，新版本的生效日期须晚于现有版本。");
  }
  return Admitted{change.body, {}, false};
}

Result<Admitted> Admission::admit(const RowView& rows, const Change& change,
                                  const Institution& body) const {
  const auto recorded = find_institution(rows, body.credit_code);
  if (!recorded) return recorded.error();
  // Private fields are not compared with what is sealed: giving them again records them again.
  const bool unchanged = *recorded && (*recorded)->institution == body && change.secrets.empty();
  return Admitted{change.body, change.secrets, unchanged};
}

Result<void> Admission::check_identifiers(const RowView& rows, const FilingEvent& event,
                                          const Filing* filing) const {
  if (filing == nullptr) {
    const auto owner = rows.get(filing_key(event.filing));
    if (!owner) return owner.error();
    if (*owner) {
      return conflict("filing", "This filing id belongs to another institution.",
                      "该备案申报编号已属于其他机构。");
    }
  }
  if (!event.receipt.empty()) {
    const auto holder = rows.get(receipt_key(event.receipt));
    if (!holder) return holder.error();
    if (*holder) {
      return conflict("receipt", "This receipt number is already in use.",
                      "该备案回执编号已被使用。");
    }
  }
  return {};
}

Result<Admitted> Admission::admit(const RowView& rows, const Change&,
                                  const FilingEvent& body) const {
  const auto institution = find_institution(rows, body.institution);
  if (!institution) return institution.error();
  if (!*institution) {
    return not_found("institution", "No such institution is recorded; put it before its filings.",
                     "没有登记此机构，请先登记机构再提交备案事项。");
  }
  if (body.on > today_) {
    return invalid("on", "An event cannot be recorded before its day.", "事项日期不得晚于今天。");
  }
  const auto& filings = (*institution)->filings;
  const auto found = std::find_if(filings.begin(), filings.end(),
                                  [&](const Filing& f) { return f.id == body.filing; });
  const Filing* filing = found == filings.end() ? nullptr : &*found;
  if (const auto fits = check_identifiers(rows, body, filing); !fits) return fits.error();

  const int first_year =
      filing != nullptr ? filing->events.front().event.on.year() : body.on.year();
  const auto calendar = calendar_of(rows, first_year, body.on.year() + 1);
  if (!calendar) return calendar.error();
  if (const auto follows = may_follow(filing, body, *calendar); !follows) return follows.error();

  FilingEvent event = body;
  for (std::size_t i = 0; i < event.scope.size(); ++i) {
    const auto completed =
        index::complete(rows, event.scope[i], event.on, "scope[" + std::to_string(i) + "]");
    if (!completed) return completed.error();
  }
  return Admitted{std::move(event), {}, false};
}

Result<void> Admission::complete(const RowView& rows, CertificateFacts& facts) const {
  const auto issuer = rows.get(institution_key(facts.issuer));
  if (!issuer) return issuer.error();
  if (!*issuer) {
    return not_found("issuer", "No such institution is recorded.", "没有登记此发证机构。");
  }
  if (facts.issued_on > today_) {
    return invalid("issued_on", "The issue date lies ahead.", "发证日期不得晚于今天。");
  }
  if (facts.item) {
    // Whether the issuer was entitled is for the reader to judge; here the item need only exist.
    const auto versions = find_catalog_versions(rows, *facts.item);
    if (!versions) return versions.error();
    if (versions->empty()) return unknown_item("item");
    const CatalogItem* in_force = version_in_force(*versions, facts.issued_on);
    const CatalogItem& version = in_force != nullptr ? *in_force : versions->front();
    if (facts.occupation.text().empty()) {
      facts.occupation = version.occupation;
      facts.occupation_name = version.occupation_name;
      facts.work_type = version.work_type;
      facts.level = version.level;
      return {};
    }
  }
  const auto bytes = rows.get(occupation_key(facts.occupation));
  if (!bytes) return bytes.error();
  const auto occupation = *bytes ? decode_occupation(**bytes) : std::nullopt;
  if (!occupation) {
    return not_found("occupation", "No such occupation is recorded.", "没有登记此职业编码。");
  }
  if (facts.occupation_name.empty()) facts.occupation_name = occupation->name;
  return {};
}

Result<Admitted> Admission::admit(const RowView& rows, const Change& change,
                                  const CertificateFacts& body) const {
  const auto secrets = certificate_secrets(change.secrets);
  if (!secrets) return secrets.error();
  const auto recorded = rows.get(certificate_key(keyed_index_.certificate(secrets->number)));
  if (!recorded) return recorded.error();
  if (*recorded) {
    return conflict("certificate_number", "A certificate with this number is already recorded.",
                    "该证书编号已登记。");
  }
  if (tells(match_form(change.actor), change.secrets)) {
    return invalid("actor", "The actor stands in the public log; name an office, not the holder.",
                   "操作者将记入公开日志，请勿填写持证人信息。");
  }
  CertificateFacts facts = body;
  if (const auto completed = complete(rows, facts); !completed) return completed.error();
  return Admitted{std::move(facts), change.secrets, false};
}

Result<Admitted> Admission::admit(const RowView& rows, const Change& change,
                                  const CertificateEvent& body) const {
  const auto named = change.secrets.find("certificate_number");
  if (named == change.secrets.end()) {
    return invalid("certificate_number", "Name the certificate that the change is of.",
                   "请填写变更所涉的证书编号。");
  }
  const auto found = find_certificate(rows, sealer_, keyed_index_.certificate(named->second));
  if (!found) return found.error();
  if (!*found) {
    return not_found("certificate_number", "No certificate with this number is recorded.",
                     "没有登记此证书编号。");
  }
  const Certificate& certificate = **found;
  if (body.on > today_) {
    return invalid("on", "An event cannot be recorded before its day.", "事项日期不得晚于今天。");
  }
  if (const auto follows = may_follow(certificate, body.kind, body.on); !follows) {
    return follows.error();
  }
  const bool corrects_holder = change.secrets.contains("holder_name");
  if (corrects_holder) {
    if (const auto sound = certificate_secrets(change.secrets); !sound) return sound.error();
  }
  auto private_fields = secrets_of(rows, sealer_, certificate);
  if (!private_fields) return private_fields.error();
  private_fields->push_back(change.secrets);  // which a correction brings in
  if (auto clear = check_clear_text(change, body, *private_fields); !clear) return clear.error();
  CertificateEvent event = body;
  event.of = certificate.issued_seq;
  if (event.facts) {
    if (const auto completed = complete(rows, *event.facts); !completed) return completed.error();
  }
  PrivateFields payload = corrects_holder ? change.secrets : PrivateFields();
  return Admitted{std::move(event), std::move(payload), false};
}

}  // namespace chayan::index
