// Personal data is found nowhere: not in the data directory or beside it, not in the rows, not in
// what the process says or answers. Canaries are values that stand nowhere else; they are searched
// for as they are, in the forms they are compared in, in other encodings, and as unkeyed digests; so
// are the digests of whole submissions that hold them.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <rocksdb/db.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/text.h"
#include "domain/certificate_number.h"
#include "index/reader.h"
#include "tests/support/gb18030.h"
#include "tests/support/match_page.h"
#include "tests/support/registry.h"
#include "tests/system/cli.h"

namespace chayan::test {
namespace {

constexpr std::string_view kHolderZh = "鸑鷟测试金丝雀";
constexpr std::string_view kHolderEn = "Canaria Fringillid-Serinus";
constexpr std::string_view kNumberZh = "S000031999777263813579";
constexpr std::string_view kNumberEn = "CANARY-CERT-5509131";
constexpr std::string_view kPassport = "CANARYPASS77315";
constexpr std::string_view kContact = "测试联系雀鸲鹟";
constexpr std::string_view kContactPhone = "19955501234777";
constexpr std::string_view kInstitutionName = "上海示例金翅机构";  // public

std::string resident_id() {
  std::string digits = "99999919830405713";
  digits.push_back(*id_check_digit(digits));
  return digits;
}

// ---- what to search for

std::string digest(const char* algorithm, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  const EVP_MD* md = EVP_get_digestbyname(algorithm);
  if (md == nullptr ||
      EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, md, nullptr) != 1) {
    throw std::runtime_error(std::string("no digest ") + algorithm);
  }
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3), '\0');
  std::string in(bytes);
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                  reinterpret_cast<const unsigned char*>(in.data()), static_cast<int>(in.size()));
  return out;
}

std::string without_padding(std::string text) {
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) out += "%" + upper(to_hex(std::string_view(&c, 1)));
  return out;
}

std::string json_escaped(std::string_view utf8) {
  std::string out;
  const std::string units = to_encoding("UTF-16BE", utf8);
  for (std::size_t i = 0; i + 1 < units.size(); i += 2) {
    out += "\\u" + to_hex(std::string_view(units).substr(i, 2));
  }
  return out;
}

struct Needle {
  std::string what;
  std::string bytes;
};

void add_spellings(std::vector<Needle>& needles, const std::string& what, std::string_view bytes) {
  needles.push_back({what, std::string(bytes)});
  needles.push_back({what + " in hex", to_hex(bytes)});
  needles.push_back({what + " in HEX", upper(to_hex(bytes))});
  needles.push_back({what + " in base64", without_padding(base64(bytes))});
  needles.push_back({what + " in base64url", to_base64url(bytes)});
}

// Its beginning: so whole digests are found and shortened ones too, and in base64 what goes on.
void add_digests(std::vector<Needle>& needles, const std::string& what, std::string_view bytes) {
  for (const char* algorithm : {"SHA256", "MD5", "SM3"}) {
    add_spellings(needles, std::string(algorithm) + " of " + what,
                  digest(algorithm, bytes).substr(0, 15));
  }
}

std::vector<Needle> needles_of(const std::string& name, const std::string& value) {
  std::set<std::string> forms = {value, match_form(value), code_form(value)};
  std::string pinyin;
  for (const std::string& syllable : pinyin_syllables(value)) pinyin += syllable;
  forms.insert(pinyin);
  std::vector<Needle> needles;
  for (const std::string& form : forms) {
    const std::string what = name + " '" + form + "'";
    add_spellings(needles, what, form);
    needles.push_back({what + " in UTF-16LE", to_encoding("UTF-16LE", form)});
    needles.push_back({what + " in UTF-16BE", to_encoding("UTF-16BE", form)});
    needles.push_back({what + " in GB18030", to_gb18030(form)});
    needles.push_back({what + " in JSON escapes", json_escaped(form)});
    needles.push_back({what + " in percent escapes", percent_encoded(form)});
    add_digests(needles, what, form);
  }
  return needles;
}

