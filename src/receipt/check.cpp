#include "receipt/check.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "base/json_reader.h"
#include "base/text.h"
#include "domain/change.h"
#include "log/entry.h"
#include "log/merkle.h"
#include "receipt/answer.h"

namespace chayan::receipt {
namespace {

Error wrong(std::string_view what, const std::string& en, const std::string& zh) {
  return invalid(std::string(what), en, zh);
}

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

Result<log::Checkpoint> check_checkpoint(const std::string& note, const log::NoteKey& key) {
  // Whose it says it is comes first: a checkpoint of another log is no forgery.
  const std::string_view origin = std::string_view(note).substr(0, note.find('\n'));
  if (origin != key.name) {
    return wrong("origin", "The checkpoint is of another log than the key " + key.name + ".",
                 "检查点属于另一个日志，与公钥 " + key.name + " 不符。");
  }
  auto checkpoint = log::open_checkpoint(note, key);
  if (checkpoint) return checkpoint;
  return wrong("signature",
               "The checkpoint is not signed by the key " + key.name +
                   ": it was altered, or is of somebody else.",
               "检查点没有 " + key.name + " 的有效签名：内容被改动，或出自他人。");
}

Result<void> check_inclusion(const Statement& statement, const log::Checkpoint& checkpoint) {
  if (statement.index >= checkpoint.size) {
    return wrong("size",
                 "The checkpoint covers " + number(checkpoint.size) + " entries; number " +
                     number(statement.index) + " is beyond them.",
                 "检查点只覆盖 " + number(checkpoint.size) + " 条日志，序号 " +
                     number(statement.index) + " 不在其中。");
  }
  if (log::verify_inclusion(log::leaf_hash(statement.entry), statement.index, checkpoint.size,
                            checkpoint.root, statement.inclusion)) {
    return {};
  }
  return wrong(
      "path",
      "Entry " + number(statement.index) +
          " does not lead to the signed root: the entry, its number or its path was "
          "altered.",
      "第 " + number(statement.index) + " 条日志与签名的树根不符：条目、序号或路径被改动。");
}

// An entry that is proven to stand in the log.
struct Fact {
  std::uint64_t seq = 0;
  ChangeBody body;
};

Result<Fact> read_entry(const Statement& statement, JsonParser& parser) {
  auto refused =
      wrong("entry",
            "Entry " + number(statement.index) +
                " is in the log, but this program cannot read it as an entry "
                "about a certificate.",
            "第 " + number(statement.index) + " 条日志存在，但不是本程序可识别的证书记录。");
  auto entry = log::parse_entry(statement.entry, parser);
  if (!entry || entry->head.seq != statement.index) return refused;
  const bool commits = entry->commitment.has_value();
  if (commits != statement.commits() ||
      (commits &&
       log::commitment(*entry->commitment->algorithm, statement.opening) != *entry->commitment)) {
    return wrong("fields",
                 "The fields shown with entry " + number(statement.index) +
                     " are not those that it commits to: a value, salt or digest was altered.",
                 "第 " + number(statement.index) +
                     " 条日志披露的内容与其承诺不符：内容、盐值或摘要被改动。");
  }
  auto body = read_body(entry->head.kind, entry->body);
  if (!body) return refused;
  return Fact{statement.index, std::move(*body)};
}

Error contradiction(const std::string& en, const std::string& zh) {
  return wrong("statements", "The statements do not belong together: " + en,
               "各条记录互相矛盾：" + zh);
}

// No registry of ours records such a text, and a terminal would obey it.
Error unprintable() {
  return wrong("fields", "A field that is shown holds control characters.",
               "披露的内容含有控制字符。");
}

// Statement by statement, as the log's own fold would.
class Life {
 public:
  Result<void> add(const Fact& fact, const log::Opening& opening) {
    if (!certificate_.history.empty() && fact.seq <= certificate_.history.back().seq) {
      return contradiction("they are not in the order of the log.", "顺序与日志不符。");
    }
    const auto* issued = std::get_if<CertificateFacts>(&fact.body);
    const auto* event = std::get_if<CertificateEvent>(&fact.body);
    if (issued == nullptr && event == nullptr) {
      return contradiction("one is not about a certificate.", "有一条不是证书记录。");
    }
    auto added = issued != nullptr ? issue(fact.seq, *issued) : change(fact.seq, *event);
    if (!added) return added;
    return add_opened(opening);
  }

