// POST /v1/verifications: is this certificate genuine?
//
// The number is mandatory, with the holder's name or document number (or its last six characters)
// as second factor. Whatever keeps a certificate from matching (unknown number, wrong name, wrong
// document, erased), the same input form gets the same bytes for the same work.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/endpoint.h"
#include "domain/certificate.h"
#include "domain/certificate_number.h"
#include "index/reader.h"
#include "index/store.h"

namespace chayan::api {

// A sealed certificate of nobody, opened and compared where there is no record.
class Decoy {
 public:
  explicit Decoy(const index::Store& store);
  // What reading a recorded certificate does after its row was fetched.
  std::optional<Certificate> open(const index::Store& store) const;

 private:
  std::string sealed_;
};

struct VerifyCertificate {
  struct Input {
    CertificateNumber number;
    std::string holder_name;      // match form; empty: not given
    std::string document_number;  // document_number_form; empty: not given
  };

  struct Match {
    Certificate certificate;
    // The issuer's entitlement on the day of first issue, and the item it was issued under.
    std::unique_ptr<index::Reader::Decision> decision;
  };
  using Output = std::optional<Match>;  // nullopt: no match

  // The three members as they were given; absent ones are nullopt. Errors name the member.
  static Result<Input> read(std::optional<std::string_view> certificate_number,
                            std::optional<std::string_view> holder_name,
                            std::optional<std::string_view> document_number);
  static Result<Input> parse(std::string_view json_body);
  static Result<Output> handle(const index::Reader& reader, const Environment& environment,
                               const Input& input);
  static void write(JsonWriter& json, Language language, const Input& input, const Output& output);
};

// Sentences that help after a no_match, from the input's form and nothing else.
std::vector<Message> no_match_help(const VerifyCertificate::Input& input);

// The item version that the certificate rests on; null where it names none. Points into `match`.
const CatalogItem* basis_of(const VerifyCertificate::Match& match);

Result<void> answer_verification(const Call& call, http::Response& response);

}  // namespace chayan::api