// Files and bodies that hold canaries, and the keys that they are recorded under: whoever knows all
// but a few characters of one finds those out from its plain digest.
std::vector<std::pair<std::string, std::string>> submissions();

const std::vector<Needle>& needles() {
  static const std::vector<Needle> all = [] {
    std::vector<Needle> made;
    for (const auto& [name, value] : std::initializer_list<std::pair<std::string, std::string>>{
             {"holder", std::string(kHolderZh)},
             {"holder", std::string(kHolderEn)},
             {"certificate number", std::string(kNumberZh)},
             {"certificate number", std::string(kNumberEn)},
             {"document number", std::string(kPassport)},
             {"document number", resident_id()},
             {"contact", std::string(kContact)},
             {"contact's phone", std::string(kContactPhone)}}) {
      for (Needle& needle : needles_of(name, value)) made.push_back(std::move(needle));
    }
    for (const auto& [what, bytes] : submissions()) add_digests(made, what, bytes);
    return made;
  }();
  return all;
}

// What stands in `bytes`, each by its name.
std::vector<std::string> found_in(std::string_view bytes) {
  std::vector<std::string> found;
  for (const Needle& needle : needles()) {
    if (bytes.find(needle.bytes) != std::string_view::npos) found.push_back(needle.what);
  }
  return found;
}

void expect_none(std::string_view bytes, const std::string& where) {
  for (const std::string& what : found_in(bytes)) ADD_FAILURE() << what << " stands in " << where;
}

// Every file under a folder, and every name of one.
std::size_t expect_none_under(const std::string& folder) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    expect_none(entry.path().string(), "a file name");
    if (!entry.is_regular_file()) continue;
    ++files;
    expect_none(file_content(entry.path().string()), entry.path().string());
  }
  return files;
}

// Keys and values of every row, as RocksDB gives them: its files are compressed.
std::string all_rows(const index::Store& store) {
  std::string bytes;
  const std::unique_ptr<rocksdb::Iterator> row(store.db().NewIterator({}));
  for (row->SeekToFirst(); row->Valid(); row->Next()) {
    bytes += row->key().ToString() + '\n' + row->value().ToString() + '\n';
  }
  EXPECT_TRUE(row->status().ok());
  return bytes;
}

// ---- the registry

std::vector<Change> base_changes() {
  std::vector<Change> changes = official_changes();
  Change institution = put_institution(credit(1), std::string(kInstitutionName));
  institution.secrets = {{"contact", std::string(kContact)},
                         {"contact_phone", std::string(kContactPhone)},
                         {"head", std::string(kHolderZh)},
                         {"legal_representative", std::string(kHolderEn)}};
  changes.push_back(std::move(institution));
  for (Change& change :
       filing_until_filed(credit(1), "F-1", day("2026-03-02"), {item_line("foreign/1/3")})) {
    changes.push_back(std::move(change));
  }
  return changes;
}

Change canary_certificate(std::string_view number, std::string_view holder, Document document) {
  CertificateFacts facts;
  facts.issuer = credit(1);
  facts.item = CatalogItemId::parse("foreign/1/3").value();
  facts.issued_on = day("2026-05-06");
  return {facts, to_private_fields({std::string(number), std::string(holder), std::move(document),
                                    std::string(kNumberEn)})};
}

std::vector<Change> canary_changes() {
  std::vector<Change> changes = {
      canary_certificate(kNumberZh, kHolderZh, {DocumentType::resident_id, resident_id()}),
      canary_certificate(kNumberEn, kHolderEn, {DocumentType::passport, std::string(kPassport)}),
      canary_certificate("PLAIN-1", "测试", {DocumentType::passport, "T0000001"})};
  const Date on = day("2026-06-01");
  // A correction brings a canary in and takes it out again; an erasure leaves nothing behind.
  changes.push_back(correct("PLAIN-1", on, std::string(kHolderZh), std::string(kPassport)));
  changes.push_back(correct("PLAIN-1", on.plus_days(1), "测试", "T0000001"));
  changes.push_back(canary_certificate(std::string(kNumberEn) + "X", kHolderEn,
                                       {DocumentType::passport, std::string(kPassport)}));
  changes.push_back(
      certificate_event(CertificateEventKind::erased, std::string(kNumberEn) + "X", on));
  return changes;
}

