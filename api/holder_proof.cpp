#include "api/holder_proof.h"

#include <algorithm>
#include <array>
#include <utility>

#include "api/guarded.h"

namespace chayan::api {
namespace {

constexpr std::array<std::string_view, 3> kMembers = {"certificate_number", "holder_name",
                                                      "document_number"};

Error missing(std::string_view member) {
  return invalid(std::string(member),
                 "The holder proves himself with certificate_number, holder_name and "
                 "document_number; give all three.",
                 "请同时填写证书编号、持证人姓名和完整的证件号码，以证明是持证人本人。");
}

using Given = std::array<std::optional<std::string_view>, kMembers.size()>;

Result<VerifyCertificate::Input> proof_of(const Given& given) {
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (!given[i]) return missing(kMembers[i]);
  }
  auto proof = VerifyCertificate::read(given[0], given[1], given[2]);
  if (proof) proof->whole_document = true;
  return proof;
}

}  // namespace

Result<VerifyCertificate::Input> read_holder_proof(JsonObject& body) {
  Given given;
  for (std::size_t i = 0; i < given.size(); ++i) given[i] = body.optional_string(kMembers[i]);
  return proof_of(given);
}

Result<VerifyCertificate::Input> read_holder_proof(Form& form) {
  Given given;
  for (std::size_t i = 0; i < given.size(); ++i) given[i] = form.take(kMembers[i]);
  return proof_of(given);
}

Result<HolderProof> prove_holder(const Call& call, const index::Reader& reader,
                                 const VerifyCertificate::Input& proof) {
  auto answer = verify_guarded(call, reader, proof);
  if (!answer) return answer.error();
  HolderProof outcome;
  outcome.refusal = std::move(answer->refusal);
  if (answer->output) outcome.certificate = std::move(answer->output->certificate);
  return outcome;
}

Error holder_body_error(Error error, std::initializer_list<std::string_view> more_members) {
  const auto is_ours = [&](const auto& names) {
    return std::find(names.begin(), names.end(), error.field) != names.end();
  };
  if (error.field == "body" || is_ours(kMembers) || is_ours(more_members)) return error;
  return invalid("body", "The body has a member that is not taken here; remove it.",
                 "正文中有此处不接受的字段，请删除。");
}

}  // namespace chayan::api
