// A snapshot file as it arrives: a zstd stream of the feed's answers (log/feed.h), one after the
// other, each of which can be proven as soon as it is whole.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace chayan::client {

// Not thread-safe. Holds one answer at a time.
class SnapshotReader {
 public:
  // Called with each whole answer. An error of it ends the reading and is returned.
  using OnAnswer = std::function<Result<void>(std::string_view answer)>;

  explicit SnapshotReader(OnAnswer on_answer);
  ~SnapshotReader();

  // The next bytes of the file, cut anywhere. Error corrupt: not zstd, or an answer that is longer
  // than the feed's may be; nothing more can be read then.
  Result<void> take(std::string_view bytes);
  // The file has ended. False: within an answer.
  bool is_complete() const;

 private:
  Result<void> take_text(std::string_view text);

  struct Decoder;
  std::unique_ptr<Decoder> decoder_;
  OnAnswer on_answer_;
  std::string answer_;
  std::size_t line_begin_ = 0;  // of the line in answer_ that has not ended yet
  bool within_frame_ = false;
};

}  // namespace chayan::client
