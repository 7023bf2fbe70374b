// What `chayan demo` says is true of its certificates and institutions: what is asked, and what the
// answers have to be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace chayan::loadtest {

// Texts that many certificates share, each stored once.
class Words {
 public:
  std::uint32_t id(std::string_view text);
  std::string_view text(std::uint32_t id) const { return *texts_[id]; }

 private:
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<const std::string*> texts_;  // keys of ids_, which stay where they are
};

// Small, for there are 10^7 of them beside the server that is measured.
struct Certificate {
  std::uint64_t text_at =
      0;  // where in Truth::texts its number stands, and its holder's name behind
  std::uint8_t number_bytes = 0;
  std::uint8_t name_bytes = 0;
  bool is_authorized = false;
  std::uint32_t issuer = 0;  // these of Truth::words
  std::uint16_t occupation = 0;
  std::uint16_t level = 0;
  std::uint16_t status = 0;
};

struct Truth {
  std::vector<Certificate> certificates;  // without the erased ones
  std::vector<Certificate> erased;
  std::string texts;
  Words words;

  std::string_view number(const Certificate& of) const {
    return std::string_view(texts).substr(of.text_at, of.number_bytes);
  }
  std::string_view name(const Certificate& of) const {
    return std::string_view(texts).substr(of.text_at + of.number_bytes, of.name_bytes);
  }
};

// Throws std::runtime_error that names the file and the line.
Truth read_truth(const std::string& path);

// The list of institutions for an occupation at a level on a day.
struct InstitutionList {
  std::string occupation;
  std::string level;
  std::vector<std::string> credit_codes;  // ascending
};

// YYYY-MM-DD: the day that a query without one is about.
std::string today_in_shanghai();

// Of those that fill a page of `rows`; of all where none does. Throws as read_truth does.
std::vector<InstitutionList> read_institution_lists(const std::string& path, std::string_view day,
                                                    std::size_t rows);

}  // namespace chayan::loadtest
