#include <fstream>
#include <iostream>
#include <utility>

#include "base/json_writer.h"
#include "commands/command.h"
#include "commands/progress.h"
#include "index/log_reader.h"
#include "index/reader.h"

namespace chayan::commands {
namespace {

struct ExportOptions {
  index::StoreOptions store;
  std::string file;
};

// Makes `change` what an import line would say. False: it is of a certificate that was erased,
// which cannot be imported.
Result<bool> read_importable(const index::Reader& reader, index::LoggedChange logged,
                             Change& change) {
  change.body = std::move(logged.body);
  change.actor = std::move(logged.head.actor);
  change.secrets = logged.payload ? std::move(logged.payload->fields) : PrivateFields();
  if (std::holds_alternative<CertificateFacts>(change.body)) return logged.payload.has_value();
  if (auto* event = std::get_if<CertificateEvent>(&change.body)) {
    const auto certificate = reader.certificate_issued_at(event->of);
    if (!certificate) return certificate.error();
    if (!*certificate) return false;
    change.secrets.try_emplace("certificate_number", (*certificate)->secrets.number);
    event->of = 0;  // the number names it
  }
  return true;
}

int run(const ExportOptions& options) {
  const SystemClock clock;
  const auto store = index::Store::open(options.store, clock);
  if (!store) return failed(store.error());
  std::ofstream file;
  if (options.file != "-") file = open_private_file(options.file, std::ios::trunc);
  std::ostream& out = options.file == "-" ? std::cout : file;

  index::LogReader log(**store);
  const index::Reader reader = (*store)->reader();
  const auto size = log.size();
  if (!size) return failed(size.error());
  std::uint64_t erased = 0;
  {
    ProgressBar bar("Exporting");
    std::string line;
    Change change;
    for (std::uint64_t seq = 0; seq < *size && out; ++seq) {
      auto logged = log.read(seq);
      if (!logged) return failed(logged.error());
      const auto is_importable = read_importable(reader, std::move(*logged), change);
      if (!is_importable) return failed(is_importable.error());
      bar.update(seq + 1, *size);
      if (!*is_importable) {
        ++erased;
        continue;
      }
      line.clear();
      JsonWriter json(line);
      write_change(json, change);
      out << line << '\n';
    }
  }
  if (!out.flush()) return failed(io_error("writing " + options.file + " failed"));
  std::cerr << "Exported " << *size - erased << " changes; left out " << erased
            << " of erased certificates. The file holds personal data.\n";
  return 0;
}

}  // namespace

void add_export(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "export", "Write the whole registry, personal data included, as a file that import takes");
  const auto options = std::make_shared<ExportOptions>();
  options->store.create = false;
  add_store_options(*command, options->store);
  command->add_option("--out", options->file, "NDJSON file to write; - for standard output")
      ->required();
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace chayan::commands
