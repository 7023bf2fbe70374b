// Receipts in both suites: what they prove, what they never tell, and hundreds of forged ones.
#include "receipt/receipt.h"

#include <functional>
#include <iostream>
#include <random>
#include <set>

#include "api/make_receipt.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "log/entry.h"
#include "log/merkle.h"
#include "log/note.h"
#include "receipt/check.h"
#include "tests/api/fixture.h"
#include "tests/api/json_schema.h"

namespace chayan::api::testing {
namespace {

using receipt::Receipt;

constexpr std::string_view kNewName = "测试改名后";
constexpr std::string_view kCorrectedNumber = kUnauthorizedNumber;

// The fixture's registry of this suite, with one certificate whose holder was corrected.
class ReceiptTest : public ::testing::TestWithParam<const crypto::Suite*> {
 protected:
  void SetUp() override {
    record_line(R"({"kind":"certificate.corrected","certificate_number":")" +
                std::string(kCorrectedNumber) + R"(","on":"2026-10-20","holder_name":")" +
                std::string(kNewName) + R"(","document_type":"passport","document_number":")" +
                std::string(kOtherDocument) + R"("})");
    ASSERT_TRUE(registry_.store->publish());
  }

  void record_line(const std::string& line) {
    JsonParser parser;
    auto object = parser.parse_object(line).value();
    registry_.record({read_change(object).value()});
  }

  Answer ask(std::string_view number, std::string_view name, std::string_view document) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().member("certificate_number", number);
    json.optional_member("holder_name", name).optional_member("document_number", document);
    json.key("receipt").boolean(true).end_object();
    return registry_.post("/v1/verifications", body);
  }

  Receipt receipt_of(std::string_view number, std::string_view name, std::string_view document) {
    return receipt::read(ask(number, name, document).body).value();
  }

  const log::NoteKey& key() const { return registry_.store->log_key(); }
  // Each of them alone is enough to check a receipt with.
  std::vector<log::NoteKey> keys() const {
    std::vector<log::NoteKey> all = {key()};
    if (const auto* second = registry_.store->second_log_key()) all.push_back(*second);
    return all;
  }

  Registry registry_{*GetParam()};
};

std::string_view name_of(crypto::SignatureScheme scheme) {
  return scheme == crypto::SignatureScheme::sm2 ? "sm2" : "ed25519";
}

std::string text_of(const Receipt& receipt) {
  std::string text;
  JsonWriter json(text);
  receipt::write(json, receipt);
  return text;
}

std::string verdict(const std::string& text, const log::NoteKey& key) {
  const auto proven = receipt::check(text, key);
  return proven ? "genuine" : proven.error().field;
}

TEST_P(ReceiptTest, ProvesWhatTheAnswerSays) {
  const Answer answer = ask(kNumber, kName, "");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(keys().size(), GetParam()->signs_with_sm2 ? 2U : 1U);
  for (const log::NoteKey& each : keys()) {
    EXPECT_TRUE(receipt::check(answer.body, each)) << name_of(each.scheme);
  }
  const auto proven = receipt::check(answer.body, key());
  ASSERT_TRUE(proven) << proven.error().field << ": " << proven.error().message.en;
  EXPECT_EQ(proven->checkpoint, registry_.store->published()->checkpoint);
  const Certificate& certificate = proven->certificate;
  EXPECT_EQ(certificate.status(), answer.text("/status"));
  EXPECT_EQ(certificate.facts.issued_on.text(), answer.text("/issued_on"));
  EXPECT_EQ(certificate.facts.occupation.text(), answer.text("/occupation/code"));
  EXPECT_EQ(certificate.facts.issuer.text(), answer.text("/issuer/credit_code"));
  EXPECT_EQ(certificate.secrets.number, kNumber);
  EXPECT_EQ(certificate.secrets.holder_name, kName);
}

TEST_P(ReceiptTest, IsDocumentedAndReadsBack) {
  const Answer document = registry_.get("/openapi.json");
  const Answer answer = ask(kCorrectedNumber, kNewName, kOtherDocument);
  const auto schema = document.json().at_pointer("/components/schemas/Verification").value();
  for (const std::string& fault : schema_faults(document.json(), schema, answer.json())) {
    ADD_FAILURE() << fault;
  }
  const Receipt receipt = receipt::read(answer.body).value();
  EXPECT_EQ(receipt::read(text_of(receipt)).value(), receipt);
}

