// Import lines and entry bodies: golden bytes, round trips, and what is refused under which field.
#include "domain/change.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "tests/domain/fixtures.h"

namespace chayan {
namespace {

using namespace test;

Result<Change> read_line(std::string_view text) {
  thread_local JsonParser parser;
  JsonObject object = parser.parse_object(text).value();
  return read_change(object);
}

Change change_of(std::string_view text) {
  const auto change = read_line(text);
  EXPECT_TRUE(change) << text << " " << change.error().field << change.error().message.en;
  return change.value();
}

std::string refused_field(std::string_view text) {
  const auto change = read_line(text);
  if (change) return "accepted";
  EXPECT_FALSE(change.error().message.en.empty());
  EXPECT_FALSE(change.error().message.zh.empty());
  return change.error().field;
}

std::string body_of(const ChangeBody& body) {
  std::string out;
  JsonWriter json(out, JsonWriter::Order::canonical);
  write_body(json, body);
  return out;
}

Result<ChangeBody> read_back(std::string_view kind, std::string_view body) {
  thread_local JsonParser parser;
  JsonObject object = parser.parse_object(body).value();
  return read_body(kind, object);
}

// One line of each kind, in canonical spelling, with the body that it makes.
struct Sample {
  std::string_view kind;
  std::string_view line;
  std::string_view body;
};

constexpr std::string_view kIssuedMembers =
    R"("issued_on":"2026-08-01","issuer":"913100000000001820","item":"foreign/1/1","level":"3","occupation":"4-10-01-05","occupation_name":"养老护理员")";

const Sample
    kSamples
        [] =
            {
                {"occupation.put",
                 R"({"kind":"occupation.put","code":"4-10-01-06","name":"家政服务员","name_en":"Domestic worker","work_types":["家庭照护员"],"source":"大典"})",
                 R"({"code":"4-10-01-06","name":"家政服务员","name_en":"Domestic worker","source":"大典","work_types":["家庭照护员"]})"},
                {"catalog.put",
                 R"({"kind":"catalog.put","id":"foreign/1/5","document":"测试1号","country":"英国","awarding_body":"测试学会","awarding_body_en":"Test Society","awarding_body_abbreviation":"TS","certificate":"四级证书","certificate_en":"Level 4","standard":"ST0","occupation":"6-23-03-06","occupation_name":"航空附件装配工","work_type":"航空附件修理","level":"技师（二级）","effective_from":"20260101","withdrawn_on":"2027-01-01"})",
                 R"({"awarding_body":"测试学会","awarding_body_abbreviation":"TS","awarding_body_en":"Test Society","certificate":"四级证书","certificate_en":"Level 4","country":"英国","document":"测试1号","effective_from":"2026-01-01","id":"foreign/1/5","level":"2","occupation":"6-23-03-06","occupation_name":"航空附件装配工","standard":"ST0","withdrawn_on":"2027-01-01","work_type":"航空附件修理"})"},
                {"calendar.put",
                 R"({"kind":"calendar.put","year":2026,"days_off":["20260102","2026-01-01"],"extra_working_days":["2026-01-04"],"source":"通知"})",
                 R"({"days_off":["2026-01-01","2026-01-02"],"extra_working_days":["2026-01-04"],"source":"通知","year":2026})"},
                {"institution.put",
                 R"({"kind":"institution.put","credit_code":"913100000000001820","name":"测试评价中心","institution_kind":"社会团体","region":"310115","address":"测试路1号","registration_authority":"测试局","national_filing_number":"R1","service_phone":"021-0","supervision_phone":"021-1","service_address":"测试路2号","service_email":"a@example.cn","website":"https://example.cn"})",
                 R"({"address":"测试路1号","credit_code":"913100000000001820","institution_kind":"social_organisation","name":"测试评价中心","national_filing_number":"R1","region":"310115","registration_authority":"测试局","service_address":"测试路2号","service_email":"a@example.cn","service_phone":"021-0","supervision_phone":"021-1","website":"https://example.cn"})"},
                {"filing.submitted",
                 R"({"kind":"filing.submitted","filing":"SQ1","institution":"913100000000001820","on":"2026-06-25","scope":[{"occupation":"4-10-01-06","occupation_name":"家政服务员","work_type":"家庭照护员","level":3},{"item":"dual/1/2"}]})", R"({"filing":"SQ1","institution":"913100000000001820","on":"2026-06-25","scope":[{"level":"3","occupation":"4-10-01-06","occupation_name":"家政服务员","work_type":"家庭照护员"},{"item":"dual/1/2"}]})"},
                {"filing.notice_opened",
                 R"({"kind":"filing.notice_opened","filing":"SQ1","institution":"913100000000001820","on":"2026-06-30","notice_working_days":5})",
                 R"({"filing":"SQ1","institution":"913100000000001820","notice_start":"excluded","notice_working_days":5,"on":"2026-06-30"})"},
                {"filing.filed",
                 R"({"kind":"filing.filed","filing":"SQ1","institution":"913100000000001820","on":"2026-07-08","receipt":"HZ1","valid_from":"20260708","valid_to":"20290708"})",
                 R"({"filing":"SQ1","institution":"913100000000001820","on":"2026-07-08","receipt":"HZ1","valid_from":"2026-07-08","valid_to":"2029-07-08"})"},
                {"filing.suspended",
                 R"({"kind":"filing.suspended","filing":"SQ1","institution":"913100000000001820","on":"2026-09-01","reason":"超范围评价"})",
                 R"({"filing":"SQ1","institution":"913100000000001820","on":"2026-09-01","reason":"超范围评价"})"},
                {"certificate.issued",
                 R"({"kind":"certificate.issued","issuer":"913100000000001820","item":"foreign/1/1","occupation":"4-10-01-05","occupation_name":"养老护理员","level":"三级","issued_on":"2026-08-01","certificate_number":"s000031000001263000001","holder_name":" 测试甲 ","document_type":"passport","document_number":"e1234567","original_certificate":"TEST-1"})",
                 R"({"issued_on":"2026-08-01","issuer":"913100000000001820","item":"foreign/1/1","level":"3","occupation":"4-10-01-05","occupation_name":"养老护理员"})"},
                {"certificate.revoked",
                 R"({"kind":"certificate.revoked","certificate_number":"S000031000001263000001","on":"2026-09-01","reason":"测试"})",
                 R"({"of":0,"on":"2026-09-01","reason":"测试"})"},
};

TEST(Change, BodiesAreGoldenAndReadBack) {
  for (const Sample& sample : kSamples) {
    const Change change = change_of(sample.line);
    EXPECT_EQ(kind(change.body), sample.kind);
    EXPECT_EQ(body_of(change.body), sample.body);
    const auto read = read_back(sample.kind, sample.body);
    ASSERT_TRUE(read) << sample.kind;
    EXPECT_EQ(*read, change.body) << sample.kind;
  }
}

TEST(Change, LinesRoundTrip) {
  for (const Sample& sample : kSamples) {
    const Change change = change_of(sample.line);
    std::string line;
    JsonWriter json(line);
    write_change(json, change);
    EXPECT_EQ(change_of(line), change) << line;
  }
}

TEST(Change, EveryMemberOfABodyIsGuarded) {
  for (const Sample& sample : kSamples) {
    std::string line(sample.line);
    line.insert(1, R"("surprise":1,)");
    EXPECT_EQ(refused_field(line), "surprise") << sample.kind;
    std::string body(sample.body);
    body.insert(1, R"("surprise":1,)");
    const auto read = read_back(sample.kind, body);
    ASSERT_FALSE(read) << sample.kind;
    EXPECT_EQ(read.error().field, "surprise");
    body = sample.body;
    body.insert(1, R"("alg":"sha256","commitment":"00",)");
    EXPECT_TRUE(read_back(sample.kind, body)) << sample.kind;
  }
}

TEST(Change, SecretsStandApartFromTheBody) {
  const Change issued = change_of(kSamples[8].line);
  EXPECT_EQ(issued.secrets, (PrivateFields{{"certificate_number", "S000031000001263000001"},
                                           {"document_number", "E1234567"},
                                           {"document_type", "passport"},
                                           {"holder_name", "测试甲"},
                                           {"original_certificate", "TEST-1"}}));
  EXPECT_EQ(change_of(kSamples[9].line).secrets,
            (PrivateFields{{"certificate_number", "S000031000001263000001"}}));
  const Change institution = change_of(
      R"({"kind":"institution.put","credit_code":"913100000000001820","name":"测试","institution_kind":"other","head":"测试乙","head_phone":"0","remarks":""})");
  EXPECT_EQ(institution.secrets, (PrivateFields{{"head", "测试乙"}, {"head_phone", "0"}}));
  EXPECT_EQ(body_of(institution.body).find("测试乙"), std::string::npos);
}

TEST(PrivateFields, AreAllThatAPayloadCanHold) {
  EXPECT_TRUE(std::is_sorted(kPrivateFields.begin(), kPrivateFields.end()));
  EXPECT_EQ(std::set<std::string_view>(kPrivateFields.begin(), kPrivateFields.end()).size(), 17U);
  // A line that gives every private member which its kind takes, found out by trying all of them.
  std::set<std::string> taken;
  for (const Sample& sample : kSamples) {
    for (const std::string_view name : kPrivateFields) {
      std::string line(sample.line);
      if (line.find('"' + std::string(name) + '"') == std::string::npos) {
        line.insert(1, '"' + std::string(name) + R"(":"passport",)");
      }
      const auto change = read_line(line);
      if (!change) continue;
      for (const auto& [secret, value] : change->secrets) {
        taken.insert(secret);
        EXPECT_TRUE(std::binary_search(kPrivateFields.begin(), kPrivateFields.end(), secret))
            << secret << " is a private field that is not in the list";
        EXPECT_EQ(body_of(change->body).find('"' + secret + '"'), std::string::npos)
            << secret << " stands in the public body";
      }
    }
  }
  EXPECT_EQ(taken, std::set<std::string>(kPrivateFields.begin(), kPrivateFields.end()));
}

TEST(Change, SecretsConvertBothWays) {
  const CertificateSecrets secrets{
      "S000031000001263000001", "Anna Testperson", {DocumentType::passport, "E1234567"}, ""};
  const PrivateFields fields = to_private_fields(secrets);
  EXPECT_EQ(fields.count("original_certificate"), 0u);
  EXPECT_EQ(certificate_secrets(fields).value(), secrets);
  PrivateFields unknown = fields;
  unknown["phone"] = "0";
  EXPECT_EQ(certificate_secrets(unknown).error().field, "phone");
  for (const auto& [name, value] : fields) {
    PrivateFields without = fields;
    without.erase(name);
    EXPECT_EQ(certificate_secrets(without).error().field, name);
  }
}

TEST(Change, AnItemAloneLeavesTheRestToTheIndex) {
  const Change issued = change_of(
      R"({"kind":"certificate.issued","issuer":"913100000000001820","item":"foreign/1/1","issued_on":"2026-08-01","certificate_number":"T-1","holder_name":"测试甲","document_type":"passport","document_number":"E1234567"})");
  const auto& facts = std::get<CertificateFacts>(issued.body);
  EXPECT_EQ(facts.item, item_id("foreign/1/1"));
  EXPECT_EQ(facts.occupation.text(), "");
  EXPECT_EQ(body_of(issued.body),
            R"({"issued_on":"2026-08-01","issuer":"913100000000001820","item":"foreign/1/1"})");
}

std::string submitted_with(std::string_view scope) {
  return R"({"kind":"filing.submitted","filing":"SQ1","institution":"913100000000001820","on":"2026-06-25","scope":)" +
         std::string(scope) + "}";
}

TEST(Change, NamesTheScopeLineThatIsWrong) {
  EXPECT_EQ(refused_field(submitted_with(R"([{"item":"foreign/1/1"},{}])")), "scope[1].occupation");
  EXPECT_EQ(refused_field(submitted_with(R"([{"item":"foreign/1/1","level":"3"}])")),
            "scope[0].occupation");
  EXPECT_EQ(refused_field(submitted_with(R"([{"occupation":"4-10-01-05"}])")), "scope[0].level");
  EXPECT_EQ(refused_field(submitted_with(R"([{"occupation":"4-10-01-05","level":"9"}])")),
            "scope[0].level");
  EXPECT_EQ(refused_field(submitted_with(R"([{"item":"foreign/1/1","x":1}])")), "scope[0].x");
  EXPECT_EQ(refused_field(submitted_with(R"([{"item":"foreign/1"}])")), "scope[0].item");
  EXPECT_EQ(refused_field(submitted_with(R"(["foreign/1/1"])")), "scope");
  std::string many = "[";
  for (std::size_t i = 0; i <= limits::kScopeLinesMax; ++i) {
    many += R"({"item":"foreign/1/)" + std::to_string(i + 1) + R"("},)";
  }
  many.back() = ']';
  EXPECT_EQ(refused_field(submitted_with(many)), "scope");
}

std::string corrected_with(std::string_view members) {
  return R"({"kind":"certificate.corrected","certificate_number":"T-1","on":"2026-09-01","reason":"更正")" +
         std::string(members) + "}";
}

TEST(Change, ACorrectionCarriesWhatIsNew) {
  EXPECT_EQ(change_of(corrected_with("")).secrets, (PrivateFields{{"certificate_number", "T-1"}}));

  const std::string facts = ",\"facts\":{" + std::string(kIssuedMembers) + "}";
  const Change with_facts = change_of(corrected_with(facts));
  const auto& event = std::get<CertificateEvent>(with_facts.body);
  ASSERT_TRUE(event.facts);
  EXPECT_EQ(event.facts->issued_on, day("2026-08-01"));
  EXPECT_EQ(body_of(with_facts.body), "{\"facts\":{" + std::string(kIssuedMembers) +
                                          R"(},"of":0,"on":"2026-09-01","reason":"更正"})");

  const std::string holder =
      R"(,"holder_name":"测试丙","document_type":"passport","document_number":"E7654321")";
  EXPECT_EQ(change_of(corrected_with(holder)).secrets.at("holder_name"), "测试丙");
  const Change whole = change_of(corrected_with(facts + holder));
  std::string line;
  JsonWriter json(line);
  write_change(json, whole);
  EXPECT_EQ(change_of(line), whole);
}

TEST(Change, ACorrectionOfTheHolderIsComplete) {
  EXPECT_EQ(refused_field(corrected_with(R"(,"holder_name":"测试丙")")), "document_type");
  EXPECT_EQ(
      refused_field(corrected_with(R"(,"document_type":"passport","document_number":"E7654321")")),
      "holder_name");
  EXPECT_EQ(refused_field(corrected_with(R"(,"facts":{"issuer":"913100000000001820"})")),
            "facts.issued_on");
  EXPECT_EQ(
      refused_field(corrected_with(",\"facts\":{\"x\":1," + std::string(kIssuedMembers) + "}")),
      "facts.x");
}

TEST(Change, OnlyACorrectionCarriesFactsAndHolders) {
  for (const std::string_view kind : {"reissued", "revoked", "cancelled", "erased"}) {
    const std::string head = R"({"kind":"certificate.)" + std::string(kind) +
                             R"(","certificate_number":"T-1","on":"2026-09-01")";
    EXPECT_EQ(refused_field(head + "}"), "accepted");
    EXPECT_EQ(refused_field(head + R"(,"holder_name":"测试丙"})"), "holder_name");
    EXPECT_EQ(refused_field(head + R"(,"facts":{}})"), "facts");
  }
}

TEST(Change, AnEntryNamesItsCertificateByNumberOfTheEntry) {
  EXPECT_EQ(
      refused_field(
          R"({"kind":"certificate.revoked","certificate_number":"T-1","of":7,"on":"2026-09-01"})"),
      "of");
  EXPECT_EQ(refused_field(R"({"kind":"certificate.revoked","on":"2026-09-01"})"),
            "certificate_number");
  const auto event = read_back("certificate.revoked", R"({"of":7,"on":"2026-09-01"})");
  EXPECT_EQ(std::get<CertificateEvent>(event.value()).of, 7u);
  EXPECT_EQ(read_back("certificate.revoked", R"({"on":"2026-09-01"})").error().field, "of");
  EXPECT_EQ(read_back("certificate.revoked", R"({"of":-1,"on":"2026-09-01"})").error().field, "of");
}

TEST(Change, ChecksTheActor) {
  const auto with_actor = [](std::string_view actor) {
    return R"({"kind":"calendar.put","actor":")" + std::string(actor) + R"(","year":2026})";
  };
  EXPECT_EQ(change_of(with_actor("centre:import-2.a_B")).actor, "centre:import-2.a_B");
  EXPECT_EQ(change_of(R"({"kind":"calendar.put","year":2026})").actor, "centre:import");
  EXPECT_EQ(refused_field(with_actor("a:" + std::string(64, 'x'))), "accepted");
  for (const std::string& actor :
       {std::string(""), std::string("centre"), std::string(":x"), std::string("centre:"),
        std::string("Centre:x"), std::string("c1:x"), std::string("c:x y"), std::string("c:中"),
        std::string("c:x:y"), "a:" + std::string(65, 'x')}) {
    EXPECT_EQ(refused_field(with_actor(actor)), "actor") << actor;
  }
}

TEST(Change, RefusesKindsThatAreNone) {
  for (const std::string_view kind :
       {"", "x", "occupation", "occupation.put ", "filing.", "filing.erased", "certificate.put",
        "certificate.", "institution.deleted"}) {
    EXPECT_EQ(refused_field(R"({"kind":")" + std::string(kind) + "\"}"), "kind") << kind;
  }
  EXPECT_EQ(refused_field("{}"), "kind");
}

