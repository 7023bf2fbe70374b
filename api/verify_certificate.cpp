#include "api/verify_certificate.h"

#include <algorithm>
#include <array>

#include "api/environment.h"
#include "api/guarded.h"
#include "api/json_forms.h"
#include "api/make_receipt.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"

namespace chayan::api {
namespace {

constexpr std::array<std::string_view, 4> kMembers = {"certificate_number", "holder_name",
                                                      "document_number", "receipt"};

// What a match never shows, whoever asks (RFC 9537's idea: hidden fields are named).
constexpr std::string_view kRedacted =
    R"(["certificate_number","document_number","document_type","holder_name","original_certificate"])";

bool is_erased(const Certificate& certificate) {
  return !certificate.history.empty() &&
         certificate.history.back().kind == CertificateEventKind::erased;
}

// Evaluates everything whatever comes out: no early answer tells which part was wrong.
bool holder_matches(const VerifyCertificate::Input& input, const Certificate& certificate) {
  const std::string name = match_form(certificate.secrets.holder_name);
  const bool same_name = crypto::equal_in_constant_time(input.holder_name, name);
  const bool last_six = input.document_number.size() == 6 && !input.whole_document;
  const std::string_view document = last_six
                                        ? certificate.secrets.document.last_six()
                                        : std::string_view(certificate.secrets.document.number);
  const bool same_document = crypto::equal_in_constant_time(input.document_number, document);
  return (same_name || input.holder_name.empty()) &&
         (same_document || input.document_number.empty());
}

// Errors about a body repeat nothing of it: an unknown member's name may be somebody's name.
Error body_error(Error error) {
  const bool ours = std::find(kMembers.begin(), kMembers.end(), error.field) != kMembers.end();
  if (ours || error.field == "body") return error;
  return invalid("body",
                 "The body has a member other than certificate_number, holder_name, "
                 "document_number and receipt; remove it.",
                 "正文中有 certificate_number、holder_name、document_number、receipt "
                 "以外的字段，请删除。");
}

Error too_long(std::string_view field, std::size_t bytes_max) {
  const std::string max = std::to_string(bytes_max);
  return {ErrorCode::too_large,
          std::string(field),
          {"This is longer than " + max + " bytes; check the input.",
           "内容超过 " + max + " 字节，请核对。"}};
}

// What a spreadsheet makes of a long number in a cell that is not text: 1.23457E+17.
bool has_lost_digits(std::string_view text) {
  const bool may_have = std::any_of(text.begin(), text.end(), [](char c) {
    return c == 'E' || c == 'e' || static_cast<unsigned char>(c) >= 0x80;
  });
  if (!may_have) return false;
  const std::string form = code_form(text);
  const std::size_t exponent = form.find("E+");
  if (exponent == std::string::npos || exponent == 0) return false;
  const auto is_part = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  return std::all_of(form.begin(), form.begin() + static_cast<std::ptrdiff_t>(exponent), is_part) &&
         std::all_of(form.begin() + static_cast<std::ptrdiff_t>(exponent) + 2, form.end(), is_part);
}

Error lost_digits(std::string_view field) {
  return invalid(std::string(field),
                 "A spreadsheet has turned this number into one like 1.23E+12 and lost its digits; "
                 "format the column as text and enter the number again.",
                 "电子表格已将该号码转成科学记数法（如 1.23E+12），丢失了后面的数字；"
                 "请把该列设为文本格式后重新填写。");
}

Result<std::string> read_holder_name(std::string_view text) {
  if (text.size() > limits::kPersonNameBytesMax) {
    return too_long("holder_name", limits::kPersonNameBytesMax);
  }
  std::string name = match_form(text);
  if (name.empty()) {
    return invalid("holder_name", "The name is empty; give it as printed on the certificate.",
                   "姓名为空，请按证书上的姓名填写。");
  }
  return name;
}

Result<std::string> read_document_number(std::string_view text) {
  if (has_lost_digits(text)) return lost_digits("document_number");
  std::string number = document_number_form(text);
  if (number.size() > limits::kDocumentNumberBytesMax) {
    return too_long("document_number", limits::kDocumentNumberBytesMax);
  }
  if (number.size() < 6) {
    return invalid("document_number", "Give the whole document number or its last six characters.",
                   "请填写完整的证件号码或其后六位。");
  }
  return number;
}

void write_match(JsonWriter& json, Language language, const VerifyCertificate::Match& match) {
  const Certificate& certificate = match.certificate;
  const CertificateFacts& facts = certificate.facts;
  json.member("result", "match").member("status", certificate.status());
  write_status_history(json, certificate);
  json.key("occupation")
      .begin_object()
      .member("code", facts.occupation.text())
      .member("name", facts.occupation_name)
      .optional_member("work_type", facts.work_type)
      .end_object();
  json.member("level", code(facts.level)).member("level_name", name_zh(facts.level));
  json.key("issuer").begin_object().member("credit_code", facts.issuer.text());
  if (match.decision.institution) {
    json.member("name", match.decision.institution->institution.name);
  }
  json.end_object();
  json.member("issued_on", facts.issued_on.text());
  write_basis(json, match);
  json.key("issuer_authorized").boolean(match.decision.entitlement.holds());
  json.key("issuer_authorization");
  write_entitlement(json, match.decision.entitlement, certificate.first_issued_on, language);
  json.member("holder", mask_name(certificate.secrets.holder_name));
  json.key("redacted").raw(kRedacted);
}

void write_receipt(JsonWriter& json, const std::optional<receipt::Receipt>& receipt) {
  json.key("receipt");
  if (receipt) {
    receipt::write(json, *receipt);
  } else {
    json.null();
  }
}

}  // namespace

Result<VerifyCertificate::Input> VerifyCertificate::read(
    std::optional<std::string_view> certificate_number, std::optional<std::string_view> holder_name,
    std::optional<std::string_view> document_number) {
  if (!certificate_number) {
    return invalid("certificate_number", "The certificate number is missing.", "缺少证书编号。");
  }
  if (has_lost_digits(*certificate_number)) return lost_digits("certificate_number");
  auto number = CertificateNumber::parse(*certificate_number);
  if (!number) return number.error();
  if (!holder_name && !document_number) {
    return invalid("holder_name",
                   "Give the holder's name, or the document number or its last six characters.",
                   "请填写持证人姓名，或证件号码（或其后六位）。");
  }
  Input input{std::move(*number), {}, {}};
  if (holder_name) {
    auto name = read_holder_name(*holder_name);
    if (!name) return name.error();
    input.holder_name = std::move(*name);
  }
  if (document_number) {
    auto document = read_document_number(*document_number);
    if (!document) return document.error();
    input.document_number = std::move(*document);
  }
  return input;
}

Result<VerifyCertificate::Input> VerifyCertificate::parse(std::string_view json_body) {
  thread_local JsonParser parser;
  auto body = parser.parse_object(json_body);
  if (!body) return body_error(body.error());
  const auto number = body->optional_string(kMembers[0]);
  const auto name = body->optional_string(kMembers[1]);
  const auto document = body->optional_string(kMembers[2]);
  const bool wants_receipt = body->optional_boolean(kMembers[3]).value_or(false);
  if (const auto finished = body->finish(); !finished) return body_error(finished.error());
  auto input = read(number, name, document);
  if (input) input->wants_receipt = wants_receipt;
  return input;
}

Result<VerifyCertificate::Output> VerifyCertificate::handle(const index::Reader& reader,
                                                            const Input& input) {
  auto nearest = reader.nearest_certificate(input.number);
  if (!nearest) return nearest.error();
  return judge(reader, input, std::move(*nearest));
}

Result<VerifyCertificate::Output> VerifyCertificate::judge(
    const index::Reader& reader, const Input& input,
    std::optional<index::Reader::Nearest> nearest) {
  if (!nearest) return Output();  // of an empty registry there is nothing to hide
  Certificate& certificate = nearest->certificate;
  const bool is_holder = holder_matches(input, certificate);
  const bool erased = is_erased(certificate);
  if (!is_holder || !nearest->is_exact || erased) return Output();

  const CertificateFacts& facts = certificate.facts;
  const Subject subject{facts.item, facts.occupation, facts.work_type, facts.level};
  auto decision = reader.decide(facts.issuer, subject, certificate.first_issued_on);
  if (!decision) return decision.error();
  return Output(Match{std::move(certificate), std::move(*decision), {}});
}

void VerifyCertificate::write(JsonWriter& json, Language language, const Input& input,
                              const Output& output) {
  json.begin_object();
  write_members(json, language, input, output);
  json.end_object();
}

void VerifyCertificate::write_members(JsonWriter& json, Language language, const Input& input,
                                      const Output& output) {
  if (output) {
    write_match(json, language, *output);
    if (input.wants_receipt) write_receipt(json, output->receipt);
  } else {
    json.member("result", "no_match").key("help").begin_array();
    for (const Message& help : no_match_help(input)) json.string(in(language, help));
    json.end_array();
  }
}

std::vector<Message> no_match_help(const VerifyCertificate::Input& input) {
  std::vector<Message> help;
  if (input.number.was_padded()) {
    help.push_back(
        {"A 13-digit number was completed with 000 in front, as older Shanghai "
         "certificates are recorded.",
         "13 位编号已按上海早期证书的登记方式在前面补 000 后查询。"});
  }
  if (input.number.form() == NumberForm::opaque) {
    help.push_back(
        {"The number has none of the usual forms (one letter and 21 digits, two letters "
         "and 20 digits, 16 or 13 digits); check that it is complete.",
         "该编号不是常见形式（1 个字母加 21 位数字、2 个字母加 20 位数字、16 位或 13 位数字），"
         "请核对是否完整。"});
  }
  help.push_back(
      {"Certificate numbers have no check digit: compare every character with the "
       "certificate.",
       "证书编号没有校验位，请与证书逐字核对。"});
  if (!input.holder_name.empty()) {
    help.push_back({"Give the holder's name exactly as printed on the certificate.",
                    "请按证书上的姓名填写持证人姓名。"});
  }
  if (!input.document_number.empty()) {
    help.push_back(
        {"Give the number of the document the certificate was issued under; for an ID "
         "card that ends in X, the X counts.",
         "请填写办证时所用证件的号码；身份证末位为 X 的，X 也要填写。"});
  }
  return help;
}

const CatalogItem* basis_of(const VerifyCertificate::Match& match) {
  const index::Reader::Decision& decision = match.decision;
  if (decision.entitlement.item != nullptr) return decision.entitlement.item;
  // Not in force on that day: the latest version that had begun still says what was meant.
  const CatalogItem* latest = nullptr;
  const auto& item = match.certificate.facts.item;
  const auto versions = item ? decision.catalog->find(*item) : decision.catalog->end();
  if (versions == decision.catalog->end()) return nullptr;
  for (const CatalogItem& version : versions->second) {
    if (latest == nullptr || version.effective_from <= match.certificate.first_issued_on) {
      latest = &version;
    }
  }
  return latest;
}

void write_basis(JsonWriter& json, const VerifyCertificate::Match& match) {
  const CatalogItem* item = basis_of(match);
  json.key("basis");
  if (item == nullptr) {
    json.null();
    return;
  }
  json.begin_object().member("item", item->id.text()).member("document", item->document);
  json.optional_member("country", item->country)
      .member("awarding_body", item->awarding_body)
      .member("certificate", item->certificate)
      .optional_member("certificate_en", item->certificate_en);
  json.end_object();
}

void write_status_history(JsonWriter& json, const Certificate& certificate) {
  json.key("status_history").begin_array();
  for (const CertificateStatusChange& change : certificate.history) {
    json.begin_object()
        .member("status", code(change.kind))
        .member("on", change.on.text())
        .member("seq", static_cast<std::int64_t>(change.seq))
        .end_object();
  }
  json.end_array();
}

Result<void> require_records(const index::Reader& reader) {
  const auto unheld = reader.first_unheld();
  if (!unheld) return unheld.error();
  if (!*unheld) return {};
  return Error{ErrorCode::unavailable,
               {},
               {"This mirror does not hold what identifies certificates; ask the registry itself.",
                "此镜像未持有核对证书所需的信息，请向登记处本身查询。"}};
}

Result<void> answer_verification(const Call& call, http::Response& response) {
  const auto input = VerifyCertificate::parse(call.request.body);
  if (!input) return input.error();
  // Before the reader: what is published must be covered by what is read.
  const auto published =
      input->wants_receipt ? call.environment.services.store.published() : nullptr;
  const index::Reader reader = reader_of(call);
  if (auto held = require_records(reader); !held) return held;
  auto answer = verify_guarded(call, reader, *input);
  if (!answer) return answer.error();
  if (answer->refusal) {
    write_refusal(call, *answer->refusal, response);
    return {};
  }
  if (answer->output && input->wants_receipt) {
    auto receipt = make_receipt(reader, published.get(), answer->output->certificate, *input);
    if (!receipt) return receipt.error();
    answer->output->receipt = std::move(*receipt);
  }
  JsonWriter json(response.body);
  VerifyCertificate::write(json, call.language, *input, answer->output);
  return {};
}

}  // namespace chayan::api
