#include "receipt/answer.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/json_reader.h"
#include "base/text.h"

namespace chayan::receipt {
namespace {

// Member by member; one that is not there says nothing.
class Comparison {
 public:
  Comparison(JsonObject& answer, const Certificate& proven) : answer_(answer), proven_(proven) {}

  // The first member that contradicts.
  std::optional<std::string> run() {
    const CertificateFacts& facts = proven_.facts;
    expect("result", "match");
    expect("status", proven_.status());
    expect("level", code(facts.level));
    expect("level_name", name_zh(facts.level));
    expect("issued_on", facts.issued_on.text());
    if (!proven_.secrets.holder_name.empty()) {
      expect("holder", mask_name(proven_.secrets.holder_name));
    }
    judge("occupation", [&] { return same_occupation(); });
    judge("issuer", [&] { return same_issuer(); });
    judge("status_history", [&] { return same_history(); });
    return wrong_;
  }

 private:
  template <typename Same>
  void judge(std::string_view member, Same same) {
    if (!wrong_ && answer_.has(member) && !same()) wrong_ = member;
  }

  void expect(std::string_view member, std::string_view proven) {
    judge(member, [&] { return answer_.string(member) == proven; });
  }

  bool same_occupation() {
    auto occupation = answer_.optional_object("occupation");
    return occupation && occupation->string("code") == proven_.facts.occupation.text() &&
           occupation->string("name") == proven_.facts.occupation_name &&
           occupation->optional_string("work_type").value_or("") == proven_.facts.work_type;
  }

  bool same_issuer() {
    auto issuer = answer_.optional_object("issuer");
    return issuer && issuer->string("credit_code") == proven_.facts.issuer.text();
  }

  bool same_history() {
    std::vector<JsonObject> said = answer_.objects("status_history");
    const auto same = [](JsonObject& one, const CertificateStatusChange& change) {
      return one.string("status") == code(change.kind) && one.string("on") == change.on.text() &&
             one.integer("seq") == static_cast<std::int64_t>(change.seq);
    };
    return std::equal(said.begin(), said.end(), proven_.history.begin(), proven_.history.end(),
                      same);
  }

  JsonObject& answer_;
  const Certificate& proven_;
  std::optional<std::string> wrong_;
};

}  // namespace

Result<void> check_answer(std::string_view text, const Certificate& proven) {
  JsonParser parser;
  auto answer = parser.parse_object(text);
  if (!answer) return answer.error();
  if (answer->has("chayan_receipt")) return {};
  const auto wrong = Comparison(*answer, proven).run();
  if (!wrong) return {};
  return invalid("answer",
                 "The receipt is genuine, but the answer around it was altered: its member " +
                     *wrong + " does not say what the receipt proves.",
                 "凭据本身属实，但其外的答复被改动：" + *wrong + " 与凭据所证明的不符。");
}

}  // namespace chayan::receipt
