#include <iostream>

#include "base/file.h"
#include "base/json_writer.h"
#include "commands/command.h"
#include "commands/progress.h"
#include "index/rebuild.h"
#include "log/note.h"

namespace chayan::commands {
namespace {

struct CheckOptions {
  index::StoreOptions store;
  bool accept_head = false;
  std::string new_origin;
  std::string last_checkpoint;  // file
  bool json = false;
};

void print_json(const index::CheckReport& report, const std::string& read_only_reason) {
  std::string out;
  JsonWriter json(out);
  json.begin_object()
      .member("size", static_cast<std::int64_t>(report.head.size))
      .member("root", to_hex(view(report.head.root)))
      .member("rows", static_cast<std::int64_t>(report.digest.count))
      .member("digest", to_hex(view(report.digest.rows)))
      .member("payloads", static_cast<std::int64_t>(report.payloads))
      .member("erased", static_cast<std::int64_t>(report.erased))
      .member("read_only_reason", read_only_reason)
      .key("faults")
      .begin_array();
  for (const std::string& fault : report.faults) json.string(fault);
  json.end_array().end_object();
  std::cout << out << '\n';
}

void print_text(const index::CheckReport& report, const std::string& read_only_reason) {
  std::cout << "entries   " << report.head.size << '\n'
            << "root      " << to_hex(view(report.head.root)) << '\n'
            << "rows      " << report.digest.count << '\n'
            << "digest    " << to_hex(view(report.digest.rows)) << '\n'
            << "payloads  " << report.payloads << " match their commitments, " << report.erased
            << " erased\n";
  if (!read_only_reason.empty()) {
    std::cout << "read-only: " << read_only_reason
              << "\n  Restore what is missing. What else can be done, --accept-head says.\n";
  }
  for (const std::string& fault : report.faults) std::cout << "fault: " << fault << '\n';
  std::cout << (report.faults.empty() ? "No faults.\n" : "Restore from a backup, or `rebuild`.\n");
}

Result<void> accept_head(index::Store& store, const CheckOptions& options) {
  index::HeadDecision decision{options.new_origin, {}};
  if (!options.last_checkpoint.empty()) {
    const OpenFile file(options.last_checkpoint, O_RDONLY);
    auto note = read_all(file, log::kNoteBytesMax);
    if (!note) return io_error("Cannot read " + options.last_checkpoint + ".");
    decision.last_checkpoint = std::move(*note);
  }
  return store.accept_head(decision);
}

int run(const CheckOptions& options) {
  const SystemClock clock;
  const auto store = index::Store::open(options.store, clock);
  if (!store) return failed(store.error());
  const auto report = [&] {
    ProgressBar bar("Checking");
    return index::check(**store, [&](auto done, auto all) { bar.update(done, all); });
  }();
  if (!report) return failed(report.error());
  if (options.accept_head && report->faults.empty()) {
    if (const auto accepted = accept_head(**store, options); !accepted) {
      return failed(accepted.error());
    }
  }
  const std::string& reason = (*store)->read_only_reason();
  options.json ? print_json(*report, reason) : print_text(*report, reason);
  return report->faults.empty() && reason.empty() ? 0 : 1;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "check",
      "Hold every row against the log, the log against its head, payloads against entries");
  const auto options = std::make_shared<CheckOptions>();
  options->store.create = false;
  options->store.inspect = true;
  add_store_options(*command, options->store);
  auto* accept =
      command->add_flag("--accept-head", options->accept_head,
                        "Where nothing else is wrong: the log goes on from the present head, "
                        "with one of the next two");
  auto* last = command
                   ->add_option("--last-checkpoint", options->last_checkpoint,
                                "The newest /checkpoint of a mirror, as a file: the anchor alone "
                                "was lost, and the log has everything that was signed")
                   ->needs(accept);
  command
      ->add_option("--new-origin", options->new_origin,
                   "What was signed is lost: the log goes on under this name, with another "
                   "signing key, and mirrors begin anew")
      ->needs(accept)
      ->excludes(last);
  command->add_flag("--json", options->json, "Report as JSON");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace chayan::commands
