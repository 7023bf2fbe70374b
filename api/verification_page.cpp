#include "api/verification_page.h"

#include <array>

#include "api/address.h"
#include "api/environment.h"
#include "api/form.h"
#include "api/guarded.h"
#include "api/make_receipt.h"
#include "api/page.h"
#include "api/page_words.h"
#include "api/receipt_page.h"
#include "api/share_reports.h"
#include "api/times.h"
#include "api/verify_certificate.h"
#include "base/text.h"

namespace chayan::api {
namespace {

struct Names {
  std::string_view code;
  std::string_view zh;
  std::string_view en;
};

constexpr Names kStatuses[] = {
    {"valid", "有效", "Valid"},           {"issued", "核发", "Issued"},
    {"corrected", "已更正", "Corrected"}, {"reissued", "已补证", "Reissued"},
    {"revoked", "已撤销", "Revoked"},     {"cancelled", "已注销", "Cancelled"}};

constexpr std::array<std::string_view, 3> kControls = {"certificate_number", "holder_name",
                                                       "document_number"};

Result<VerifyCertificate::Input> parse(std::string_view body) {
  auto form = Form::parse(body);
  if (!form) return form.error();
  const auto number = form->take(kControls[0]);
  const auto name = form->take(kControls[1]);
  const auto document = form->take(kControls[2]);
  if (auto finished = form->finish(); !finished) return finished.error();
  auto input = VerifyCertificate::read(number, name, document);
  if (input) input->wants_receipt = true;
  return input;
}

// The answer, before anything else on the page.
Message verdict_on(std::string_view status) {
  if (status == "corrected") {
    return {"This certificate is valid; its record was corrected", "证书有效，登记信息曾更正"};
  }
  if (status == "reissued") {
    return {"This certificate is valid; it was issued again", "证书有效，曾补发"};
  }
  if (status == "revoked") return {"This certificate was revoked", "证书已被撤销，无效"};
  if (status == "cancelled") return {"This certificate was cancelled", "证书已注销，无效"};
  return {"This certificate is valid", "证书有效"};
}

PageData history_data(const Certificate& certificate) {
  PageData history(PageData::type::list);
  for (const CertificateStatusChange& change : certificate.history) {
    PageData row;
    set_message(row, "status", status_name(code(change.kind)));
    row.set("on", change.on.text());
    history.push_back(row);
  }
  return history;
}

PageData match_data(const VerifyCertificate::Match& match) {
  const Certificate& certificate = match.certificate;
  const CertificateFacts& facts = certificate.facts;
  const Entitlement& entitlement = match.decision.entitlement;
  PageData data;
  set_message(data, "verdict", verdict_on(certificate.status()));
  set_message(data, "status", status_name(certificate.status()));
  data.set("standing", certificate.status() != "revoked" && certificate.status() != "cancelled");
  data.set("holder", mask_name(certificate.secrets.holder_name));
  data.set("occupation", facts.occupation_name);
  data.set("has_work_type", !facts.work_type.empty());
  data.set("work_type", facts.work_type);
  set_message(data, "level", level_name(facts.level));
  data.set("issued_on", facts.issued_on.text());
  const auto& issuer = match.decision.institution;
  data.set("has_issuer", issuer != nullptr);
  data.set("issuer", issuer ? issuer->institution.name : std::string(facts.issuer.text()));
  data.set("issuer_code", std::string(facts.issuer.text()));
  data.set("authorized", entitlement.holds());
  set_message(data, "why", sentence(entitlement.reason));
  const CatalogItem* basis = basis_of(match);
  data.set("has_basis", basis != nullptr);
  if (basis != nullptr) {
    data.set("basis", basis->certificate);
    data.set("basis_document", basis->document);
  }
  data.set("history", history_data(certificate));
  return data;
}

PageData check_page_data(const Call& call) {
  PageData data = page_data(Section::check, {"Check a certificate", "查验证书"});
  set_optional(data, "home", public_address(call, "").value_or(""));
  return data;
}

}  // namespace

Message status_name(std::string_view status) {
  for (const Names& names : kStatuses) {
    if (names.code == status) return {std::string(names.en), std::string(names.zh)};
  }
  return {std::string(status), std::string(status)};
}

void set_help(PageData& data, const VerifyCertificate::Input& input) {
  PageData help(PageData::type::list);
  for (const Message& message : no_match_help(input)) {
    PageData line;
    line.set("zh", message.zh);
    line.set("en", message.en);
    help.push_back(line);
  }
  data.set("help", help);
}

Result<void> answer_check_page(const Call& call, http::Response& response) {
  PageData data = check_page_data(call);
  render_page(call, "check.html", data, response);
  return {};
}

Result<void> answer_verification_page(const Call& call, http::Response& response) {
  const auto input = parse(call.request.body);
  if (!input) {
    PageData data = check_page_data(call);
    set_form_problem(call, input.error(), kControls, data, response);
    render_page(call, "check.html", data, response);
    return {};
  }
  // Before the reader: what is published must be covered by what is read.
  const auto published = call.environment.services.store.published();
  const index::Reader reader = reader_of(call);
  if (auto held = require_records(reader); !held) return held;
  auto answer = verify_guarded(call, reader, *input);
  if (!answer) return answer.error();
  if (answer->refusal) {
    write_refusal_page(call, *answer->refusal, response);
    return {};
  }

  VerifyCertificate::Output& output = answer->output;
  PageData data = page_data(Section::check, output ? Message{"Match", "信息相符"}
                                                   : Message{"No match", "未找到相符的证书"});
  data.set("no_match", !output);
  if (!output) {
    set_help(data, *input);
  } else {
    auto receipt = make_receipt(reader, published.get(), output->certificate, *input);
    if (!receipt) return receipt.error();
    output->receipt = std::move(*receipt);
    PageData match = match_data(*output);
    match.set("seen", shanghai_time(now(call)));
    if (output->receipt) {
      if (auto set = set_receipt(call, *input, output, match); !set) return set;
    }
    data.set("match", match);
  }
  render_page(call, "verification.html", data, response);
  return {};
}

}  // namespace chayan::api
