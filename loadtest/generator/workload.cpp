#include "loadtest/generator/workload.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>

#include "base/limits.h"
#include "base/text.h"

namespace chayan::loadtest {
namespace {

constexpr std::string_view kNumberMember = "{\"certificate_number\":\"";
constexpr std::string_view kNameMember = "\",\"holder_name\":\"";
constexpr std::string_view kWrong = "误";  // behind a name makes one that nobody in the demo has
constexpr std::string_view kBodyEnd = "\"}";
constexpr std::size_t kBodyBytesMax =
    kNumberMember.size() + 255 + kNameMember.size() + 255 + kWrong.size() + kBodyEnd.size();
constexpr std::size_t kBatches = 32;

std::string get_request(const std::string& path, const std::string& host) {
  return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
}

std::string read_credential(const std::string& path) {
  std::ifstream in(path);
  std::string secret;
  if (!(in >> secret)) throw std::runtime_error("Cannot read a credential from " + path + ".");
  return secret;
}

bool has_member(std::string_view body, std::string_view name, std::string_view value) {
  const std::string wanted = '"' + std::string(name) + "\":\"" + std::string(value) + '"';
  return body.find(wanted) != std::string_view::npos;
}

}  // namespace

Workload::Workload(const Options& options) : no_match_(options.no_match) {
  const std::string host = options.host + ":" + options.port;
  double total = 0;
  for (const Share& share : options.mix) total += share.weight;
  double sum = 0;
  for (const Share& share : options.mix) {
    kinds_.push_back(share.kind);
    weights_up_to_.push_back(sum += share.weight / total);
  }
  if (options.has(Kind::redis)) protocol_ = Protocol::redis;
  if (options.has(Kind::verification) || options.has(Kind::batch) || options.has(Kind::redis)) {
    truth_ = read_truth(options.truth);
    keys_.emplace(truth_.certificates.size(), options.keys, options.zipf_exponent);
    make_heads(host);
  }
  if (options.has(Kind::institutions)) {
    const auto beside =
        std::filesystem::path(options.truth).replace_filename("institutions.ndjson");
    lists_ = read_institution_lists(beside, today_in_shanghai(), limits::kPageItemsDefault);
    for (const InstitutionList& list : lists_) {
      list_requests_.push_back(get_request(
          "/v1/institutions?occupation=" + list.occupation + "&level=" + list.level, host));
    }
  }
  if (options.has(Kind::batch)) make_batches(options, host);
  catalog_requests_ = {get_request("/v1/catalog", host), get_request("/v1/catalog?q=KNX", host)};
  path_requests_ = {get_request(options.get_path, host)};
}

void Workload::make_heads(const std::string& host) {
  const std::string before = "POST /v1/verifications HTTP/1.1\r\nHost: " + host +
                             "\r\nContent-Type: application/json\r\nContent-Length: ";
  for (std::size_t bytes = 0; bytes <= kBodyBytesMax; ++bytes) {
    heads_.push_back(before + std::to_string(bytes) + "\r\n\r\n");
  }
}

void Workload::make_batches(const Options& options, const std::string& host) {
  std::string before = "POST /v1/verifications/batch HTTP/1.1\r\nHost: ";
  before.append(host).append("\r\nAuthorization: Bearer ");
  before.append(read_credential(options.credential_file));
  before.append("\r\nContent-Type: application/x-ndjson\r\nContent-Length: ");
  Random random(options.seed);
  for (std::size_t i = 0; i < kBatches; ++i) {
    Batch batch;
    std::string rows;
    for (std::uint32_t row = 0; row < options.batch_rows; ++row) {
      const auto key = static_cast<std::uint32_t>((*keys_)(random));
      const Certificate& asked = truth_.certificates[key];
      batch.certificates.push_back(key);
      rows.append(kNumberMember).append(truth_.number(asked)).append(kNameMember);
      rows.append(truth_.name(asked)).append(kBodyEnd).append("\n");
    }
    batch.request = before + std::to_string(rows.size());
    batch.request.append("\r\n\r\n").append(rows);
    batches_.push_back(std::move(batch));
  }
}

Question Workload::next(Random& random) const {
  std::size_t kind = 0;
  if (kinds_.size() > 1) {
    const double share = uniform_share(random);
    while (kind + 1 < kinds_.size() && share >= weights_up_to_[kind]) ++kind;
  }
  Question question;
  question.kind = kinds_[kind];
  const auto any_of = [&](const auto& of) {
    return static_cast<std::uint32_t>(uniform_below(random, of.size()));
  };
  switch (question.kind) {
    case Kind::verification:
      question.item = static_cast<std::uint32_t>((*keys_)(random));
      if (no_match_ > 0 && uniform_share(random) < no_match_) {
        const bool is_erased = !truth_.erased.empty() && random() % 2 == 0;
        question.variant = is_erased ? Question::Variant::erased : Question::Variant::wrong_name;
        if (is_erased) question.item = any_of(truth_.erased);
      }
      break;
    case Kind::redis:
      question.item = static_cast<std::uint32_t>((*keys_)(random));
      break;
    case Kind::institutions:
      question.item = any_of(lists_);
      break;
    case Kind::catalog:
      question.item = any_of(catalog_requests_);
      break;
    case Kind::batch:
      question.item = any_of(batches_);
      break;
    case Kind::path:
      break;
  }
  return question;
}

const Certificate& Workload::certificate(const Question& question) const {
  const bool is_erased = question.variant == Question::Variant::erased;
  return (is_erased ? truth_.erased : truth_.certificates)[question.item];
}

void Workload::append_request(const Question& question, std::string& out) const {
  switch (question.kind) {
    case Kind::verification: {
      const Certificate& asked = certificate(question);
      const std::string_view wrong =
          question.variant == Question::Variant::wrong_name ? kWrong : std::string_view();
      const std::size_t body_bytes = kNumberMember.size() + asked.number_bytes +
                                     kNameMember.size() + asked.name_bytes + wrong.size() +
                                     kBodyEnd.size();
      out.append(heads_[body_bytes]).append(kNumberMember).append(truth_.number(asked));
      out.append(kNameMember).append(truth_.name(asked)).append(wrong).append(kBodyEnd);
      break;
    }
    case Kind::redis: {
      const std::string_view number = truth_.number(certificate(question));
      // Two digits: numbers have 10 to 99 characters. Chayan's have 22, or what was recorded.
      const char length[] = {static_cast<char>('0' + number.size() / 10 % 10),
                             static_cast<char>('0' + number.size() % 10)};
      out.append("*2\r\n$3\r\nGET\r\n$").append(length, 2).append("\r\n");
      out.append(number).append("\r\n");
      break;
    }
    case Kind::institutions:
      out.append(list_requests_[question.item]);
      break;
    case Kind::catalog:
      out.append(catalog_requests_[question.item]);
      break;
    case Kind::batch:
      out.append(batches_[question.item].request);
      break;
    case Kind::path:
      out.append(path_requests_[question.item]);
      break;
  }
}

std::string Workload::fault(const Question& question, std::string_view body) const {
  switch (question.kind) {
    case Kind::verification:
      return fault_of_verification(question, body);
    case Kind::institutions:
      return fault_of_institutions(question, body);
    case Kind::batch:
      return fault_of_batch(question, body);
    case Kind::catalog:
      if (body.find("\"items\":[{") == std::string_view::npos) return "a catalog without items";
      return {};
    case Kind::redis:
      return body.empty() ? "an empty value" : "";
    case Kind::path:
      return {};
  }
  return {};
}

// No fault names what was asked: a result may be shown to others.
std::string Workload::fault_of_verification(const Question& question, std::string_view body) const {
  if (question.variant != Question::Variant::right) {
    return has_member(body, "result", "no_match") ? "" : "not no_match where nothing matches";
  }
  const Certificate& asked = certificate(question);
  const Words& words = truth_.words;
  if (!has_member(body, "result", "match")) return "not match where the name is right";
  if (!has_member(body, "status", words.text(asked.status))) return "another status";
  if (!has_member(body, "level", words.text(asked.level))) return "another level";
  if (!has_member(body, "code", words.text(asked.occupation))) return "another occupation";
  if (!has_member(body, "credit_code", words.text(asked.issuer))) return "another issuer";
  if (!has_member(body, "holder", mask_name(truth_.name(asked)))) return "another holder";
  const std::string_view authorized =
      asked.is_authorized ? "\"issuer_authorized\":true" : "\"issuer_authorized\":false";
  if (body.find(authorized) == std::string_view::npos) return "another authorization";
  return {};
}

std::string Workload::fault_of_institutions(const Question& question, std::string_view body) const {
  constexpr std::string_view kCode = "\"credit_code\":\"";
  const auto& codes = lists_[question.item].credit_codes;
  std::size_t items = 0;
  for (std::size_t at = body.find(kCode); at != std::string_view::npos; at = body.find(kCode, at)) {
    at += kCode.size();
    const std::string_view code = body.substr(at, body.find('"', at) - at);
    if (!std::binary_search(codes.begin(), codes.end(), code)) {
      return "an institution that is not filed for it";
    }
    ++items;
  }
  if (items != std::min(codes.size(), limits::kPageItemsDefault)) {
    return std::to_string(items) + " institutions on a page";
  }
  return {};
}

std::string Workload::fault_of_batch(const Question& question, std::string_view body) const {
  const std::vector<std::uint32_t>& asked = batches_[question.item].certificates;
  std::size_t at = 0;
  for (const std::uint32_t certificate : asked) {
    const std::size_t end = body.find('\n', at);
    if (end == std::string_view::npos) return "a batch with too few rows";
    Question row;
    row.item = certificate;
    std::string why = fault_of_verification(row, body.substr(at, end - at));
    if (!why.empty()) return "in a batch: " + why;
    at = end + 1;
  }
  return has_member(body.substr(at), "result", "summary") ? "" : "a batch without its summary";
}

}  // namespace chayan::loadtest