const std::string kPostedKey = "transfer of " + std::string(kNumberEn);

std::string posted_body() {
  return import_lines({canary_certificate(std::string(kNumberEn) + "-POSTED", kHolderEn,
                                          {DocumentType::resident_id, resident_id()})});
}

std::vector<std::pair<std::string, std::string>> submissions() {
  std::vector<std::pair<std::string, std::string>> all = {{"a posted body", posted_body()},
                                                          {"a posted key", kPostedKey}};
  for (const std::string& file : {import_lines(base_changes()), import_lines(canary_changes())}) {
    all.emplace_back("an imported file", file);
    all.emplace_back("an import's key", "import:" + to_hex(digest("SHA256", file)) + "#0");
  }
  return all;
}

// Lines that are refused, each for another value of a canary.
std::vector<std::string> bad_lines() {
  const std::string id = resident_id();
  std::string wrong_id = id;
  wrong_id[16] = wrong_id[16] == '1' ? '2' : '1';
  const auto line = [](const Change& change) {
    std::string text = import_lines({change});
    text.pop_back();
    return text;
  };
  const std::string good =
      line(canary_certificate(kNumberZh, kHolderZh, {DocumentType::resident_id, id}));
  const auto replaced = [&](std::string_view what, std::string_view with) {
    std::string text = good;
    text.replace(text.find(what), what.size(), with);
    return text;
  };
  return {
      good,  // recorded already
      good.substr(0, good.size() - 1),
      replaced(id, wrong_id),
      replaced("resident_id", kHolderEn),
      replaced("2026-05-06", kPassport),
      replaced("foreign/1/3", kHolderZh),
      replaced(credit(1).text(), kNumberZh),
      replaced("certificate.issued", kContact),
      replaced("centre:import", "centre:" + std::string(kContact)),
      replaced(kNumberZh, std::string(kNumberZh) + "\\n" + std::string(kNumberEn)),
      replaced(kHolderZh, std::string(kHolderZh) + std::string(300, 'x')),
      R"({"kind":"certificate.revoked","certificate_number":")" + std::string(kNumberEn) +
          R"(-9","on":"2026-06-01","reason":"x"})",
  };
}

class CanaryTest : public testing::Test {
 protected:
  // Runs a command that is to say nothing personal, whatever it does.
  Finished say_nothing(const std::vector<std::string>& arguments, int code) {
    const Finished finished = run_chayan(arguments);
    EXPECT_EQ(finished.code, code) << arguments.front() << ": " << finished.err;
    expect_none(finished.out, "stdout of " + arguments.front());
    expect_none(finished.err, "stderr of " + arguments.front());
    return finished;
  }
  void import(const std::string& name, std::string_view content, int code = 0,
              std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"import", "--data", data_,
                                          put_file(inputs_ / name, content)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    say_nothing(arguments, code);
  }
  void import_registry() {
    import("base.ndjson", import_lines(base_changes()));
    import("canaries.ndjson", import_lines(canary_changes()));
  }

  // A batch over HTTP; what it left is looked at before anything is tidied up.
  void post_and_kill() {
    ServeProcess server(CHAYAN_BINARY, data_);
    const std::string body = posted_body();
    HttpClient client = server.connect_admin();
    client.send(
        "POST /v1/batches HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\n"
        "Idempotency-Key: " +
        kPostedKey + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200) << reply->body;
    expect_none(reply->head + reply->body, "the answer to a batch");
    server.process().signal(SIGKILL);
    server.process().wait();
  }

  TempDirectory inputs_;  // holds canaries, so it is not searched
  TempDirectory folder_;  // everything in it is
  SystemClock clock_;
  std::string data_ = folder_ / "data";
};

// ---- the search itself

