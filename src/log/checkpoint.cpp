#include "log/checkpoint.h"

#include <charconv>

namespace chayan::log {

std::string checkpoint_text(const Checkpoint& checkpoint) {
  return checkpoint.origin + '\n' + std::to_string(checkpoint.size) + '\n' +
         to_base64(view(checkpoint.root)) + '\n';
}

Result<Checkpoint> parse_checkpoint_text(std::string_view text) {
  const Error refused = corrupt("The checkpoint does not parse.");
  const std::size_t first = text.find('\n');
  const std::size_t second = first == std::string_view::npos ? first : text.find('\n', first + 1);
  if (second == std::string_view::npos || !text.ends_with('\n')) return refused;
  const std::string_view size = text.substr(first + 1, second - first - 1);
  Checkpoint checkpoint{std::string(text.substr(0, first)), 0, {}};
  const auto [end, failed] =
      std::from_chars(size.data(), size.data() + size.size(), checkpoint.size);
  const auto root = from_base64(text.substr(second + 1, text.size() - second - 2));
  const auto hash = root ? hash_from(*root) : std::nullopt;
  if (failed != std::errc() || end != size.data() + size.size() || !hash) return refused;
  checkpoint.root = *hash;
  // One spelling: leading zeros and further lines are not ours.
  if (checkpoint.origin.empty() || checkpoint_text(checkpoint) != text) return refused;
  return checkpoint;
}

Result<Checkpoint> open_checkpoint(std::string_view note, const NoteKey& key) {
  const auto text = open_note(note, key);
  if (!text) return text.error();
  auto checkpoint = parse_checkpoint_text(*text);
  if (checkpoint && checkpoint->origin != key.name) {
    return corrupt("The checkpoint is of another log than " + key.name + ".");
  }
  return checkpoint;
}

}  // namespace chayan::log
