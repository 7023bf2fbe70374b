// POST /v1/verifications: is this certificate genuine?
//
// The number is mandatory, with the holder's name or document number (or its last six characters)
// as second factor. Whatever keeps a certificate from matching (unknown number, wrong name, wrong
// document, erased), the same input form gets the same bytes for the same work: the row that stands
// where the number's would is read, unsealed and compared, be it the number's own or a neighbour's.
// Asking for a receipt changes nothing of them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/endpoint.h"
#include "domain/certificate.h"
#include "domain/certificate_number.h"
#include "index/reader.h"
#include "receipt/receipt.h"

namespace chayan::api {

struct VerifyCertificate {
  struct Input {
    CertificateNumber number;
    std::string holder_name = {};      // match form; empty: not given
    std::string document_number = {};  // document_number_form; empty: not given
    bool wants_receipt = false;
    // A document number of six characters is the whole number, and not the last six of one.
    bool whole_document = false;
  };

  struct Match {
    Certificate certificate;
    // The issuer's entitlement on the day of first issue, and the item it was issued under.
    index::Reader::Decision decision;
    // Only where one was asked for; empty: it cannot be given now (make_receipt.h).
    std::optional<receipt::Receipt> receipt = {};
  };
  using Output = std::optional<Match>;  // nullopt: no match

  // The three members as they were given; absent ones are nullopt. Errors name the member.
  static Result<Input> read(std::optional<std::string_view> certificate_number,
                            std::optional<std::string_view> holder_name,
                            std::optional<std::string_view> document_number);
  static Result<Input> parse(std::string_view json_body);
  // Knows no limits: strangers ask through api/guarded.h.
  static Result<Output> handle(const index::Reader& reader, const Input& input);
  // What handle does after it has read the row.
  static Result<Output> judge(const index::Reader& reader, const Input& input,
                              std::optional<index::Reader::Nearest> nearest);
  static void write(JsonWriter& json, Language language, const Input& input, const Output& output);
  // The members alone, for a caller who has others to put beside them.
  static void write_members(JsonWriter& json, Language language, const Input& input,
                            const Output& output);
};

// Sentences that help after a no_match, from the input's form and nothing else.
std::vector<Message> no_match_help(const VerifyCertificate::Input& input);

// The item version that the certificate rests on; null where it names none. Points into `match`.
const CatalogItem* basis_of(const VerifyCertificate::Match& match);

// The members "basis" (an object or null) and "status_history", as every answer writes them.
void write_basis(JsonWriter& json, const VerifyCertificate::Match& match);
void write_status_history(JsonWriter& json, const Certificate& certificate);

// Error unavailable on a mirror that was not given all private fields: there "no match" would say
// nothing, and a match might be of yesterday.
Result<void> require_records(const index::Reader& reader);

Result<void> answer_verification(const Call& call, http::Response& response);

}  // namespace chayan::api