TEST(CanarySearchTest, FindsEveryFormOfEveryCanary) {
  ASSERT_GT(needles().size(), 400U);
  for (const Needle& needle : needles()) {
    EXPECT_GE(needle.bytes.size(), 8U) << needle.what << " is too short to be told from chance";
    EXPECT_FALSE(found_in("x" + needle.bytes + "y").empty()) << needle.what;
  }
  EXPECT_TRUE(found_in("nothing of the kind " + std::string(kInstitutionName)).empty());
  EXPECT_EQ(to_hex(digest("SM3", "abc")),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
  EXPECT_EQ(to_hex(digest("MD5", "abc")), "900150983cd24fb0d6963f7d28e17f72");
}

TEST_F(CanaryTest, TheSearchFindsWhatIsThere) {
  import("base.ndjson", import_lines(base_changes()));
  bool in_a_file = false;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data_)) {
    if (!entry.is_regular_file()) continue;
    in_a_file = in_a_file ||
                file_content(entry.path().string()).find(kInstitutionName) != std::string::npos;
  }
  EXPECT_TRUE(in_a_file) << "in the write-ahead log, which is not compressed";

  const auto store = open_store(data_, clock_);  // which turns the log into a compressed file
  EXPECT_NE(all_rows(*store).find(kInstitutionName), std::string::npos) << "in the rows";
  const std::string planted =
      put_file(data_ + "/planted", "x" + digest("SM3", resident_id()) + to_gb18030(kHolderZh));
  EXPECT_EQ(found_in(file_content(planted)).size(), 2U);
  EXPECT_TRUE(store->db().Put({}, "planted", kPassport.data()).ok());
  EXPECT_FALSE(found_in(all_rows(*store)).empty());
}

// ---- at rest

TEST_F(CanaryTest, NothingPersonalStandsInTheDataDirectoryOrBesideIt) {
  import_registry();
  expect_none_under(folder_.path());  // with the write-ahead log, which is not compressed
  std::string bad;
  for (const std::string& line : bad_lines()) bad += line + "\n";
  import("bad.ndjson", bad, 1);
  import("bad.ndjson", bad, 0, {"--skip-bad", inputs_ / "aside"});
  import("bad.ndjson", bad, 1, {"--json"});
  import("again.ndjson", import_lines({canary_changes().front()}), 1, {"--dry-run"});

  const std::string rebuilt = folder_ / "rebuilt";
  say_nothing({"check", "--data", data_}, 0);
  say_nothing({"check", "--data", data_, "--json"}, 0);
  say_nothing({"rebuild", "--data", data_, "--to", rebuilt}, 0);
  say_nothing({"export", "--data", data_, "--out", inputs_ / "export.ndjson"}, 0);
  EXPECT_FALSE(found_in(file_content(inputs_ / "export.ndjson")).empty())
      << "the canaries are in this registry";

  EXPECT_GT(expect_none_under(folder_.path()), 10U);
  for (const std::string& data : {data_, rebuilt}) {
    const auto store = open_store(data, clock_, data_ + ".keys");
    expect_none(all_rows(*store), "the rows of " + data);
    // Compaction writes the rows again, into files of its own.
    ASSERT_TRUE(store->db().Flush({}).ok());
    ASSERT_TRUE(store->db().CompactRange({}, nullptr, nullptr).ok());
    expect_none(all_rows(*store), "the compacted rows of " + data);
  }
  expect_none_under(folder_.path());
}

