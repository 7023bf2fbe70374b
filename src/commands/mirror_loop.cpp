#include "commands/mirror_loop.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/json_reader.h"
#include "log/tile.h"

namespace chayan::commands {
namespace {

using namespace std::chrono_literals;

// An answer without entries that comes sooner was not held back, whatever was asked.
constexpr auto kHeldBackMin = 1s;
// The search for the first wrong seq of an answer that is refused anyway.
constexpr int kLocateAttempts = 5;

Error unavailable(std::string what) {
  return {ErrorCode::unavailable, {}, {std::move(what), {}}};
}

// One who follows waits until that is mended, one who asks once is told.
Error refused(std::string what) {
  return {ErrorCode::not_found, {}, {std::move(what), {}}};
}

bool is_transient(const Error& error) {
  return error.code == ErrorCode::unavailable;
}

// No such log here, or not for us.
bool is_refusal(long status) {
  return status == 401 || status == 403 || status == 404 || status == 410;
}

std::uint64_t seed() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

}  // namespace

std::uint64_t MirrorProgress::entries_behind() const {
  const std::uint64_t size = size_;
  return std::max<std::uint64_t>(upstream_size_, size) - size;
}

std::chrono::nanoseconds MirrorProgress::since_contact() const {
  return std::chrono::steady_clock::now() - contact_.load();
}

MirrorLoop::MirrorLoop(index::Store& store, MirrorOptions options, MirrorEvents events)
    : store_(store),
      options_(std::move(options)),
      events_(std::move(events)),
      client_(options_.client),
      backoff_(seed(), limits::kRetryAfterMin, options_.retry_max),
      page_(options_.page) {}

// ---- Whose log

Result<void> MirrorLoop::pin() {
  if (!options_.key && store_.is_mirror()) options_.key = store_.log_key();
  while (!options_.key) {
    auto key = ask_key();
    if (key) {
      options_.key = std::move(*key);
    } else if (!is_transient(key.error())) {
      return key.error();
    } else {
      report(key.error());
      if (!pause()) return key.error();
    }
  }
  // Who shows a certificate wants what it opens.
  const bool wants_private_fields = !options_.client.certificate_file.empty();
  auto follower = index::Follower::create(
      store_, *options_.key, wants_private_fields ? index::Wanted::all : index::Wanted::as_shown);
  if (!follower) return follower.error();
  follower_ = std::move(*follower);
  reader_ = std::make_unique<log::FeedReader>(*options_.key, follower_->frontier());
  if (!follower_->promise().empty()) {
    if (auto held = reader_->hold_to(follower_->promise()); !held) return held;
  }
  progress_.size_ = follower_->frontier().size();
  // A snapshot has public entries alone: where private fields are to be had it is of no use.
  const bool wants_snapshot =
      follower_->frontier().size() == 0 && !options_.from_zero && !wants_private_fields;
  if (wants_snapshot) {
    snapshot_.emplace().target = "/v1/snapshots/latest";
    snapshot_reader_.emplace([this](std::string_view answer) { return take(answer); });
  }
  backoff_.reset();
  return {};
}

Result<log::NoteKey> MirrorLoop::ask_key() {
  const auto answer = client_.get("/v1/log");
  if (!answer && answer.error().code == ErrorCode::corrupt) {
    return unavailable(answer.error().message.en);
  }
  if (!answer) return answer.error();
  const std::string at = options_.client.base_url + ": GET /v1/log answers ";
  if (answer->status >= 500) return unavailable(at + std::to_string(answer->status) + '.');
  if (answer->status != 200) {
    return invalid({}, at + std::to_string(answer->status) + "; this is not a registry's address.",
                   "该地址不是登记系统。");
  }
  JsonParser parser;
  auto object = parser.parse_object(answer->body);
  if (!object) return unavailable(at + "with something that is not JSON.");
  auto keys = object->objects("keys");
  if (object->error() || keys.empty()) return unavailable(at + "without a key.");
  auto key = log::parse_verifier_line(keys.front().string("vkey"), "vkey");
  if (!key) return unavailable(at + "with something that is not a key.");
  return key;
}

// ---- The loop

Result<void> MirrorLoop::run(Until until) {
  while (true) {
    const auto began = std::chrono::steady_clock::now();
    const bool asks_feed = !snapshot_;  // which alone tells whether there is more
    const bool waits = until == Until::stopped && !was_behind_;
    const auto done = step(waits ? options_.wait : 0s);
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return {};
    }
    const bool is_refused = !done && done.error().code == ErrorCode::not_found;
    const bool goes_on = is_refused ? until == Until::stopped : done || is_transient(done.error());
    if (!goes_on) return done.error();
    if (!done) report(done.error());
    const bool is_caught_up = done && asks_feed && progress_.entries_behind() == 0;
    if (is_caught_up && std::exchange(was_behind_, false) && events_.caught_up) {
      events_.caught_up();
    }
    if (is_caught_up && until == Until::caught_up) return {};
    if (done && !is_caught_up) was_behind_ = true;
    const bool came_at_once = std::chrono::steady_clock::now() - began < kHeldBackMin;
    if (!done || (waits && *done == Step::nothing_new && came_at_once)) {
      if (!pause()) return {};
    } else {
      backoff_.reset();
    }
  }
}

Result<MirrorLoop::Step> MirrorLoop::step(std::chrono::seconds wait) {
  auto done = snapshot_ ? step_snapshot() : step_feed(wait);
  if (done || is_transient(done.error())) return done;
  return name_first_bad(done.error());
}

