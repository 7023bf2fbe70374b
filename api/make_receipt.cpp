#include "api/make_receipt.h"

#include <utility>

#include "base/json_reader.h"
#include "base/text.h"
#include "log/commitment.h"
#include "log/entry.h"

namespace chayan::api {
namespace {

bool is_known(std::string_view name, std::string_view value,
              const VerifyCertificate::Input& input) {
  if (name == "certificate_number") return value == input.number.text();
  if (name == "holder_name") {
    return !input.holder_name.empty() && match_form(value) == input.holder_name;
  }
  if (name == "document_number") return value == input.document_number;
  return false;
}

Result<receipt::Statement> state(const index::Reader& reader, std::uint64_t seq, std::uint64_t size,
                                 const VerifyCertificate::Input& input) {
  auto entry = reader.entry(seq);
  if (!entry) return entry.error();
  if (!*entry) return corrupt("an entry of a certificate's history is missing");
  auto inclusion = reader.prove_inclusion(seq, size);
  if (!inclusion) return inclusion.error();
  const auto payload = reader.payload(seq);
  if (!payload) return payload.error();
  JsonParser parser;
  const auto parsed = log::parse_entry(**entry, parser);
  if (!parsed) return parsed.error();
  receipt::Statement statement{seq, std::move(**entry), std::move(*inclusion), {}};
  if (*payload && parsed->commitment) {
    const log::FieldValues& fields = (*payload)->fields;
    statement.opening = log::open_fields(
        *parsed->commitment->algorithm, (*payload)->record_salt, fields,
        [&](std::string_view name) { return is_known(name, fields.find(name)->second, input); });
  }
  return statement;
}

}  // namespace

Result<std::optional<receipt::Receipt>> make_receipt(const index::Reader& reader,
                                                     const index::Published* published,
                                                     const Certificate& certificate,
                                                     const VerifyCertificate::Input& input) {
  std::optional<receipt::Receipt> receipt;
  if (published == nullptr || certificate.history.back().seq >= published->checkpoint.size) {
    return receipt;
  }
  receipt.emplace();
  for (const CertificateStatusChange& change : certificate.history) {
    auto statement = state(reader, change.seq, published->checkpoint.size, input);
    if (!statement) return statement.error();
    receipt->statements.push_back(std::move(*statement));
  }
  receipt->checkpoint = published->note;
  return receipt;
}

}  // namespace chayan::api
