#include "commands/partner_directory.h"

#include "commands/partner_file.h"

namespace chayan::commands {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

std::optional<PartnerDirectory::Identity> PartnerDirectory::identity_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return Identity{status.st_dev, status.st_ino, status.st_size, nanoseconds(status.st_mtim),
                  nanoseconds(status.st_ctim)};
}

std::optional<api::Partner> PartnerDirectory::find(std::string_view fingerprint) {
  const auto certificate = hash_from(fingerprint);
  if (!certificate) return std::nullopt;
  const std::lock_guard lock(mutex_);
  look_again();
  const auto found = partners_.find(*certificate);
  return found == partners_.end() ? std::nullopt : std::optional(found->second);
}

void PartnerDirectory::look_again() {
  // Before reading: a change that falls between the two is seen the next time.
  const auto now = identity_of(path_);
  if (!now) {
    read_.reset();
    return refuse_all(io_error("There is no readable partner file " + path_ +
                               ", so nobody is a partner; `chayan partners add` makes it."));
  }
  if (now == read_) return;
  const auto list = read_partner_file(path_);
  // What the disk failed to give is asked for again, what does not parse only when it has changed.
  read_ = list || list.error().code == ErrorCode::corrupt ? now : std::nullopt;
  if (!list) return refuse_all(list.error());
  reported_.clear();
  partners_.clear();
  for (const PartnerEntry& partner : list->partners()) {
    for (const PartnerCertificate& certificate : partner.certificates) {
      if (!certificate.counts()) continue;
      partners_.emplace(certificate.fingerprint, api::Partner{partner.name, partner.profile});
    }
  }
}

void PartnerDirectory::refuse_all(const Error& fault) {
  partners_.clear();
  if (reported_ == fault.message.en) return;
  reported_ = fault.message.en;
  report_fault_(fault);
}

}  // namespace chayan::commands
