// What is asked and what the answers have to be. Built once before the run; const and shared by all
// threads during it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loadtest/generator/answer_framer.h"
#include "loadtest/generator/keys.h"
#include "loadtest/generator/options.h"
#include "loadtest/generator/truth.h"

namespace chayan::loadtest {

// One request. `item` is the place of its certificate, list, page or batch.
struct Question {
  Kind kind = Kind::verification;
  enum class Variant : std::uint8_t { right, wrong_name, erased } variant = Variant::right;
  std::uint32_t item = 0;
};

class Workload {
 public:
  // Reads what the mix needs. Throws std::runtime_error with a sentence for the operator.
  explicit Workload(const Options& options);

  Protocol protocol() const { return protocol_; }
  std::size_t certificates() const { return truth_.certificates.size(); }
  Question next(Random& random) const;
  // Puts the request's bytes behind `out`: parts made beforehand, no allocation where `out` is
  // large enough.
  void append_request(const Question& question, std::string& out) const;
  // What is wrong with a 200 answer's body; empty: nothing.
  std::string fault(const Question& question, std::string_view body) const;

 private:
  struct Batch {
    std::string request;
    std::vector<std::uint32_t> certificates;
  };

  void make_heads(const std::string& host);
  void make_batches(const Options& options, const std::string& host);
  const Certificate& certificate(const Question& question) const;
  std::string fault_of_verification(const Question& question, std::string_view body) const;
  std::string fault_of_institutions(const Question& question, std::string_view body) const;
  std::string fault_of_batch(const Question& question, std::string_view body) const;

  std::vector<double> weights_up_to_;  // of the mix, adding up to 1; kinds_ beside it
  std::vector<Kind> kinds_;
  Protocol protocol_ = Protocol::http;
  double no_match_ = 0;
  Truth truth_;
  std::optional<KeyChooser> keys_;
  std::vector<std::string> heads_;  // of verifications, by the length of the body
  std::vector<InstitutionList> lists_;
  std::vector<std::string> list_requests_;
  std::vector<std::string> catalog_requests_;
  std::vector<std::string> path_requests_;
  std::vector<Batch> batches_;
};

}  // namespace chayan::loadtest