Result<MirrorLoop::Step> MirrorLoop::step_feed(std::chrono::seconds wait) {
  const std::uint64_t size = follower_->frontier().size();
  std::string target = "/v1/changes?limit=" + std::to_string(page_);
  if (size > 0) target += "&after=" + std::to_string(size - 1);
  if (wait.count() > 0) target += "&wait=" + std::to_string(wait.count());
  const auto answer = fetch(target, wait);
  if (!answer) {
    page_ = std::max<std::size_t>(1, page_ / 2);
    return answer.error();
  }
  page_ = std::min(options_.page, 2 * page_);
  if (const auto taken = take(*answer); !taken) return taken.error();
  if (follower_->frontier().size() > size) return Step::entries;
  if (progress_.entries_behind() == 0) return Step::nothing_new;
  return refused(options_.client.base_url + " holds back entries: it has signed a log of " +
                 std::to_string(reader_->promised_size()) + " and shows nothing behind the " +
                 std::to_string(size) + " that this mirror has.");
}

// The whole of it where nothing goes wrong. Where there is none, or not this one any more, the feed
// has the same entries.
Result<MirrorLoop::Step> MirrorLoop::step_snapshot() {
  const std::uint64_t size = follower_->frontier().size();
  const std::uint64_t received = snapshot_->received;
  const auto read = client_.resume(
      *snapshot_, [this](std::string_view piece) { return snapshot_reader_->take(piece); });
  if (snapshot_->received > received) backoff_.reset();
  if (read && read->status >= 500) {
    return unavailable(options_.client.base_url + ": GET " + snapshot_->target + " answers " +
                       std::to_string(read->status) + '.');
  }
  if (!read && read.error().code != ErrorCode::conflict) return read.error();
  snapshot_.reset();
  snapshot_reader_.reset();
  return follower_->frontier().size() > size ? Step::entries : Step::nothing_new;
}

Result<void> MirrorLoop::take(std::string_view answer) {
  const auto page = reader_->read(answer);
  if (!page && reader_->fork() && events_.notice) {
    events_.notice("Keep these two notes; together they are the proof.\n" + reader_->fork()->first +
                   "\n" + reader_->fork()->second);
  }
  if (!page) return page.error();
  if (auto applied = follower_->apply(*page); !applied) return applied;
  progress_.size_ = follower_->frontier().size();
  progress_.upstream_size_ = reader_->promised_size();
  progress_.contact_ = std::chrono::steady_clock::now();
  backoff_.reset();
  tell_of_unheld();
  if (!page->lines.empty() && events_.applied) events_.applied();
  return {};
}

void MirrorLoop::tell_of_unheld() {
  if (told_of_unheld_ || !follower_->first_unheld() || !events_.notice) return;
  told_of_unheld_ = true;
  events_.notice("The upstream does not show all private fields, from seq " +
                 std::to_string(*follower_->first_unheld()) +
                 " on: public rows alone are kept, and verifications are answered with 503.");
}

// ---- What went wrong

Result<std::string> MirrorLoop::fetch(const std::string& target, std::chrono::seconds wait) {
  auto answer = client_.get(target, wait);
  if (!answer &&
      (answer.error().code == ErrorCode::too_large || answer.error().code == ErrorCode::corrupt)) {
    return corrupt("seq " + std::to_string(progress_.size()) + ": " + answer.error().message.en);
  }
  if (!answer) return answer.error();
  if (answer->status == 200) return std::move(answer->body);
  if (answer->status == 416) {
    return refused(options_.client.base_url + " has fewer entries than this mirror, which has " +
                   std::to_string(progress_.size()) + '.');
  }
  const std::string what = options_.client.base_url + ": GET " +
                           target.substr(0, target.find('?')) + " answers " +
                           std::to_string(answer->status) + '.';
  if (is_refusal(answer->status)) return refused(what);
  return unavailable(what);
}

Error MirrorLoop::name_first_bad(Error error) {
  if (error.code != ErrorCode::corrupt || !reader_->unproven()) return error;
  const log::FeedReader::Unproven& unproven = *reader_->unproven();
  for (int attempt = 0; attempt < kLocateAttempts; ++attempt) {
    const auto leaves =
        leaves_of_log(unproven.first_seq, unproven.leaves.size(), unproven.checkpoint.size);
    const auto seq = leaves ? reader_->locate(*leaves) : std::nullopt;
    if (seq) return corrupt("seq " + std::to_string(*seq) + ": this is not what the log signed.");
    if (!leaves && !is_transient(leaves.error())) break;
  }
  return error;
}

// From the log's tiles, in a tree of `size`.
Result<std::vector<Hash>> MirrorLoop::leaves_of_log(std::uint64_t first, std::uint64_t count,
                                                    std::uint64_t size) {
  std::vector<Hash> leaves;
  for (std::uint64_t seq = first; seq < first + count;) {
    const std::uint64_t index = seq / log::kTileWidth;
    const std::uint64_t width = log::tile_width({0, index}, size);
    const auto tile = fetch("/tile/0/" + log::tile_path(index, width));
    if (!tile) return tile.error();
    const std::uint64_t begin = seq % log::kTileWidth;
    const std::uint64_t end = std::min(width, begin + (first + count - seq));
    if (end <= begin || tile->size() != width * sizeof(Hash)) return corrupt("no such tile");
    for (std::uint64_t at = begin; at < end; ++at) {
      leaves.push_back(*hash_from(std::string_view(*tile).substr(at * sizeof(Hash), sizeof(Hash))));
    }
    seq += end - begin;
  }
  return leaves;
}

void MirrorLoop::report(const Error& fault) {
  ++progress_.faults_;
  if (events_.fault) events_.fault(fault);
}

bool MirrorLoop::pause() {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, backoff_.next(), [this] { return stopped_; });
}

void MirrorLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  client_.stop();
}

}  // namespace chayan::commands
