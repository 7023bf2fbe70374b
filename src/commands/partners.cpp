// partners: who may read private fields, what they may read, and what they were shown.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

#include "commands/command.h"
#include "commands/disclosure_ledger.h"
#include "commands/partner_file.h"
#include "commands/partner_paths.h"
#include "crypto/certificate.h"

namespace chayan::commands {
namespace {

struct PartnersOptions {
  std::string data;
  std::string file;  // empty: beside the data
  std::string name;
  std::string certificate;  // PEM file
  std::vector<std::string> fields;
  bool all_fields = false;
  bool json = false;

  std::string path() const { return file.empty() ? partner_file_of(data) : file; }
};

Result<Hash> fingerprint_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string pem{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in) return io_error("Cannot read " + path + ".");
  return crypto::certificate_fingerprint(pem);
}

Result<index::Visibility> profile_of(const PartnersOptions& options) {
  if (options.all_fields) return index::Visibility{.everything = true};
  return profile_of_fields(options.fields);
}

std::string text(const index::Visibility& profile) {
  if (profile.everything) return "all fields";
  std::string names;
  for (const std::string& name : profile.fields) names.append(names.empty() ? "" : ",") += name;
  return names;
}

std::string now() {
  return rfc3339_utc(SystemClock().now());
}

int add(const PartnersOptions& options) {
  if (options.file.empty()) {
    if (const auto there = check_data_directory(options.data); !there) return failed(there.error());
  }
  const auto certificate = fingerprint_of_file(options.certificate);
  if (!certificate) return failed(certificate.error());
  const auto profile = profile_of(options);
  if (!profile) return failed(profile.error());
  const auto edited = edit_partner_file(options.path(), [&](PartnerList& list) {
    return list.add(options.name, *profile, *certificate, now());
  });
  if (!edited) return failed(edited.error());
  std::cout << "Partner " << options.name << " may read " << text(*profile)
            << " with the certificate " << to_hex(view(*certificate)) << ".\n";
  return 0;
}

int set_profile(const PartnersOptions& options) {
  const auto profile = profile_of(options);
  if (!profile) return failed(profile.error());
  const auto edited = edit_partner_file(
      options.path(), [&](PartnerList& list) { return list.set_profile(options.name, *profile); });
  if (!edited) return failed(edited.error());
  std::cout << "Partner " << options.name << " may read " << text(*profile) << ".\n";
  return 0;
}

int revoke(const PartnersOptions& options) {
  std::optional<Hash> certificate;
  if (!options.certificate.empty()) {
    const auto given = fingerprint_of_file(options.certificate);
    if (!given) return failed(given.error());
    certificate = *given;
  }
  const auto edited = edit_partner_file(options.path(), [&](PartnerList& list) {
    return list.revoke(options.name, certificate, now());
  });
  if (!edited) return failed(edited.error());
  std::cout << "Revoked " << (certificate ? "that certificate" : "every certificate")
            << " of partner " << options.name << ", from the next request on.\n";
  return 0;
}

int list(const PartnersOptions& options) {
  const auto list = read_partner_file(options.path());
  if (!list) return failed(list.error());
  if (options.json) {
    std::cout << list->text();
    return 0;
  }
  for (const PartnerEntry& partner : list->partners()) {
    std::cout << partner.name << (partner.is_active() ? "" : " (revoked)") << ": "
              << text(partner.profile) << '\n';
    for (const PartnerCertificate& one : partner.certificates) {
      std::cout << "  " << to_hex(view(one.fingerprint)) << " added " << one.added;
      if (!one.counts()) std::cout << ", revoked " << one.revoked;
      std::cout << '\n';
    }
  }
  return 0;
}

std::string runs(const DisclosureLine& line) {
  std::string text;
  for (const auto& [first, last] : line.seqs) {
    text += (text.empty() ? "" : ",") + std::to_string(first);
    if (last != first) text += "-" + std::to_string(last);
  }
  return text;
}

int disclosures(const PartnersOptions& options) {
  const auto faults = read_ledger(ledger_of(options.data), [&](const DisclosureLine& line) {
    if (!options.name.empty() && line.partner != options.name) return;
    if (options.json) {
      std::cout << render(line);
    } else {
      std::cout << line.time << ' ' << line.partner << ": " << text(line.profile) << " of "
                << line.entries << (line.entries == 1 ? " entry" : " entries") << ", seq "
                << runs(line) << '\n';
    }
  });
  if (!faults) return failed(faults.error());
  if (faults->cut > 0) {
    std::cerr << "Lines cut short by a crash or a full disk: " << faults->cut
              << ". Nothing was disclosed by those.\n";
  }
  for (const std::string& where : faults->damaged) {
    std::cerr << "chayan: " << where << " is not what was written there.\n";
  }
  return faults->damaged.empty() ? 0 : 1;
}

using Options = std::shared_ptr<PartnersOptions>;

CLI::App* add_command(CLI::App& partners, const char* name, const char* help,
                      const Options& options, int (*run)(const PartnersOptions&), int& exit_code) {
  auto* command = partners.add_subcommand(name, help);
  command->callback([options, run, &exit_code] { exit_code = run(*options); });
  return command;
}

void add_file_options(CLI::App& command, const Options& options) {
  auto* where = command.add_option_group("where");
  add_data_option(*where, options->data);
  where->add_option("--partners", options->file, "Partner file (default: DATA.partners.json)");
  where->require_option(1, 2);
}

void add_name(CLI::App& command, const Options& options) {
  command.add_option("NAME", options->name, "The partner's name")->required();
}

void add_profile_options(CLI::App& command, const Options& options) {
  auto* profile = command.add_option_group("profile");
  profile->add_option("--fields", options->fields, "Private fields to show, by commas")
      ->delimiter(',');
  profile->add_flag("--all-fields", options->all_fields,
                    "Show all, and the salts with which a mirror can answer in turn");
  profile->require_option(1);
}

}  // namespace

void add_partners(CLI::App& app, int& exit_code) {
  auto* partners =
      app.add_subcommand("partners", "Who may read private fields over `serve --partner-listen`");
  partners->require_subcommand(1);
  const auto options = std::make_shared<PartnersOptions>();

  auto* adds = add_command(*partners, "add", "Take a partner, or a further certificate of one",
                           options, add, exit_code);
  add_name(*adds, options);
  adds->add_option("--certificate", options->certificate, "The partner's certificate, PEM")
      ->required();
  add_profile_options(*adds, options);
  add_file_options(*adds, options);

  auto* sets = add_command(*partners, "profile", "Change what a partner may read", options,
                           set_profile, exit_code);
  add_name(*sets, options);
  add_profile_options(*sets, options);
  add_file_options(*sets, options);

  auto* revokes =
      add_command(*partners, "revoke", "End a partner's reading, from the next request on", options,
                  revoke, exit_code);
  add_name(*revokes, options);
  revokes->add_option("--certificate", options->certificate, "Only this certificate of it, PEM");
  add_file_options(*revokes, options);

  auto* lists = add_command(*partners, "list", "All partners, those that were revoked too", options,
                            list, exit_code);
  lists->add_flag("--json", options->json, "As JSON");
  add_file_options(*lists, options);

  auto* shows = add_command(*partners, "disclosures", "What partners were shown, oldest first",
                            options, disclosures, exit_code);
  shows->add_option("--partner", options->name, "Of this partner alone");
  shows->add_flag("--json", options->json, "As the ledger's lines");
  add_data_option(*shows, options->data)->required();
}

}  // namespace chayan::commands
