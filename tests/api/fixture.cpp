#include "tests/api/fixture.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <sstream>

#include "base/embedded.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "crypto/digest.h"
#include "crypto/keyring.h"

namespace chayan::api::testing {
namespace {

std::filesystem::path make_directory() {
  std::string path = (std::filesystem::temp_directory_path() / "chayan-api-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("mkdtemp");
  return path;
}

ScopeLine item_line(std::string_view item) {
  ScopeLine line;
  line.item = CatalogItemId::parse(item).value();
  return line;
}

ScopeLine occupation_line(std::string_view code, std::string_view name, SkillLevel level) {
  ScopeLine line;
  line.occupation = OccupationCode::parse(code).value();
  line.occupation_name = name;
  line.level = level;
  return line;
}

Institution institution(const CreditCode& code, std::string name, std::string_view region) {
  Institution made;
  made.credit_code = code;
  made.name = std::move(name);
  made.kind = InstitutionKind::social_organisation;
  made.region = RegionCode::parse(region).value();
  made.address = "示例路 1 号";
  made.service_phone = "021-00000000";
  made.website = "https://example.org";
  return made;
}

FilingEvent event(FilingEventKind kind, std::string_view filing, const CreditCode& institution,
                  std::string_view on) {
  FilingEvent made;
  made.kind = kind;
  made.filing = filing;
  made.institution = institution;
  made.on = day(on);
  return made;
}

Change certificate(std::string_view number, std::string_view name, DocumentType type,
                   std::string_view document, const CreditCode& issuer, std::string_view item,
                   std::string_view on) {
  CertificateFacts facts;
  facts.issuer = issuer;
  facts.item = CatalogItemId::parse(item).value();
  facts.issued_on = day(on);
  CertificateSecrets secrets;
  secrets.number = CertificateNumber::parse(number).value().text();
  secrets.holder_name = name;
  secrets.document = Document::parse(type, document).value();
  secrets.original_certificate = "ORIGINAL-TEST-1";
  return Change{facts, to_private_fields(secrets)};
}

// As the server reads it, in small pieces.
std::string read_all(http::BodySource& source, std::uint64_t bytes) {
  std::string body;
  std::array<char, 1000> room{};
  for (std::size_t got = 0; (got = source.read(room)) > 0;) body.append(room.data(), got);
  EXPECT_EQ(body.size(), bytes);
  return body;
}

// As an import line says it: the certificate is named by its number.
Change certificate_event(std::string_view kind, std::string_view number, std::string_view on) {
  std::string line;
  JsonWriter json(line);
  json.begin_object()
      .member("kind", "certificate." + std::string(kind))
      .member("certificate_number", number)
      .member("on", on)
      .member("reason", "示例原因")
      .end_object();
  JsonParser parser;
  auto object = parser.parse_object(line).value();
  return read_change(object).value();
}

}  // namespace

void FakeClock::set(std::string_view text, int hour) {
  now_ = std::chrono::sys_days(std::chrono::days(day(text).days())) + std::chrono::hours(hour);
}

std::string Answer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

simdjson::dom::element Answer::json() const {
  if (!parser_) parser_ = std::make_shared<simdjson::dom::parser>();
  simdjson::dom::element root;
  if (parser_->parse(body).get(root)) throw std::runtime_error("not JSON: " + body);
  return root;
}

std::string Answer::text(std::string_view pointer) const {
  simdjson::dom::element found;
  if (json().at_pointer(pointer).get(found)) return "(absent)";
  std::string_view text;
  if (!found.get_string().get(text)) return std::string(text);
  return simdjson::minify(found);
}

std::size_t Answer::count(std::string_view pointer) const {
  simdjson::dom::array array;
  if (json().at_pointer(pointer).get_array().get(array)) throw std::runtime_error("no array");
  return array.size();
}

std::string Answer::everything() const {
  std::string all = std::to_string(status) + "\n" + content_type + "\n";
  for (const auto& [name, value] : headers) all += name + ": " + value + "\n";
  return all + "\n" + body;
}

Date day(std::string_view text) {
  return Date::parse(text).value();
}

CreditCode credit_code(int n) {
  std::string number = std::to_string(n);
  number.insert(0, 8 - number.size(), '0');
  return CreditCode::with_checks("52310000" + number).value();
}

std::string question(std::string_view number, std::string_view name, std::string_view document) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("certificate_number", number);
  json.optional_member("holder_name", name).optional_member("document_number", document);
  json.end_object();
  return body;
}

std::vector<Change> effective_filing(std::string_view id, const CreditCode& institution,
                                     std::vector<ScopeLine> scope) {
  using Kind = FilingEventKind;
  std::vector<FilingEvent> events = {event(Kind::submitted, id, institution, "2026-06-25"),
                                     event(Kind::accepted, id, institution, "2026-06-26"),
                                     event(Kind::assessed, id, institution, "2026-06-29"),
                                     event(Kind::notice_opened, id, institution, "2026-06-30"),
                                     event(Kind::filed, id, institution, "2026-07-08")};
  events[0].scope = std::move(scope);
  events[3].notice_working_days = 5;
  events[4].receipt = "示例备案回执-" + std::string(id);
  events[4].valid_from = day("2026-07-08");
  events[4].valid_to = day("2029-07-08");
  std::vector<Change> changes;
  for (FilingEvent& one : events) changes.push_back(Change{std::move(one), {}});
  return changes;
}

Registry::Registry(const crypto::Suite& suite) : directory_(make_directory()) {
  clock.set(kToday);
  index::StoreOptions options;
  options.data = (directory_ / "data").string();
  crypto::Keyring::create(options.data + ".keys", rfc3339_utc(clock.now()), suite).value();
  options.block_cache_bytes = 8 << 20;
  store = index::Store::open(options, clock).value();
  writer = index::Writer::create(*store).value();
  load_official_data();
  load_institutions();
  load_certificates();

  Services services{*store, clock};
  services.observe = [this](const RequestRecord& record) { records.push_back(record); };
  services.report_fault = [this](const Error& error) { faults.push_back(error); };
  services.amend = [this](index::Amendment amendment) {
    return writer->amend(std::move(amendment));
  };
  services.record_opening = [this](const index::ReportOpening& opening) {
    return writer->amend([&](index::RowBatch& rows) {
      return index::record_opening(rows, store->sealer(), opening);
    });
  };
  services.public_url = [this] { return public_url; };
  services.ready = [this] { return ready; };
  services.ring = [this] {
    const std::lock_guard lock(bell_mutex_);
    ++rings_;
    bell_.notify_all();
  };
  services.samples = [] {
    return std::vector<Sample>{{"chayan_connections_open", "Open connections.", 3, false}};
  };
  make_api_ = [services] { return std::make_unique<Api>(services); };
  forget();
}

void Registry::forget() {
  api = make_api_();
  public_ = std::make_unique<http::Application>(api->public_application());
  admin_ = std::make_unique<http::Application>(api->admin_application());
}

Registry::~Registry() {
  api.reset();
  writer.reset();
  store.reset();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

Answer Registry::ask(http::Method method, const std::string& target, const Headers& headers,
                     const std::string& body, bool admin) const {
  std::vector<http::Field> fields;
  for (const auto& [name, value] : headers) fields.push_back({name, value});
  http::Request request;
  request.method = method;
  request.target = target;
  request.fields = fields;
  request.body = body;
  request.client = "192.0.2.1";
  http::Response response;
  const http::Application& application = admin ? *admin_ : *public_;
  std::unique_lock lock(bell_mutex_);
  for (std::uint64_t heard = rings_;; heard = rings_) {
    response.clear();
    lock.unlock();
    application.answer(request, response);
    lock.lock();
    if (!response.wait) break;
    const auto rang = [&] { return rings_ != heard; };
    request.waited = !bell_.wait_for(lock, *response.wait, rang);  // as the server has it
  }
  lock.unlock();
  Answer answer;
  answer.status = response.status;
  answer.content_type = response.content_type;
  for (const http::Header& header : response.headers) {
    answer.headers[std::string(header.name)] = header.value;
  }
  answer.body = response.body;
  if (response.source) answer.body = read_all(*response.source, response.source_bytes);
  return answer;
}

Answer Registry::get(const std::string& target, const Headers& headers) const {
  return ask(http::Method::get, target, headers);
}

Answer Registry::post(const std::string& target, const std::string& body,
                      const std::string& content_type, const Headers& headers) const {
  Headers all = headers;
  all.emplace_back("Content-Type", content_type);
  return ask(http::Method::post, target, all, body);
}

Answer Registry::verify(std::string_view number, std::string_view name, std::string_view document,
                        const Headers& headers) const {
  return post("/v1/verifications", question(number, name, document), "application/json", headers);
}

void Registry::record(std::vector<Change> changes) {
  index::Batch batch;
  batch.idempotency_key = "test-" + std::to_string(++batches_);
  batch.content = crypto::sha256(batch.idempotency_key);
  batch.changes = std::move(changes);
  const auto outcome = writer->submit(std::move(batch));
  for (const auto& rejection : outcome.rejections) {
    ADD_FAILURE() << "change " << rejection.index << ", " << rejection.error.field << ": "
                  << rejection.error.message.en;
  }
  if (outcome.failure) ADD_FAILURE() << outcome.failure->message.en;
}

void Registry::load_official_data() {
  std::vector<Change> changes;
  JsonParser parser;
  for (const EmbeddedFile& file : official_data()) {
    std::istringstream lines{std::string(file.content)};
    for (std::string line; std::getline(lines, line);) {
      if (line.empty()) continue;
      auto object = parser.parse_object(line).value();
      changes.push_back(read_change(object).value());
    }
  }
  record(std::move(changes));
}

void Registry::load_institutions() {
  const auto first = CreditCode::parse(kFirst).value();
  const auto second = CreditCode::parse(kSecond).value();
  const auto third = CreditCode::accept(kThird).value();
  record({Change{institution(first, "示例照护评价中心", "310115"), {}},
          Change{institution(second, "示例数字技能评价中心", "310104"), {}},
          Change{institution(third, "示例待备案机构", "310101"), {}}});
  record(effective_filing(
      "SL-1", first,
      {item_line("foreign/1/1"), item_line("foreign/1/3"), item_line("foreign/1/5"),
       occupation_line("4-10-01-05", "养老护理员", SkillLevel::senior)}));
  record(effective_filing("SL-2", second, {item_line("dual/1/1")}));
  FilingEvent suspended = event(FilingEventKind::suspended, "SL-2", second, "2026-10-01");
  suspended.reason = "示例：整改";
  FilingEvent submitted = event(FilingEventKind::submitted, "SL-3", third, "2026-06-25");
  submitted.scope = {item_line("foreign/1/6")};
  record({Change{suspended, {}}, Change{submitted, {}}});
}

void Registry::load_certificates() {
  const auto first = CreditCode::parse(kFirst).value();
  const auto second = CreditCode::parse(kSecond).value();
  const auto id = DocumentType::resident_id;
  record({certificate(kNumber, kName, id, kDocument, first, "foreign/1/1", "2026-09-01"),
          certificate(kRevokedNumber, kName, id, kDocument, first, "foreign/1/3", "2026-09-01"),
          certificate(kErasedNumber, kName, id, kDocument, first, "foreign/1/5", "2026-09-01"),
          certificate(kUnauthorizedNumber, kOtherName, DocumentType::passport, kOtherDocument,
                      second, "dual/1/1", "2026-10-08"),
          certificate(kPaddedNumber, kOtherName, DocumentType::passport, kOtherDocument, first,
                      "foreign/1/1", "2026-09-02")});
  record({certificate_event("revoked", kRevokedNumber, "2026-10-10"),
          certificate_event("erased", kErasedNumber, "2026-10-11")});
}

void Registry::erase(std::string_view certificate_number) {
  record({certificate_event("erased", certificate_number, "2026-11-24")});
}

void Registry::add_institution(int n, std::string_view occupation, SkillLevel level) {
  const CreditCode code = credit_code(n);
  const std::string region = n % 2 == 0 ? "310115" : "310104";
  record({Change{institution(code, "示例第" + std::to_string(n) + "评价机构", region), {}}});
  record(effective_filing("SN-" + std::to_string(n), code,
                          {occupation_line(occupation, "示例职业名", level)}));
}

namespace {

// The registry that is shared ends with the tests, not with the process: its store works with
// thread-local contexts, which the main thread loses before its statics.
std::unique_ptr<Registry> shared;

class EndShared final : public ::testing::Environment {
  void TearDown() override { shared.reset(); }
};
const ::testing::Environment* const kEndShared =
    ::testing::AddGlobalTestEnvironment(new EndShared);  // gtest owns it

}  // namespace

Registry& shared_registry() {
  if (!shared) shared = std::make_unique<Registry>();
  return *shared;
}

}  // namespace chayan::api::testing
