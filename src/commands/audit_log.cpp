// chayan audit-log: reads a public log from nothing and says which of the registry's promises it
// breaks. What is checked stands in audit/rule.h; that what is read is what was signed, FeedReader
// proves page by page.
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "audit/auditor.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "client/http_client.h"
#include "commands/command.h"
#include "commands/progress.h"
#include "commands/upstream_url.h"

namespace chayan::commands {
namespace {

using namespace std::chrono_literals;
constexpr int kAttempts = 5;
constexpr auto kBetweenAttempts = 1s;
// An erasure shows in the feed a moment before its entry is published.
constexpr auto kTombstoneWait = 2s;
constexpr int kTombstonePages = 3;

struct AuditOptions {
  client::ClientOptions client;
  std::string vkey;
  std::string last_checkpoint_file;
  bool mirror = false;
  bool json = false;
};

struct Audited {
  log::NoteKey key;
  bool key_on_trust = false;
  bool is_mirror = false;
  audit::Report report;
  std::optional<log::FeedReader::Fork> fork;
  std::string checkpoint;  // the note that the log was read to the end of
};

bool may_go_better(long status) {
  return status == 429 || status == 503;
}

// The body of a 200.
Result<std::string> fetch(client::HttpClient& client, const std::string& target,
                          std::chrono::seconds wait = {}) {
  for (int attempt = 1;; ++attempt) {
    auto fetched = client.get(target, wait);
    if (fetched && fetched->status == 200) return std::move(fetched->body);
    const bool lasting =
        fetched ? !may_go_better(fetched->status) : fetched.error().code != ErrorCode::unavailable;
    if (lasting || attempt == kAttempts) {
      if (!fetched) return fetched.error();
      return io_error(target + " was answered with status " + std::to_string(fetched->status) +
                      ".");
    }
    std::this_thread::sleep_for(kBetweenAttempts);
  }
}

// What the server says of its log, unproven.
struct Description {
  std::string vkey;
  bool is_mirror = false;
};

Result<Description> describe(client::HttpClient& client) {
  const auto body = fetch(client, "/v1/log");
  if (!body) return body.error();
  JsonParser parser;
  auto object = parser.parse_object(*body);
  if (!object) return corrupt("/v1/log does not describe a log.");
  Description description;
  description.is_mirror = object->optional_string("role") == "mirror";
  auto keys = object->objects("keys");
  if (!keys.empty()) description.vkey = keys.front().string("vkey");
  return description;
}

std::string page_target(std::uint64_t size, std::size_t limit, std::chrono::seconds wait) {
  std::string target = "/v1/changes?limit=" + std::to_string(limit);
  if (size > 0) target += "&after=" + std::to_string(size - 1);
  if (wait > 0s) target += "&wait=" + std::to_string(wait.count());
  return target;
}

// Reads to the end of the log as it is when it gets there.
Result<void> read_log(client::HttpClient& client, log::FeedReader& reader, audit::Auditor& auditor,
                      std::string& checkpoint) {
  ProgressBar bar("Auditing");
  // The first page is short: it says how long the log is before the rest is asked for.
  std::size_t limit = 1;
  std::chrono::seconds wait{0};
  for (int late_pages = 0;;) {
    const std::uint64_t before = reader.frontier().size();
    const auto body = fetch(client, page_target(before, limit, wait), wait);
    if (!body) return body.error();
    const auto page = reader.read(*body);
    if (!page) {
      auditor.stop(before, page.error());
      return {};
    }
    auditor.read(*page);
    const std::uint64_t size = reader.frontier().size();
    const std::uint64_t signed_size = reader.promised_size();
    bar.update(size, signed_size);
    const bool at_end = size == signed_size;
    checkpoint = page->note;
    if (at_end && (!auditor.awaits_tombstones() || late_pages++ == kTombstonePages)) return {};
    if (!at_end && page->lines.empty()) {
      auditor.stop(size, corrupt("seq " + std::to_string(size) + ": the log's key signed " +
                                 std::to_string(signed_size) +
                                 " entries, and the server shows no more than these."));
      return {};
    }
    wait = at_end ? kTombstoneWait : 0s;
    limit = limits::kFeedEntriesMax;
  }
}

Result<Audited> audit_log(const AuditOptions& options) {
  client::HttpClient client(options.client);
  Audited audited;
  audited.key_on_trust = options.vkey.empty();
  auto given = log::parse_verifier_line(options.vkey, "--vkey");
  if (!given && !audited.key_on_trust) return given.error();
  const auto described = describe(client);
  if (!described) return described.error();
  auto key = audited.key_on_trust ? log::parse_verifier_line(described->vkey, "vkey") : given;
  if (!key) return corrupt("The server names no key of its log; give one with --vkey.");
  if (described->is_mirror && !options.mirror) {
    return corrupt(
        "The server says that it is a mirror, whose feed says of private fields what is its own. "
        "Ask "
        "the registry itself, or have the rules about erasure passed over with --mirror.");
  }
  audited.key = *key;
  audited.is_mirror = options.mirror;
  log::FeedReader reader(std::move(*key), log::Frontier());
  if (!options.last_checkpoint_file.empty()) {
    const OpenFile file(options.last_checkpoint_file, O_RDONLY);
    const auto note = read_all(file, log::kNoteBytesMax);
    if (!note) {
      return invalid("--last-checkpoint", "Cannot read " + options.last_checkpoint_file + ".",
                     "无法读取该文件。");
    }
    if (auto held = reader.hold_to(*note); !held) {
      return invalid("--last-checkpoint", held.error().message.en, held.error().message.zh);
    }
  }
  using PrivateFields = audit::Auditor::PrivateFields;
  audit::Auditor auditor(audited.is_mirror ? PrivateFields::passed_over : PrivateFields::judged);
  if (const auto read = read_log(client, reader, auditor, audited.checkpoint); !read) {
    return read.error();
  }
  audited.fork = reader.fork();
  audited.report = auditor.finish(reader.frontier());
  return audited;
}

void print_json(const Audited& audited) {
  const audit::Report& report = audited.report;
  const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  std::string out;
  JsonWriter json(out);
  json.begin_object()
      .member("origin", audited.key.name)
      .member("vkey", log::verifier_line(audited.key))
      .key("key_taken_on_trust")
      .boolean(audited.key_on_trust)
      .member("role", audited.is_mirror ? "mirror" : "origin")
      .member("size", number(report.size))
      .member("root", to_hex(view(report.root)))
      .key("provable")
      .boolean(report.provable)
      .member("institutions", number(report.institutions))
      .member("filings", number(report.filings))
      .member("certificates", number(report.certificates))
      .member("certificates_recorded_before_filing",
              number(report.certificates_recorded_before_filing))
      .member("found", number(report.findings.count()));
  json.key("by_rule").begin_object();
  for (std::size_t i = 0; i < audit::kRules; ++i) {
    const auto rule = static_cast<audit::Rule>(i);
    if (const auto count = report.findings.count(rule); count > 0) {
      json.member(audit::id(rule), number(count));
    }
  }
  json.end_object().member("checkpoint", audited.checkpoint);
  if (audited.fork) {
    json.key("fork").begin_array().string(audited.fork->first).string(audited.fork->second);
    json.end_array();
  }
  json.key("findings").begin_array();
  for (const audit::Finding& finding : report.findings.kept()) {
    json.begin_object().member("seq", number(finding.seq)).member("rule", audit::id(finding.rule));
    json.member("what", finding.what).end_object();
  }
  json.end_array().end_object();
  std::cout << out << '\n';
}

void print_text(const Audited& audited) {
  const audit::Report& report = audited.report;
  for (const audit::Finding& finding : report.findings.kept()) {
    std::cout << "seq " << finding.seq << "  " << audit::id(finding.rule) << ": " << finding.what
              << '\n';
  }
  std::cout << "log           " << audited.key.name << '\n'
            << "size          " << report.size << " entries, each proven to be what was signed\n"
            << "root          " << to_hex(view(report.root)) << '\n'
            << "key           " << log::verifier_line(audited.key) << '\n';
  if (audited.key_on_trust) {
    std::cout << "              key taken on trust from the server itself; compare it with one "
                 "published elsewhere, or give that one with --vkey\n";
  }
  if (audited.is_mirror) {
    std::cout << "mirror        what a mirror's feed says of erased fields is its own and was "
                 "passed over; "
                 "ask the registry itself\n";
  }
  std::cout << "institutions  " << report.institutions << '\n'
            << "filings       " << report.filings << '\n'
            << "certificates  " << report.certificates << ", of them "
            << report.certificates_recorded_before_filing
            << " recorded before the filing that covers them\n";
  for (std::size_t i = 0; i < audit::kRules; ++i) {
    const auto rule = static_cast<audit::Rule>(i);
    if (const auto count = report.findings.count(rule); count > 0) {
      std::cout << audit::id(rule) << " x " << count << ": " << audit::meaning(rule) << '\n';
    }
  }
  if (audited.fork) {
    std::cout << "These two notes of one key exclude each other; together they are the proof:\n\n"
              << audited.fork->first << '\n'
              << audited.fork->second << '\n';
  }
  std::cout << report.findings.count() << (report.findings.count() == 1 ? " finding" : " findings")
            << (report.provable ? ".\n" : "; the log is not provable to its end.\n");
}

// Told apart from findings: a script that watches a registry must not take a cut for a breach.
constexpr int kNotAudited = 3;

int run(const AuditOptions& options) {
  const auto audited = audit_log(options);
  if (!audited) {
    failed(audited.error());
    return audited.error().code == ErrorCode::invalid_argument ? 2 : kNotAudited;
  }
  options.json ? print_json(*audited) : print_text(*audited);
  return audited->report.findings.count() == 0 ? 0 : 1;
}

}  // namespace

void add_audit_log(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "audit-log", "Read a registry's public log from nothing and check its promises by it");
  const auto options = std::make_shared<AuditOptions>();
  command->add_option("url", options->client.base_url, "Where it answers: https://registry.example")
      ->required()
      ->check(is_server_url());
  command->add_option("--vkey", options->vkey,
                      "The log's verifier key (default: the one the server names, on trust)");
  command->add_option("--ca", options->client.ca_file,
                      "PEM certificates to believe over TLS (default: the system's)");
  command->add_option("--last-checkpoint", options->last_checkpoint_file,
                      "A checkpoint that was seen before (a copy of /checkpoint): the log must "
                      "contain what it signs");
  command->add_flag("--mirror", options->mirror,
                    "It is a mirror: pass over what its feed says of private fields");
  command->add_flag("--json", options->json, "Report as JSON");
  command->footer(
      "Exit code: 0 nothing found, 1 findings or the log is not provable, 2 usage, 3 the log could "
      "not be read.");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace chayan::commands
