// Small files beside the data that commands edit while `serve` reads them: partners, credentials,
// what was spent of quotas. Each is read whole, replaced whole (mode 0600, a temporary name, fsync,
// rename) and edited by one at a time; whoever follows one looks at it again with each question.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace chayan::commands {

// Which kind of file, for sentences and bounds.
struct SmallFileKind {
  std::string_view name;  // "partner file"
  std::string_view name_zh;
  std::size_t bytes_max;
};

// nullopt: there is no file. Errors: io; corrupt: it is longer than any that is written.
Result<std::optional<std::string>> read_small_file(const std::string& path,
                                                   const SmallFileKind& kind);
Result<void> replace_small_file(const std::string& path, const SmallFileKind& kind,
                                std::string_view content);
// `edit` makes the new content of the old. Where it fails, nothing is written.
Result<void> edit_small_file(
    const std::string& path, const SmallFileKind& kind,
    const std::function<Result<std::string>(const std::optional<std::string>& before)>& edit);

// The same for a file that is a List: `List::parse(text)`, `list.text()`; no file is an empty one.
template <typename List>
Result<List> parse_list_file(const std::optional<std::string>& text, const std::string& path,
                             const SmallFileKind& kind) {
  if (!text) return List();
  auto list = List::parse(*text);
  if (list) return list;
  const Error& fault = list.error();
  return corrupt("The " + std::string(kind.name) + " " + path + " does not parse: " + fault.field +
                 ": " + fault.message.en);
}

template <typename List>
Result<List> read_list_file(const std::string& path, const SmallFileKind& kind) {
  const auto text = read_small_file(path, kind);
  if (!text) return text.error();
  return parse_list_file<List>(*text, path, kind);
}

template <typename List>
Result<void> edit_list_file(const std::string& path, const SmallFileKind& kind,
                            const std::function<Result<void>(List&)>& edit) {
  return edit_small_file(path, kind,
                         [&](const std::optional<std::string>& before) -> Result<std::string> {
                           auto list = parse_list_file<List>(before, path, kind);
                           if (!list) return list.error();
                           if (auto edited = edit(*list); !edited) return edited.error();
                           return list->text();
                         });
}

// What tells one state of a file from another without reading it.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = -1;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  bool operator==(const FileIdentity&) const = default;
};
std::optional<FileIdentity> identity_of(const std::string& path);

// What a small file says, followed while others replace it: so that a revocation counts from the
// next request on, that of an open connection included. A file that cannot be used says nothing,
// rather than what it said before: it may be there to say that somebody is none any more, and one
// who waits does less harm than one who reads on.
//
// Not thread-safe; whoever owns it holds a lock.
template <typename Value>
class FollowedFile {
 public:
  using Read = std::function<Result<Value>(const std::string& path)>;
  // `absent`: the fault to report where there is no file; nullopt: that is none.
  // `report_fault` is told of each fault once, until another or none takes its place.
  FollowedFile(std::string path, Read read, std::optional<Error> absent,
               std::function<void(const Error&)> report_fault)
      : path_(std::move(path)),
        read_(std::move(read)),
        absent_(std::move(absent)),
        report_fault_(std::move(report_fault)) {}

  // Lives until the next look.
  const Value& look() {
    // Before reading: a change that falls between the two is seen the next time.
    const auto now = identity_of(path_);
    if (!now) {
      seen_.reset();
      value_ = Value();
      report(absent_);
      return value_;
    }
    if (now == seen_) return value_;
    auto read = read_(path_);
    // What the disk failed to give is asked for again, what does not parse only when it has
    // changed.
    seen_ = read || read.error().code == ErrorCode::corrupt ? now : std::nullopt;
    value_ = read ? std::move(*read) : Value();
    report(read ? std::nullopt : std::optional(read.error()));
    return value_;
  }

 private:
  void report(const std::optional<Error>& fault) {
    if (!fault) return reported_.clear();
    if (reported_ == fault->message.en) return;
    reported_ = fault->message.en;
    report_fault_(*fault);
  }

  const std::string path_;
  const Read read_;
  const std::optional<Error> absent_;
  const std::function<void(const Error&)> report_fault_;
  std::optional<FileIdentity> seen_;  // the state that value_ was read from
  Value value_;
  std::string reported_;
};

}  // namespace chayan::commands
