#include "log/anchor.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/file.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "log/note.h"

namespace chayan::log {
namespace {

// 105, a size's digits, and a checkpoint whose line ends take two bytes each
constexpr std::size_t kAnchorBytesMax = 256 + 2 * kNoteBytesMax;

Error system_error(const char* doing, const std::string& path) {
  return io_error(std::string("Cannot ") + doing + " the head anchor " + path + ": " +
                  std::generic_category().message(errno) + ".");
}

std::string render(const Anchor& anchor) {
  std::string text;
  JsonWriter json(text, JsonWriter::Order::canonical);
  json.begin_object();
  if (!anchor.checkpoint.empty()) json.member("checkpoint", anchor.checkpoint);
  json.member("root", to_hex(view(anchor.root)));
  json.member("size", static_cast<std::int64_t>(anchor.size)).end_object();
  text.push_back('\n');
  return text;
}

std::optional<Anchor> parse(std::string_view text) {
  JsonParser parser;
  Result<JsonObject> object = parser.parse_object(text);
  if (!object) return std::nullopt;
  const std::string_view checkpoint = object->optional_string("checkpoint").value_or("");
  const std::int64_t size = object->integer("size");
  const std::optional<Hash> root = hash_from(from_hex(object->string("root")).value_or(""));
  if (!object->finish() || size < 0 || !root) return std::nullopt;
  const Anchor anchor{static_cast<std::uint64_t>(size), *root, std::string(checkpoint)};
  if (render(anchor) != text) return std::nullopt;  // one spelling: a flipped bit is found out
  return anchor;
}

}  // namespace

Result<void> write_anchor(const std::string& path, const Anchor& anchor) {
  const std::string temporary = path + ".tmp";
  {
    const OpenFile file(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (!file.is_open() || !write_all(file, render(anchor)) || !sync(file)) {
      return system_error("write", temporary);
    }
  }
  // The commit point: before it the old anchor stands, after it the new one, never half of one.
  if (::rename(temporary.c_str(), path.c_str()) != 0) return system_error("replace", path);
  if (!sync_directory(std::filesystem::path(path).parent_path())) {
    return system_error("sync the folder of", path);
  }
  return {};
}

Result<std::optional<Anchor>> read_anchor(const std::string& path) {
  const OpenFile file(path, O_RDONLY);
  if (!file.is_open() && errno == ENOENT) return std::optional<Anchor>();
  if (!file.is_open()) return system_error("open", path);
  const auto text = read_all(file, kAnchorBytesMax + 1);
  if (!text) return system_error("read", path);
  auto anchor = text->size() <= kAnchorBytesMax ? parse(*text) : std::nullopt;
  if (!anchor) return corrupt("The head anchor " + path + " is not what was written there.");
  return anchor;
}

}  // namespace chayan::log