  Result<Certificate> finish() {
    if (!certificate_.secrets.number.empty()) return std::move(certificate_);
    return wrong("fields", "No certificate number is shown, so nothing is proven of any.",
                 "未披露证书编号，不能证明任何证书。");
  }

 private:
  Result<void> issue(std::uint64_t seq, const CertificateFacts& facts) {
    if (!certificate_.history.empty()) {
      return contradiction("two say that a certificate was issued.", "有两条核发记录。");
    }
    certificate_.issued_seq = seq;
    certificate_.facts = facts;
    certificate_.first_issued_on = facts.issued_on;
    certificate_.history.push_back({CertificateEventKind::issued, facts.issued_on, seq});
    return {};
  }

  Result<void> change(std::uint64_t seq, const CertificateEvent& event) {
    if (certificate_.history.empty()) {
      return contradiction("the first does not say that the certificate was issued.",
                           "第一条不是核发记录。");
    }
    if (event.of != certificate_.issued_seq) {
      return contradiction("one is about another certificate.", "有一条属于另一张证书。");
    }
    if (event.kind == CertificateEventKind::erased) {
      return contradiction("the certificate was erased, so nobody gives receipts of it.",
                           "证书已删除，不应再有凭据。");
    }
    if (event.facts) certificate_.facts = *event.facts;
    certificate_.history.push_back({event.kind, event.on, seq});
    return {};
  }

  // Each commitment is of the whole certificate as it stood from then on.
  Result<void> add_opened(const log::Opening& opening) {
    if (opening.opened.empty() && opening.closed.empty()) return {};
    for (const auto& [name, field] : opening.opened) {
      if (has_control_character(field.value)) return unprintable();
    }
    const auto value = [&](std::string_view name) {
      const auto found = opening.opened.find(name);
      return found == opening.opened.end() ? std::string() : found->second.value;
    };
    const std::string shown = value("certificate_number");
    CertificateSecrets& secrets = certificate_.secrets;
    if (!secrets.number.empty() && !shown.empty() && shown != secrets.number) {
      return contradiction("they show two certificate numbers.", "出现了两个证书编号。");
    }
    if (secrets.number.empty()) secrets.number = shown;
    secrets.holder_name = value("holder_name");
    secrets.document.number = value("document_number");
    secrets.original_certificate = value("original_certificate");
    return {};
  }

  Certificate certificate_;
};

}  // namespace

Result<Proven> check(const Receipt& receipt, const log::NoteKey& key) {
  auto checkpoint = check_checkpoint(receipt.checkpoint, key);
  if (!checkpoint) return checkpoint.error();
  for (const Statement& statement : receipt.statements) {
    if (auto included = check_inclusion(statement, *checkpoint); !included) return included.error();
  }
  JsonParser parser;
  Life life;
  for (const Statement& statement : receipt.statements) {
    const auto fact = read_entry(statement, parser);
    if (!fact) return fact.error();
    if (auto added = life.add(*fact, statement.opening); !added) return added.error();
  }
  auto certificate = life.finish();
  if (!certificate) return certificate.error();
  return Proven{std::move(*checkpoint), std::move(*certificate)};
}

Result<Proven> check(std::string_view text, const log::NoteKey& key) {
  const auto receipt = read(text);
  if (!receipt) return receipt.error();
  auto proven = check(*receipt, key);
  if (!proven) return proven;
  if (const auto said = check_answer(text, proven->certificate); !said) return said.error();
  return proven;
}

}  // namespace chayan::receipt
