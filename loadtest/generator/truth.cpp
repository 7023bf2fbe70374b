#include "loadtest/generator/truth.h"

#include <simdjson.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

namespace chayan::loadtest {
namespace {

[[noreturn]] void fail(const std::string& path, std::size_t line, const std::string& why) {
  throw std::runtime_error(path + ":" + std::to_string(line) + ": " + why);
}

std::ifstream open(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("Cannot read " + path + "; `chayan demo --out DIR` writes it.");
  return in;
}

// One line of the demo's own file: a flat object without escapes, its members mostly asked for in
// the order in which they stand. 10^7 of them are read before each run, so without a parser's tree.
class FlatObject {
 public:
  explicit FlatObject(std::string_view line) : line_(line) {
    if (line.find('\\') != std::string_view::npos) throw std::runtime_error("has an escape");
  }
  // A string without its quotes, or another value as it stands. `key` is as it is written: "name":
  std::string_view member(std::string_view key) {
    std::size_t at = line_.find(key, cursor_);
    if (at == std::string_view::npos) at = line_.find(key);
    if (at == std::string_view::npos) throw std::runtime_error("lacks " + std::string(key));
    at += key.size();
    const bool is_string = at < line_.size() && line_[at] == '"';
    if (is_string) ++at;
    cursor_ = is_string ? line_.find('"', at) : line_.find_first_of(",}", at);
    if (cursor_ == std::string_view::npos) throw std::runtime_error("is cut");
    return line_.substr(at, cursor_ - at);
  }

 private:
  std::string_view line_;
  std::size_t cursor_ = 0;
};

template <typename Small>
Small narrowed(std::size_t value) {
  if (value > std::numeric_limits<Small>::max()) throw std::runtime_error("a value is too long");
  return static_cast<Small>(value);
}

void add_certificate(Truth& truth, std::string_view line) {
  FlatObject object(line);
  const std::string_view number = object.member(R"("certificate_number":)");
  const std::string_view name = object.member(R"("holder_name":)");
  const std::string_view status = object.member(R"("status":)");
  Certificate certificate;
  certificate.text_at = truth.texts.size();
  certificate.number_bytes = narrowed<std::uint8_t>(number.size());
  certificate.name_bytes = narrowed<std::uint8_t>(name.size());
  certificate.status = narrowed<std::uint16_t>(truth.words.id(status));
  certificate.issuer = truth.words.id(object.member(R"("issuer":)"));
  certificate.occupation =
      narrowed<std::uint16_t>(truth.words.id(object.member(R"("occupation":)")));
  certificate.level = narrowed<std::uint16_t>(truth.words.id(object.member(R"("level":)")));
  certificate.is_authorized = object.member(R"("issuer_authorized":)") == "true";
  truth.texts.append(number).append(name);
  (status == "erased" ? truth.erased : truth.certificates).push_back(certificate);
}

std::string text_of(const simdjson::dom::element& object, std::string_view name) {
  std::string_view text;
  if (object[name].get(text) != simdjson::SUCCESS) {
    throw std::runtime_error("has no " + std::string(name));
  }
  return std::string(text);
}

// Whether one of the offering's spans [first, last] holds the day.
bool is_effective(const simdjson::dom::element& offering, std::string_view day) {
  for (const simdjson::dom::element span : offering["effective"].get_array()) {
    const std::string_view first = span.at(0), last = span.at(1);
    if (first <= day && day <= last) return true;
  }
  return false;
}

}  // namespace

std::uint32_t Words::id(std::string_view text) {
  const auto [at, is_new] =
      ids_.try_emplace(std::string(text), static_cast<std::uint32_t>(texts_.size()));
  if (is_new) texts_.push_back(&at->first);
  return at->second;
}

Truth read_truth(const std::string& path) {
  std::ifstream in = open(path);
  Truth truth;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    try {
      add_certificate(truth, line);
    } catch (const std::runtime_error& error) {
      fail(path, number, error.what());
    }
  }
  if (truth.certificates.empty()) throw std::runtime_error(path + " holds no certificate.");
  return truth;
}

std::string today_in_shanghai() {
  const std::time_t now = std::time(nullptr) + 8L * 3600;  // no summer time since 1991
  std::tm day{};
  gmtime_r(&now, &day);
  char text[11];
  std::strftime(text, sizeof text, "%Y-%m-%d", &day);
  return text;
}

std::vector<InstitutionList> read_institution_lists(const std::string& path, std::string_view day,
                                                    std::size_t rows) {
  std::ifstream in = open(path);
  simdjson::dom::parser parser;
  std::map<std::pair<std::string, std::string>, std::set<std::string>> codes;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    try {
      const simdjson::dom::element institution = parser.parse(line);
      const std::string code = text_of(institution, "credit_code");
      for (const simdjson::dom::element offering : institution["offerings"].get_array()) {
        if (!is_effective(offering, day)) continue;
        codes[{text_of(offering, "occupation"), text_of(offering, "level")}].insert(code);
      }
    } catch (const std::exception& error) {
      fail(path, number, error.what());
    }
  }
  std::vector<InstitutionList> all;
  all.reserve(codes.size());
  for (const auto& [query, found] : codes) {
    all.push_back({query.first, query.second, {found.begin(), found.end()}});
  }
  if (all.empty()) throw std::runtime_error(path + ": no institution is filed today.");
  const auto is_full = [&](const InstitutionList& list) {
    return list.credit_codes.size() >= rows;
  };
  if (std::any_of(all.begin(), all.end(), is_full)) {
    std::erase_if(all, [&](const InstitutionList& list) { return !is_full(list); });
  }
  return all;
}

}  // namespace chayan::loadtest