TEST(Change, EveryKindOfEventHasItsCode) {
  for (int i = 1; i <= 13; ++i) {
    const auto kind = static_cast<FilingEventKind>(i);
    EXPECT_EQ(filing_event_kind_from_code(code(kind)), kind);
  }
  for (int i = 1; i <= 6; ++i) {
    const auto kind = static_cast<CertificateEventKind>(i);
    EXPECT_EQ(certificate_event_kind_from_code(code(kind)), kind);
  }
  for (int i = 1; i <= 8; ++i) {
    const auto kind = static_cast<InstitutionKind>(i);
    EXPECT_EQ(parse_institution_kind(code(kind)).value(), kind);
    EXPECT_EQ(parse_institution_kind(name_zh(kind)).value(), kind);
  }
  EXPECT_EQ(parse_institution_kind("院校(中职)").value(), InstitutionKind::secondary_school);
  EXPECT_EQ(parse_institution_kind("政府").error().field, "kind");
}

std::string institution_with(std::string_view name, std::string_view value) {
  return R"({"kind":"institution.put","credit_code":"913100000000001820","institution_kind":"other",)"
         R"("name":")" +
         std::string(name) + R"(","address":")" + std::string(value) + R"("})";
}

TEST(Change, BoundsAndCleansTexts) {
  const std::string longest(limits::kNameBytesMax, 'a');
  EXPECT_EQ(refused_field(institution_with(longest, "x")), "accepted");
  EXPECT_EQ(refused_field(institution_with(longest + "a", "x")), "name");
  EXPECT_EQ(refused_field(institution_with("　 ", "x")), "name");
  EXPECT_EQ(refused_field(institution_with("a\\nb", "x")), "name");
  EXPECT_EQ(refused_field(institution_with("a", "x\\u0007")), "address");
  EXPECT_EQ(refused_field(institution_with("a", std::string(limits::kTextBytesMax + 1, 'x'))),
            "address");
  const Change change = change_of(institution_with(" 测试　 中心 ", ""));
  EXPECT_EQ(std::get<Institution>(change.body).name, "测试　 中心");
}