TEST_P(ReceiptTest, ARevokedCertificatesReceiptSaysSo) {
  const auto proven = receipt::check(ask(kRevokedNumber, kName, "").body, key());
  ASSERT_TRUE(proven);
  EXPECT_EQ(proven->certificate.status(), "revoked");
  EXPECT_EQ(proven->certificate.history.back().on.text(), "2026-10-10");
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::logic_error(std::string(from) + " is not there");
  return text.replace(at, from.size(), to);
}

// Around a receipt that is genuine, each part of the answer altered.
TEST_P(ReceiptTest, AnAnswerThatSaysOtherwiseThanItsReceiptIsRefused) {
  const std::string revoked = ask(kRevokedNumber, kName, "").body;
  const std::string corrected = ask(kCorrectedNumber, kNewName, kOtherDocument).body;
  EXPECT_EQ(verdict(revoked, key()), "genuine");
  EXPECT_EQ(verdict(corrected, key()), "genuine");
  EXPECT_EQ(verdict(ask(kNumber, "", kDocument).body, key()), "genuine") << "without a name";
  const std::vector<std::pair<std::string, std::string>> edits = {
      {R"("result":"match")", R"("result":"no_match")"},
      {R"("status":"revoked")", R"("status":"valid")"},
      {R"("status":"revoked")", R"("status":null)"},
      {R"("status_history":[{"status":"issued")", R"("status_history":[{"status":"reissued")"},
      {R"("status_history":[{)", R"("status_history":[],"x":[{)"},
      {R"("level":")", R"("level":"1)"},
      {R"("level_name":")", R"("level_name":"高级)"},
      {R"("occupation":{"code":")", R"("occupation":{"code":"9)"},
      {R"("occupation":{)", R"("occupation":[],"x":{)"},
      {R"("issuer":{"credit_code":")", R"("issuer":{"credit_code":"9)"},
      {R"("issued_on":")", R"("issued_on":"1)"},
      {R"("holder":")", R"("holder":"王)"}};
  for (const auto& [from, to] : edits) {
    EXPECT_EQ(verdict(replaced(revoked, from, to), key()), "answer") << to;
  }
  const auto receipt_alone = text_of(receipt::read(revoked).value());
  EXPECT_EQ(verdict(R"({"receipt":)" + receipt_alone + "}", key()), "genuine") << "nothing is said";
}

// The error may be read on a terminal.
TEST_P(ReceiptTest, NoErrorRepeatsTheFile) {
  const std::string genuine = text_of(receipt_of(kNumber, kName, ""));
  const std::string escape = R"("\u001b[2K\u001b[1AProven":1,)";
  for (const std::string_view object : {R"({"chayan_receipt")", R"({"index")", R"({"salt")"}) {
    const std::string text =
        replaced(genuine, object, "{" + escape + std::string(object.substr(1)));
    const auto proven = receipt::check(text, key());
    ASSERT_FALSE(proven) << object;
    EXPECT_EQ(proven.error().field, "format");
    EXPECT_EQ(proven.error().message.en.find("Proven"), std::string::npos);
    EXPECT_FALSE(has_control_character(proven.error().message.en));
  }
}

// Opened is what the asker gave, entry by entry.
TEST_P(ReceiptTest, NeverOpensMoreThanTheAskerKnew) {
  const auto opened = [](const receipt::Statement& statement) {
    std::set<std::string> names;
    for (const auto& [name, field] : statement.opening.opened) names.insert(name);
    return names;
  };
  using Names = std::set<std::string>;
  const Names by_name = {"certificate_number", "holder_name"};
  const Names by_document = {"certificate_number", "document_number"};
  EXPECT_EQ(opened(receipt_of(kNumber, kName, "").statements[0]), by_name);
  EXPECT_EQ(opened(receipt_of(kNumber, "", kDocument).statements[0]), by_document);
  EXPECT_EQ(opened(receipt_of(kNumber, "", "31002X").statements[0]), Names{"certificate_number"});
  EXPECT_EQ(opened(receipt_of(kNumber, kName, "31002X").statements[0]), by_name);

  const Answer corrected = ask(kCorrectedNumber, kNewName, "");
  const Receipt receipt = receipt::read(corrected.body).value();
  ASSERT_EQ(receipt.statements.size(), 2U);
  EXPECT_EQ(opened(receipt.statements[0]), Names{"certificate_number"}) << "of the old name";
  EXPECT_EQ(opened(receipt.statements[1]), by_name);
  for (const std::string_view hidden : {kOtherName, kOtherDocument}) {
    EXPECT_EQ(corrected.body.find(hidden), std::string::npos);
  }
  const auto proven = receipt::check(receipt, key());
  ASSERT_TRUE(proven);
  EXPECT_EQ(proven->certificate.status(), "corrected");
  EXPECT_EQ(proven->certificate.secrets.holder_name, kNewName);
}

TEST_P(ReceiptTest, AskingForOneChangesNothingOfANoMatch) {
  const std::vector<std::pair<std::string_view, std::string_view>> questions = {
      {"S000031000001263999999", kName}, {kNumber, "测试丁"}, {kErasedNumber, kName}};
  const std::string plain = registry_.verify(kNumber, "测试丁", "").everything();
  for (const auto& [number, name] : questions) {
    EXPECT_EQ(ask(number, name, "").everything(), plain);
  }
  const Answer match = registry_.verify(kNumber, kName, "");
  EXPECT_EQ(match.text("/receipt"), "(absent)");
  EXPECT_EQ(registry_.post("/v1/verifications", R"({"certificate_number":"1","receipt":1})").status,
            400);
}

// A checkpoint leads to a receipt only where it covers the newest statement.
TEST_P(ReceiptTest, IsNullUntilItsNewestEntryIsPublished) {
  const index::Reader reader = registry_.store->reader();
  auto input = VerifyCertificate::read(kRevokedNumber, kName, std::nullopt).value();
  const Certificate certificate = reader.certificate(input.number).value().value();
  index::Published published = *registry_.store->published();
  EXPECT_TRUE(make_receipt(reader, &published, certificate, input).value());
  published.checkpoint.size = certificate.history.back().seq;  // covers its issue alone
  EXPECT_FALSE(make_receipt(reader, &published, certificate, input).value());
  EXPECT_FALSE(make_receipt(reader, nullptr, certificate, input).value());
  std::string answer;
  JsonWriter json(answer);
  input.wants_receipt = true;
  VerifyCertificate::Match match{
      certificate, reader.decide(certificate.facts.issuer, {}, {}).value(), {}};
  VerifyCertificate::write(json, Language::en, input, VerifyCertificate::Output(std::move(match)));
  EXPECT_TRUE(answer.ends_with(R"("receipt":null})")) << answer;
}

struct Forgery {
  std::string what;
  std::string text;
  std::set<std::string> reasons;  // any of these is right
};

// Every part of a receipt altered, one at a time.
class Forger {
 public:
  Forger(const Receipt& genuine, std::string name, const log::NoteKey& key)
      : genuine_(genuine), name_(std::move(name)), key_(key) {}

  std::vector<Forgery> make() {
    size_ = log::open_checkpoint(genuine_.checkpoint, key_).value().size;
    for (std::size_t i = 0; i < genuine_.statements.size(); ++i) {
      forge_place(i);
      forge_entry(i);
      forge_path(i);
      forge_fields(i);
    }
    forge_statements();
    forge_checkpoint();
    forge_text();
    return std::move(made_);
  }

 private:
  using Edit = std::function<void(Receipt&)>;
  void add(const std::string& what, std::set<std::string> reasons, const Edit& edit) {
    Receipt forged = genuine_;
    edit(forged);
    made_.push_back({name_ + ": " + what, text_of(forged), std::move(reasons)});
  }
  void add_text(const std::string& what, std::string text, std::set<std::string> reasons) {
    made_.push_back({name_ + ": " + what, std::move(text), std::move(reasons)});
  }

  void forge_place(std::size_t i) {
    const std::uint64_t index = genuine_.statements[i].index;
    for (const std::uint64_t other : {index + 1, index - 1, index / 2, size_, size_ + 7}) {
      add("index " + std::to_string(other), {other < size_ ? "path" : "size"},
          [&](Receipt& r) { r.statements[i].index = other; });
    }
  }

  void forge_entry(std::size_t i) {
    const std::string& entry = genuine_.statements[i].entry;
    for (std::size_t at = 0; at < entry.size(); at += 3) {
      if (static_cast<unsigned char>(entry[at]) >= 0x80) continue;  // would be no UTF-8
      add("entry byte " + std::to_string(at), {"path"},
          [&](Receipt& r) { r.statements[i].entry[at] ^= 1; });
    }
    add("entry cut", {"path"}, [&](Receipt& r) { r.statements[i].entry.pop_back(); });
    add("entry longer", {"path"}, [&](Receipt& r) { r.statements[i].entry += ' '; });
  }

  void forge_path(std::size_t i) {
    const std::size_t steps = genuine_.statements[i].inclusion.size();
    for (std::size_t step = 0; step < steps; ++step) {
      for (const std::size_t byte : {0U, 13U, 31U}) {
        add("path step", {"path"},
            [&](Receipt& r) { r.statements[i].inclusion[step][byte] ^= 0x10; });
      }
      add("path without a step", {"path"}, [&](Receipt& r) {
        auto& path = r.statements[i].inclusion;
        path.erase(path.begin() + static_cast<std::ptrdiff_t>(step));
      });
      if (step > 0) {
        add("path steps exchanged", {"path"}, [&](Receipt& r) {
          std::swap(r.statements[i].inclusion[step - 1], r.statements[i].inclusion[step]);
        });
      }
    }
    add("path longer", {"path"}, [&](Receipt& r) { r.statements[i].inclusion.push_back(Hash{1}); });
    add("no path", {"path"}, [&](Receipt& r) { r.statements[i].inclusion.clear(); });
  }

  void forge_fields(std::size_t i) {
    for (const auto& genuine : genuine_.statements[i].opening.opened) {
      const std::string& name = genuine.first;
      const auto of = [&](Receipt& r) -> log::OpenedField& {
        return r.statements[i].opening.opened.at(name);
      };
      add(name + " value", {"fields"}, [&](Receipt& r) { of(r).value.back() ^= 1; });
      add(name + " longer", {"fields"}, [&](Receipt& r) { of(r).value += "0"; });
      add(name + " empty", {"fields"}, [&](Receipt& r) { of(r).value.clear(); });
      for (std::size_t byte = 0; byte < 32; byte += 5) {
        add(name + " salt", {"fields"}, [&](Receipt& r) { of(r).salt[byte] ^= 1; });
      }
      add(name + " left out", {"fields"},
          [&](Receipt& r) { r.statements[i].opening.opened.erase(name); });
      add(name + " renamed", {"fields"}, [&](Receipt& r) {
        auto& opened = r.statements[i].opening.opened;
        auto node = opened.extract(name);
        node.key() = name + "_";
        opened.insert(std::move(node));
      });
    }
    forge_digests(i);
    if (!genuine_.statements[i].commits()) {
      add("a field that nothing commits to", {"fields"}, [&](Receipt& r) {
        r.statements[i].opening.opened["holder_name"] = {"测试丁", Hash{}};
      });
    }
  }

  void forge_digests(std::size_t i) {
    const std::size_t count = genuine_.statements[i].opening.closed.size();
    for (std::size_t d = 0; d < count; ++d) {
      for (std::size_t byte = 0; byte < 32; byte += 5) {
        add("digest", {"fields"}, [&](Receipt& r) {
          auto& closed = r.statements[i].opening.closed;
          closed[d][byte] ^= 1;
          std::sort(closed.begin(), closed.end());
        });
      }
      add("digest left out", {"fields"}, [&](Receipt& r) {
        auto& closed = r.statements[i].opening.closed;
        closed.erase(closed.begin() + static_cast<std::ptrdiff_t>(d));
      });
      add("digest twice", {"fields"}, [&](Receipt& r) {
        auto& closed = r.statements[i].opening.closed;
        closed.insert(closed.begin() + static_cast<std::ptrdiff_t>(d), closed[d]);
      });
    }
    if (count < 2) return;
    add("digests out of order", {"format"}, [&](Receipt& r) {
      auto& closed = r.statements[i].opening.closed;
      std::swap(closed.front(), closed.back());
    });
  }

  void forge_statements() {
    add("a statement twice", {"statements"},
        [&](Receipt& r) { r.statements.push_back(r.statements.back()); });
    add("none", {"format"}, [&](Receipt& r) { r.statements.clear(); });
    if (genuine_.statements.size() < 2) return;
    add("without its issue", {"statements"},
        [&](Receipt& r) { r.statements.erase(r.statements.begin()); });
    add("in another order", {"statements"},
        [&](Receipt& r) { std::swap(r.statements[0], r.statements[1]); });
  }

  void forge_checkpoint() {
    const std::string& note = genuine_.checkpoint;
    const std::size_t origin_end = note.find('\n');
    const std::size_t text_end = note.find("\n\n") + 1;
    for (std::size_t at = 0; at < text_end; ++at) {
      if (at > origin_end + 12 && at % 4 != 0) continue;  // the root's digits: a part of them
      add("checkpoint byte " + std::to_string(at), {at <= origin_end ? "origin" : "signature"},
          [&](Receipt& r) { r.checkpoint[at] ^= 1; });
    }
    const auto line = signature_line();
    for (std::size_t at = line.first; at < line.second; at += 2) {
      if (static_cast<unsigned char>(note[at]) >= 0x80) continue;
      add("signature byte " + std::to_string(at), {"signature"},
          [&](Receipt& r) { r.checkpoint[at] = r.checkpoint[at] == 'A' ? 'B' : 'A'; });
    }
    add("no signature", {"signature"}, [&](Receipt& r) { r.checkpoint.resize(text_end + 1); });
    add("without this key's signature", {"signature"},
        [&](Receipt& r) { r.checkpoint.erase(line.first, line.second + 1 - line.first); });
    add("no checkpoint", {"origin"}, [](Receipt& r) { r.checkpoint.clear(); });
    forge_signer();
  }

  // Where the key's own line begins and ends: a log of the gm suite signs twice, and what the other
  // key says is not looked at.
  std::pair<std::size_t, std::size_t> signature_line() const {
    const std::string& note = genuine_.checkpoint;
    const std::string text = note.substr(0, note.find("\n\n") + 2);
    for (std::size_t begin = text.size(); begin < note.size();) {
      const std::size_t end = note.find('\n', begin);
      if (log::open_note(text + note.substr(begin, end + 1 - begin), key_)) return {begin, end};
      begin = end + 1;
    }
    throw std::logic_error("no signature of this key");
  }

  // Signed well, by somebody else.
  void forge_signer() {
    const log::Checkpoint checkpoint = log::open_checkpoint(genuine_.checkpoint, key_).value();
    const auto sign = [&](const log::Checkpoint& what, std::uint8_t secret) {
      std::vector<log::NoteSigner> signers;
      signers.emplace_back(what.origin, crypto::SigningKey(key_.scheme, Hash{secret}));
      return log::sign_note(log::checkpoint_text(what), signers);
    };
    log::Checkpoint other = checkpoint;
    other.origin = "example.org/other";
    add("another log's checkpoint", {"origin"}, [&](Receipt& r) { r.checkpoint = sign(other, 1); });
    add("another key's signature", {"signature"},
        [&](Receipt& r) { r.checkpoint = sign(checkpoint, 2); });
    other = checkpoint;
    other.size = 1;
    add("another size, another key", {"signature"},
        [&](Receipt& r) { r.checkpoint = sign(other, 3); });
  }

  void forge_text() {
    const std::string text = text_of(genuine_);
    add_text("cut", text.substr(0, text.size() - 1), {"format"});
    add_text("empty", "", {"format"});
    add_text("another version", replaced(text, "\"chayan_receipt\":1", "\"chayan_receipt\":2"),
             {"format"});
    add_text("another member", replaced(text, "{", "{\"valid\":true,"), {"format"});
    add_text("a member twice", replaced(text, "{", "{\"chayan_receipt\":1,"), {"format"});
    for (const char* member : {"chayan_receipt", "statements", "checkpoint", "index", "entry"}) {
      const std::string quoted = "\"" + std::string(member) + "\"";
      add_text(std::string("without ") + member, replaced(text, quoted, "\"other\""), {"format"});
    }
  }

  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  }

  const Receipt genuine_;
  const std::string name_;
  const log::NoteKey& key_;
  std::uint64_t size_ = 0;
  std::vector<Forgery> made_;
};

TEST_P(ReceiptTest, ForgedReceiptsAreRefusedForTheRightReason) {
  const std::vector<std::pair<std::string, Receipt>> genuine = {
      {"valid", receipt_of(kNumber, kName, kDocument)},
      {"revoked", receipt_of(kRevokedNumber, "", kDocument)},
      {"corrected", receipt_of(kCorrectedNumber, kNewName, "")}};
  for (const log::NoteKey& each : keys()) {
    std::map<std::string, std::size_t> refused;
    std::size_t count = 0;
    for (const auto& [name, receipt] : genuine) {
      ASSERT_EQ(verdict(text_of(receipt), each), "genuine");
      for (const Forgery& forgery : Forger(receipt, name, each).make()) {
        const std::string found = verdict(forgery.text, each);
        EXPECT_TRUE(forgery.reasons.contains(found)) << forgery.what << ": " << found;
        ++refused[found];
        ++count;
      }
    }
    EXPECT_GE(count, 500U);
    std::cout << name_of(each.scheme) << ": " << count << " forgeries refused:";
    for (const auto& [reason, times] : refused) std::cout << ' ' << reason << ' ' << times;
    std::cout << '\n';
  }
}

// Any byte changed at random: refused, unless it still says the very same.
TEST_P(ReceiptTest, ReceiptsWithRandomChangesAreRefused) {
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::cout << "seed " << seed << '\n';
  std::mt19937 random(seed);
  const std::set<std::string> reasons = {"format", "origin", "signature", "size",
                                         "path",   "entry",  "fields",    "statements"};
  const Receipt genuine = receipt_of(kCorrectedNumber, kNewName, kOtherDocument);
  const std::string text = text_of(genuine);
  for (int i = 0; i < 2000; ++i) {
    std::string forged = text;
    const std::size_t at = random() % forged.size();
    switch (random() % 3) {
      case 0:
        forged[at] = static_cast<char>(forged[at] ^ (1 << (random() % 8)));
        break;
      case 1:
        forged.erase(at, 1 + random() % 40);
        break;
      default:
        forged.insert(at, 1, static_cast<char>(random()));
    }
    const auto read = receipt::read(forged);
    if (read && *read == genuine) continue;
    bool refused = false;
    for (const log::NoteKey& each : keys()) {
      const std::string found = verdict(forged, each);
      if (found == "genuine" && keys().size() > 1) continue;  // the other key's line is not its
      refused = true;
      ASSERT_TRUE(reasons.contains(found)) << found << " at " << at << ": " << forged;
    }
    ASSERT_TRUE(refused) << "by no key, at " << at << ": " << forged;
  }
}

// Statements that are in the log, each of them, and do not belong together.
TEST_P(ReceiptTest, GenuineStatementsThatDoNotBelongTogetherAreRefused) {
  const Receipt valid = receipt_of(kNumber, kName, "");
  const Receipt revoked = receipt_of(kRevokedNumber, kName, "");
  Receipt mixed = valid;
  mixed.statements.push_back(revoked.statements[1]);
  EXPECT_EQ(verdict(text_of(mixed), key()), "statements") << "another one's revocation";
  mixed = valid;
  mixed.statements.push_back(revoked.statements[0]);
  EXPECT_EQ(verdict(text_of(mixed), key()), "statements") << "two issues";

  const index::Reader reader = registry_.store->reader();
  const auto size = registry_.store->published()->checkpoint.size;
  receipt::Statement occupation{
      0, reader.entry(0).value().value(), reader.prove_inclusion(0, size).value(), {}};
  mixed = valid;
  mixed.statements.insert(mixed.statements.begin(), occupation);
  EXPECT_EQ(verdict(text_of(mixed), key()), "statements") << "not about a certificate";

  Receipt closed = valid;
  auto& opening = closed.statements[0].opening;
  opening.opened.erase("certificate_number");
  EXPECT_EQ(verdict(text_of(closed), key()), "fields");
}

INSTANTIATE_TEST_SUITE_P(Suites, ReceiptTest, ::testing::Values(&crypto::kIntl, &crypto::kGm),
                         [](const auto& suite) { return std::string(suite.param->name); });

// What a log's own key signs can still be no entry of ours.
TEST(Receipt, WhatIsInTheLogMayBeNoEntry) {
  std::vector<log::NoteSigner> signers;
  signers.emplace_back("example.org/junk",
                       crypto::SigningKey(crypto::SignatureScheme::ed25519, Hash{9}));
  const std::string erased =
      log::encode_entry({0, "2026-11-24T04:00:00Z", "certificate.erased", "centre:import"},
                        R"({"of":0,"on":"2026-11-24"})")
          .value();
  const std::vector<std::pair<std::string, std::string>> entries = {
      {"no JSON", "entry"}, {"{}", "entry"}, {erased, "statements"}};
  for (const auto& [entry, reason] : entries) {
    log::Frontier tree;
    tree.append(log::leaf_hash(entry));
    Receipt receipt;
    receipt.statements.push_back({0, entry, {}, {}});
    receipt.checkpoint =
        log::sign_note(log::checkpoint_text({"example.org/junk", 1, tree.root()}), signers);
    EXPECT_EQ(verdict(text_of(receipt), signers[0].key()), reason) << entry;
  }
}

}  // namespace
}  // namespace chayan::api::testing
