#include "commands/partner_directory.h"

#include "commands/partner_file.h"

namespace chayan::commands {
namespace {

using Partners = std::map<Hash, api::Partner>;

Result<Partners> partners_of_file(const std::string& path) {
  const auto list = read_partner_file(path);
  if (!list) return list.error();
  Partners partners;
  for (const PartnerEntry& partner : list->partners()) {
    for (const PartnerCertificate& certificate : partner.certificates) {
      if (!certificate.counts()) continue;
      partners.emplace(certificate.fingerprint, api::Partner{partner.name, partner.profile});
    }
  }
  return partners;
}

Error no_partner_file(const std::string& path) {
  return io_error("There is no readable partner file " + path +
                  ", so nobody is a partner; `chayan partners add` makes it.");
}

}  // namespace

PartnerDirectory::PartnerDirectory(const std::string& path,
                                   std::function<void(const Error&)> report_fault)
    : partners_(path, partners_of_file, no_partner_file(path), std::move(report_fault)) {}

std::optional<api::Partner> PartnerDirectory::find(std::string_view fingerprint) {
  const auto certificate = hash_from(fingerprint);
  if (!certificate) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const Partners& partners = partners_.look();
  const auto found = partners.find(*certificate);
  return found == partners.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace chayan::commands
