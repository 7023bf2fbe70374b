#include "client/snapshot_reader.h"

#include <zstd.h>

#include <cstddef>
#include <utility>

#include "base/limits.h"

namespace chayan::client {
namespace {

// What closes an answer begins so, and no entry's line does.
constexpr std::string_view kLastLine = R"({"checkpoint":)";

struct Freed {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

}  // namespace

struct SnapshotReader::Decoder {
  std::unique_ptr<ZSTD_DStream, Freed> stream{ZSTD_createDStream()};
  std::string room = std::string(ZSTD_DStreamOutSize(), '\0');
};

SnapshotReader::SnapshotReader(OnAnswer on_answer)
    : decoder_(std::make_unique<Decoder>()), on_answer_(std::move(on_answer)) {}
SnapshotReader::~SnapshotReader() = default;

Result<void> SnapshotReader::take(std::string_view bytes) {
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::string& room = decoder_->room;
  bool is_full = false;  // then the decoder may hold more, also when all input is taken
  while (in.pos < in.size || is_full) {
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    const std::size_t state = ZSTD_decompressStream(decoder_->stream.get(), &out, &in);
    if (ZSTD_isError(state) != 0) {
      return corrupt(
          "The snapshot is not what zstd wrote: " + std::string(ZSTD_getErrorName(state)) + '.');
    }
    within_frame_ = state != 0;
    is_full = out.pos == out.size && within_frame_;
    if (auto taken = take_text({room.data(), out.pos}); !taken) return taken;
  }
  return {};
}

Result<void> SnapshotReader::take_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view part = text.substr(0, end == text.npos ? end : end + 1);
    text.remove_prefix(part.size());
    answer_.append(part);
    if (answer_.size() > limits::kClientBodyBytesMax) {
      return corrupt("The snapshot has an answer that is longer than the feed's may be.");
    }
    if (end == text.npos) return {};
    const std::size_t begin = std::exchange(line_begin_, answer_.size());
    if (!std::string_view(answer_).substr(begin).starts_with(kLastLine)) continue;
    if (auto taken = on_answer_(answer_); !taken) return taken;
    answer_.clear();
    line_begin_ = 0;
  }
  return {};
}

bool SnapshotReader::is_complete() const {
  return !within_frame_ && answer_.empty();
}

}  // namespace chayan::client