// What a thief gets who has no keyring, in both suites, with a rotation and an erasure behind it.
TEST_F(CanaryTest, ACopyOfTheDataTellsNothingInEitherSuite) {
  for (const std::string suite : {"intl", "gm"}) {
    SCOPED_TRACE(suite);
    data_ = folder_ / suite;
    const std::string keys = folder_ / (suite + ".keys");
    say_nothing({"keys", "init", "--keys", keys, "--suite", suite}, 0);
    import_registry();
    EXPECT_GT(expect_none_under(data_), 4U) << "with the write-ahead log, which is not compressed";
    post_and_kill();
    EXPECT_GT(expect_none_under(data_), 4U) << "likewise";
    say_nothing({"keys", "rotate", "--data", data_}, 0);
    say_nothing({"keys", "list", "--data", data_}, 0);
    say_nothing({"check", "--data", data_}, 0);
    const std::string backups = folder_ / (suite + "-backups");
    say_nothing({"backup", "--data", data_, "--to", backups}, 0);
    EXPECT_GT(expect_none_under(data_) + expect_none_under(backups), 8U);
    const auto store = open_store(data_, clock_);
    EXPECT_EQ(store->keyring().suite->name, suite);
    expect_none(all_rows(*store), "the rows");
    EXPECT_FALSE(store->reader().certificate(CertificateNumber::parse(kNumberZh).value()).value() ==
                 std::nullopt)
        << "with the keyring it is there";
    ASSERT_TRUE(store->db().Flush({}).ok());
    ASSERT_TRUE(store->db().CompactRange({}, nullptr, nullptr).ok());
    expect_none(all_rows(*store), "the compacted rows");
    expect_none_under(data_);
  }
}

TEST_F(CanaryTest, NoFormOfCsvPutsPersonalDataIntoMessages) {
  import_registry();
  const std::string row =
      std::string(kNumberZh) + "," + std::string(kHolderZh) + "," + std::string(kPassport) + "\n";
  import("no-header.csv", row + row, 1);
  import("no-header-gb.csv", to_gb18030(row + row), 1);
  const std::string header = "证书编号,姓名,证件号码\n";
  import("stray-quote.csv", header + "\"" + std::string(kHolderZh) + "\"x," + row, 1);
  import("open-quote.csv", header + "\"" + row, 1);
  import("cells.csv", header + row.substr(0, row.size() - 1) + "," + std::string(kHolderEn) + "\n",
         1);
  import("types.csv", header + row, 1);
  import("encoding.csv", header + "\xFF\xFF," + row, 1);
}

