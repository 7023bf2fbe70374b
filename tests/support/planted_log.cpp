#include "tests/support/planted_log.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_writer.h"
#include "crypto/signature.h"
#include "domain/rules.h"
#include "log/entry.h"
#include "log/feed.h"
#include "log/merkle.h"

namespace chayan::test {
namespace {

using Kind = FilingEventKind;

Hash secret() {
  Hash bytes{};
  bytes.fill(0x5a);
  return bytes;
}

// The tree over all leaves, worked out anew each time: these logs are short.
class Tree final : public log::TreeHashes {
 public:
  explicit Tree(std::vector<Hash> leaves) : leaves_(std::move(leaves)) {}
  Result<Hash> subtree(unsigned height, std::uint64_t index) const override {
    if (height == 0) return leaves_.at(index);
    return log::node_hash(*subtree(height - 1, 2 * index), *subtree(height - 1, 2 * index + 1));
  }

 private:
  std::vector<Hash> leaves_;
};

CalendarYear calendar_2023() {
  return {2023, {day("2023-01-01"), day("2023-05-01"), day("2023-10-01")}, {}, "test"};
}

}  // namespace

PlantedLog::PlantedLog()
    : signer_("planted.example/log",
              crypto::SigningKey(crypto::SignatureScheme::ed25519, secret())) {}

std::uint64_t PlantedLog::add(const ChangeBody& body, const How& how) {
  const auto* event = std::get_if<CertificateEvent>(&body);
  const bool corrects = event != nullptr && event->kind == CertificateEventKind::corrected;
  const bool has_fields = std::holds_alternative<CertificateFacts>(body) || corrects ||
                          std::holds_alternative<Institution>(body);
  std::string text;
  JsonWriter json(text, JsonWriter::Order::canonical);
  if (has_fields && how.committed) {
    Hash commitment{};
    commitment[0] = static_cast<std::uint8_t>(size());
    json.insert("alg", "sha256").insert("commitment", to_hex(view(commitment)));
  }
  write_body(json, body);
  const log::EntryHead head{size(), std::string(how.time), kind(body), "centre:test"};
  lines_.push_back({log::encode_entry(head, text).value(), how.erased});
  return size() - 1;
}

std::uint64_t PlantedLog::add_raw(std::string_view kind, std::string_view body) {
  const log::EntryHead head{size(), std::string(kTime), std::string(kind), "centre:test"};
  return add_bytes(log::encode_entry(head, body).value());
}

std::uint64_t PlantedLog::add_bytes(std::string bytes) {
  lines_.push_back({std::move(bytes), false});
  return size() - 1;
}

void PlantedLog::add_reference() {
  for (const Change& change : official_changes()) {
    if (const auto* put = std::get_if<CatalogItem>(&change.body)) catalog_[put->id] = {*put};
    add(change.body);
  }
  add(calendar_2023());
}

ScopeLine PlantedLog::item(std::string_view id) const {
  const CatalogItem& item = catalog_.at(CatalogItemId::parse(id).value()).front();
  return {item.occupation, item.occupation_name, item.work_type, item.level, item.id};
}

CreditCode PlantedLog::institution() {
  const CreditCode code = unrecorded_institution();
  add(put_institution(code, "示例机构").body);
  return code;
}

std::string PlantedLog::noticed(const CreditCode& institution, Date filed_on,
                                std::vector<ScopeLine> scope) {
  const std::string id = "F-" + std::to_string(++filings_);
  const auto changes = filing_until_filed(institution, id, filed_on, std::move(scope));
  for (const Change& change : changes) {
    const auto& event = std::get<FilingEvent>(change.body);
    if (event.kind != Kind::filed) add(event);
  }
  return id;
}

std::string PlantedLog::filed(const CreditCode& institution, Date filed_on,
                              std::vector<ScopeLine> scope) {
  std::string id = noticed(institution, filed_on, std::move(scope));
  add(filed_event(institution, id, filed_on));
  return id;
}

FilingEvent PlantedLog::filed_event(const CreditCode& institution, const std::string& id,
                                    Date on) const {
  FilingEvent made = filing(institution, id, Kind::filed, on);
  made.receipt = "R-" + id;
  made.valid_from = on;
  made.valid_to = last_valid_day(on);
  return made;
}

FilingEvent PlantedLog::filing(const CreditCode& institution, const std::string& id,
                               FilingEventKind kind, Date on) {
  FilingEvent made;
  made.kind = kind;
  made.filing = id;
  made.institution = institution;
  made.on = on;
  if (kind == Kind::notice_opened) made.notice_working_days = kNoticeWorkingDays;
  return made;
}

CertificateFacts PlantedLog::facts(const CreditCode& issuer, const ScopeLine& line, Date on) {
  CertificateFacts made;
  made.issuer = issuer;
  made.item = line.item;
  made.occupation = line.occupation;
  made.occupation_name = line.occupation_name.empty() ? "示例职业" : line.occupation_name;
  made.work_type = line.work_type;
  made.level = line.level;
  made.issued_on = on;
  return made;
}

CertificateEvent PlantedLog::certificate(CertificateEventKind kind, std::uint64_t of, Date on) {
  CertificateEvent made;
  made.kind = kind;
  made.of = of;
  made.on = on;
  return made;
}

std::uint64_t PlantedLog::sound_certificate() {
  const CreditCode issuer = institution();
  filed(issuer, day("2026-02-10"), {item("foreign/1/1")});
  return add(facts(issuer, item("foreign/1/1"), day("2026-06-01")));
}

log::NoteKey PlantedLog::key() const {
  return signer_.key();
}

Hash PlantedLog::root() const {
  log::Frontier tree;
  for (const Line& line : lines_) tree.append(log::leaf_hash(line.entry));
  return tree.root();
}

std::string PlantedLog::page(std::uint64_t first, std::uint64_t limit) const {
  std::vector<Hash> leaves;
  for (const Line& line : lines_) leaves.push_back(log::leaf_hash(line.entry));
  const std::uint64_t end = std::min<std::uint64_t>(size(), first + limit);
  std::string answer;
  for (std::uint64_t seq = first; seq < end; ++seq) {
    const log::Beside beside = lines_[seq].erased ? log::Beside(log::Erased{}) : log::Beside();
    log::write_feed_line(answer, lines_[seq].entry, beside);
  }
  const std::string text = log::checkpoint_text({signer_.key().name, size(), root()});
  const std::string note = log::sign_note(text, {&signer_, 1});
  const auto proof = log::prove_consistency(Tree(std::move(leaves)), end, size());
  log::write_feed_end(answer, {end, note, proof.value()});
  return answer;
}

}  // namespace chayan::test