TEST(Change, StoresACreditCodeWhoseCheckFails) {
  const Change change = change_of(
      R"({"kind":"institution.put","credit_code":"91350211M0000XUF46","name":"测试","institution_kind":"other"})");
  EXPECT_FALSE(std::get<Institution>(change.body).credit_code.checks_hold());
}

TEST(Change, ChecksCalendars) {
  const auto calendar = [](std::string_view members) {
    return R"({"kind":"calendar.put","year":2026,)" + std::string(members) + "}";
  };
  EXPECT_EQ(refused_field(calendar(R"("days_off":["2027-01-01"])")), "days_off");
  EXPECT_EQ(refused_field(calendar(R"("days_off":["2026-01-01","20260101"])")), "days_off");
  EXPECT_EQ(refused_field(calendar(R"("extra_working_days":["2026-01-05"])")),
            "extra_working_days");  // a Monday
  EXPECT_EQ(
      refused_field(calendar(R"("days_off":["2026-01-04"],"extra_working_days":["2026-01-04"])")),
      "extra_working_days");
  EXPECT_EQ(refused_field(R"({"kind":"calendar.put","year":"2026"})"), "year");
  EXPECT_EQ(refused_field(R"({"kind":"calendar.put","year":99999999999})"), "year");
}

TEST(Change, DropsTheMarksOfOfficialOccupationNames) {
  const auto name = [](std::string_view given) {
    const Change change = change_of(R"({"kind":"occupation.put","code":"4-04-05-05S","name":")" +
                                    std::string(given) + "\"}");
    return std::get<Occupation>(change.body).name;
  };
  EXPECT_EQ(name("人工智能训练师 S"), "人工智能训练师");
  EXPECT_EQ(name("测试工L/S"), "测试工");
  EXPECT_EQ(name("Test WORKERS"), "Test WORKERS");
}

TEST(CatalogItemId, IsSpelledAsListBatchRow) {
  EXPECT_EQ(item_id("foreign/1/3"), (CatalogItemId{CatalogList::foreign, 1, 3}));
  EXPECT_EQ(item_id("dual/65535/1").text(), "dual/65535/1");
  EXPECT_LT(item_id("foreign/1/10"), item_id("dual/1/1"));
  EXPECT_LT(item_id("foreign/1/9"), item_id("foreign/1/10"));
  for (const std::string_view text :
       {"", "foreign", "foreign/1", "foreign/1/", "foreign//1", "foreign/0/1", "foreign/01/1",
        "foreign/1/65536", "foreign/1/1/1", "other/1/1", "foreign/1/-1", "foreign/1/ 1", "/1/1"}) {
    const auto id = CatalogItemId::parse(text);
    ASSERT_FALSE(id) << text;
    EXPECT_EQ(id.error().field, "item");
  }
}

TEST(CatalogItem, IsWithdrawnAfterItTookEffect) {
  std::string line(kSamples[1].line);
  line.replace(line.find("2027-01-01"), 10, "2026-01-01");
  EXPECT_EQ(refused_field(line), "withdrawn_on");
}

}  // namespace
}  // namespace chayan