TEST_F(CanaryTest, AKilledRehearsalLeavesNothingPersonalBehind) {
  import("base.ndjson", import_lines(base_changes()));
  std::vector<Change> changes;
  for (std::uint64_t n = 0; n < scaled(20'000, 2000); ++n) {
    changes.push_back(canary_certificate(std::string(kNumberEn) + std::to_string(n), kHolderZh,
                                         {DocumentType::passport, std::string(kPassport)}));
  }
  const std::string path = put_file(inputs_ / "many.ndjson", import_lines(changes));
  Process import({CHAYAN_BINARY, "import", "--data", data_, path});
  // It is killed as soon as it spills, or ends before that: what is left is searched either way.
  const auto spilled = [&] {
    std::error_code gone;
    for (std::filesystem::directory_iterator file(data_ + "/scratch", gone), end;
         !gone && file != end; file.increment(gone)) {
      if (file->path().extension() == ".sst") return true;
    }
    return false;
  };
  while (!import.wait(std::chrono::milliseconds(1)) && !spilled()) {
  }
  import.signal(SIGKILL);
  import.wait();
  expect_none(import.out() + import.err(), "what it said");
  expect_none_under(folder_.path());
}

// ---- over HTTP

class CanaryServer {
 public:
  explicit CanaryServer(const std::string& data) : serve_(CHAYAN_BINARY, data, {"--access-log"}) {}

  HttpReply raw(const std::string& request) {
    HttpClient client = serve_.connect();
    client.send(request);
    auto reply = client.read_reply();
    EXPECT_TRUE(reply) << "no answer";
    return reply.value_or(HttpReply());
  }
  HttpReply post(const std::string& target, const std::string& type, const std::string& body) {
    return raw("POST " + target + " HTTP/1.1\r\nHost: test.example\r\nContent-Type: " + type +
               "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  HttpReply get(const std::string& target) {
    return raw("GET " + target + " HTTP/1.1\r\nHost: test.example\r\n\r\n");
  }
  ServeProcess& process() { return serve_; }

 private:
  ServeProcess serve_;
};

std::string question(std::string_view number, std::string_view holder) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("certificate_number", number).member("holder_name", holder);
  json.end_object();
  return body;
}

TEST_F(CanaryTest, NoAnswerLogOrMetricHoldsPersonalData) {
  import_registry();
  CanaryServer server(data_);
  const std::string json = "application/json";
  const std::string form = "application/x-www-form-urlencoded";
  const std::string id = resident_id();
  const std::string zh = percent_encoded(kHolderZh);
  const std::string number(kNumberZh);

  // Right and wrong: a match says who only in part, a miss says nothing.
  for (const auto& [asked, result] : std::vector<std::pair<std::string, std::string>>{
           {question(kNumberZh, kHolderZh), "\"match\""},
           {question(kNumberEn, kHolderEn), "\"match\""},
           {question(kNumberZh, kHolderEn), "\"no_match\""},
           {question(std::string(kNumberEn) + "X", kHolderEn), "\"no_match\""},
           {question(std::string(kNumberEn) + "Y", kHolderEn), "\"no_match\""},
           {"{\"certificate_number\":\"" + number + "\",\"document_number\":\"" + id + "\"}",
            "\"match\""},
           {"{\"certificate_number\":\"" + number + "\",\"document_number\":\"" +
                std::string(kPassport) + "\"}",
            "\"no_match\""}}) {
    const HttpReply reply = server.post("/v1/verifications", json, asked);
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_NE(reply.body.find(result), std::string::npos) << reply.body;
    expect_none(reply.head + reply.body, "the answer to a verification");
  }
  const std::string fields = "certificate_number=" + number + "&holder_name=" + zh;
  EXPECT_EQ(server.post("/verify", form, fields).status, 200);
  expect_none(without_receipt(server.post("/verify", form, fields).body), "the page of a match");

  // A report's page says what the holder chose; the list carries his proof on, and nothing keeps it.
  const std::string proof = fields + "&document_number=" + id;
  const HttpReply made =
      server.post("/reports/new", form, proof + "&valid_days=1&show_level=level");
  EXPECT_EQ(made.status, 200) << made.body;
  EXPECT_NE(made.body.find("href=\"/r/"), std::string::npos);
  expect_none(made.head + made.body, "the page of a report that was made");
  for (const char* target : {"/reports/list", "/reports/end-all"}) {
    const HttpReply list = server.post(target, form, proof);
    EXPECT_EQ(list.status, 200) << list.body;
    EXPECT_EQ(list.field("Cache-Control"), "no-store");
    expect_none(list.head, "the head of a list of reports");
  }

  const std::vector<HttpReply> errors = {
      server.post("/v1/verifications", json, question(kNumberZh, kHolderZh).substr(1)),
      server.post("/v1/verifications", json, "{\"certificate_number\":\"" + number + "\"}"),
      server.post("/v1/verifications", json,
                  "{\"holder_name\":\"" + std::string(kHolderZh) + "\"}"),
      server.post("/v1/verifications", json, "{\"" + std::string(kHolderZh) + "\":\"x\"}"),
      server.post("/v1/verifications", json, question(number + std::string(80, '1'), kHolderZh)),
      server.post("/v1/verifications", json, question(number + "\n", kHolderEn) + "x"),
      server.post("/v1/verifications", json,
                  question(kNumberZh, std::string(kHolderZh) + std::string(300, 'x'))),
      server.post("/v1/verifications", json, question(number + "\x7f", kHolderZh)),
      server.post("/v1/verifications", json,
                  question(kNumberZh, kHolderZh) + std::string(8192, ' ')),
      server.post("/v1/verifications", "text/" + std::string(kPassport),
                  question(kNumberZh, kHolderZh)),
      server.post("/v1/verifications?" + fields, json, question(kNumberZh, kHolderZh)),
      server.post("/verify", form, "certificate_number=" + number),
      server.post("/verify", form, fields + "&" + zh + "=1"),
      server.post("/verify", form, fields + "&document_number=%ZZ" + id),
      server.post("/reports/new", form, proof + "&valid_days=" + number),
      server.post("/reports/new", form, proof + "&valid_days=1&show_name=" + zh),
      server.post("/reports/list", form, fields),
      server.post("/reports/end", form, proof + "&" + zh + "=1"),
      server.post("/verify/receipt", form, "receipt=" + zh + "%0A" + number),
      server.post("/data/receipts/check", form, "receipt=" + zh + "&sha256=" + id),
      server.raw("POST /verify HTTP/1.1\r\nHost: x\r\nOrigin: https://" + std::string(kPassport) +
                 ".example\r\nContent-Type: " + form +
                 "\r\nContent-Length: " + std::to_string(fields.size()) + "\r\n\r\n" + fields),
      server.get("/reports?" + fields),
      server.get("/reports/" + number),
      server.get("/v1/verifications?" + fields),
      server.get("/verify?" + fields),
      server.get("/v1/institutions?holder_name=" + zh),
      server.get("/v1/institutions?" + std::string(kPassport) + "=1"),
      server.get("/v1/institutions?" + zh + "=1"),
      server.get("/v1/institutions?occupation=" + zh),
      server.get("/v1/institutions?level=" + id),
      server.get("/v1/institutions?region=" + number),
      server.get("/v1/institutions?cursor=" + number),
      server.get("/v1/institutions?limit=" + id),
      server.get("/v1/institutions?item=" + zh),
      server.get("/v1/institutions?status=" + zh),
      server.get("/v1/institutions?on=" + id),
      server.get("/v1/institutions/" + id),
      server.get("/v1/institutions/" + zh + "/history"),
      server.get("/v1/catalog/" + zh + "/1/1"),
      server.get("/v1/occupations/" + number),
      server.get("/v1/authorizations?institution=" + number + "&item=foreign/1/3"),
      server.get("/" + number),
      server.get("/" + zh),
      server.get("/assets/" + std::string(kPassport) + ".css"),
      server.get("/institutions?occupation=" + zh),
      server.get("/institutions?" + std::string(kPassport) + "=1"),
      server.raw(std::string(kPassport) + " / HTTP/1.1\r\nHost: test.example\r\n\r\n"),
      server.raw("GET / HTTP/1.1\r\nHost: " + std::string(kHolderZh) + "\r\n\r\n"),
      server.raw("GET / HTTP/1.1\r\nHost: x\r\n" + std::string(kHolderEn) + ": 1\r\n\r\n"),
      server.raw("GET / " + std::string(kPassport) + "\r\n\r\n"),
      server.raw("POST /v1/verifications HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " +
                 std::string(kPassport) + "\r\n\r\n"),
      server.raw("GET /?" + fields + std::string(4000, '1') + " HTTP/1.1\r\nHost: x\r\n\r\n"),
      server.raw("GET / HTTP/1.1\r\nHost: x\r\nX-Id: " + id + std::string(9000, '1') + "\r\n\r\n"),
  };
  for (std::size_t i = 0; i < errors.size(); ++i) {
    const HttpReply& reply = errors[i];
    const std::string which = "error answer " + std::to_string(i) + " (" +
                              std::to_string(reply.status) + ": " + reply.body + ")";
    EXPECT_GE(reply.status, 400) << which;
    EXPECT_LT(reply.status, 600) << which;
    EXPECT_NE(reply.status, 500) << which;
    expect_none(reply.head + reply.body, which);
  }

  const HttpReply metrics = server.process().get_admin("/metrics");
  EXPECT_NE(metrics.body.find("chayan_"), std::string::npos);
  expect_none(metrics.body, "metrics");
  for (const char* target : {"/openapi.json", "/readyz", "/v1/limits", "/v1/institutions"}) {
    expect_none(server.get(target).body, target);
  }
  const std::string institution = "/v1/institutions/" + std::string(credit(1).text());
  expect_none(server.get(institution).body, institution);
  expect_none(server.get(institution + "/history").body, institution + "/history");

  const auto exit = server.process().stop();
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, 0);
  const std::string log = server.process().process().err();
  EXPECT_GT(std::count(log.begin(), log.end(), '\n'), 40) << "every request is in the log";
  EXPECT_NE(log.find("/v1/verifications"), std::string::npos);
  expect_none(log, "the log");
  expect_none(server.process().process().out(), "stdout");
  expect_none_under(folder_.path());
}

}  // namespace
}  // namespace chayan::test
