#include "api/show_log.h"

#include <charconv>
#include <string>

#include "api/environment.h"
#include "log/tile.h"

namespace chayan::api {
namespace {

Error no_such_tile() {
  return {ErrorCode::not_found,
          "tile",
          {"The published tree has no such tile; /checkpoint says how large it is.",
           "已公布的树中没有这个分块，树的大小见 /checkpoint。"}};
}

std::optional<unsigned> parse_level(std::string_view text) {
  unsigned level = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), level);
  const bool one_spelling = text.size() == 1 || !text.starts_with('0');
  if (failed != std::errc() || end != text.data() + text.size() || !one_spelling ||
      level > log::kTileLevelMax) {
    return std::nullopt;
  }
  return level;
}

// What was asked for, where the published tree has it.
Result<log::TilePath> require_tile(const Call& call, unsigned level, std::string_view path) {
  const auto published = require_published(call);
  if (!published) return published.error();
  const auto tile = log::parse_tile_path(path);
  if (!tile) return no_such_tile();
  const auto width = log::tile_width({level, tile->index}, (*published)->checkpoint.size);
  if (width < tile->width) return no_such_tile();
  return *tile;
}

void write_key(JsonWriter& json, const log::NoteKey& key) {
  json.begin_object();
  json.member("scheme", key.scheme == crypto::SignatureScheme::sm2 ? "sm2" : "ed25519");
  json.member("vkey", log::verifier_line(key)).end_object();
}

}  // namespace

Result<std::shared_ptr<const index::Published>> require_published(const Call& call) {
  auto published = call.environment.services.store.published();
  if (published) return published;
  return Error{ErrorCode::unavailable,
               {},
               {"No checkpoint is published here yet; please try again later.",
                "此处尚未公布检查点，请稍后再试。"}};
}

Result<void> answer_checkpoint(const Call& call, http::Response& response) {
  const auto published = require_published(call);
  if (!published) return published.error();
  response.body = (*published)->note;
  return {};
}

Result<void> answer_tile(const Call& call, http::Response& response) {
  const auto level = parse_level(call.path.decoded[0]);
  if (!level) return no_such_tile();
  const auto tile = require_tile(call, *level, call.path.decoded[1]);
  if (!tile) return tile.error();
  const auto content = reader_of(call).tile({*level, tile->index});
  if (!content) return content.error();
  const std::size_t bytes = tile->width * sizeof(Hash);
  if (!*content || (*content)->size() < bytes) return corrupt("a published tile is missing");
  response.body.assign(**content, 0, bytes);
  return {};
}

Result<void> answer_entries(const Call& call, http::Response& response) {
  const auto tile = require_tile(call, 0, call.path.decoded[0]);
  if (!tile) return tile.error();
  std::uint64_t left = tile->width;
  const auto read = reader_of(call).each_entry(
      tile->index * log::kTileWidth, [&](std::uint64_t, std::string_view entry) {
        put_u16(response.body, static_cast<std::uint16_t>(entry.size()));
        response.body.append(entry);
        return --left > 0;
      });
  if (!read) return read.error();
  if (left > 0) return corrupt("published entries are missing");
  return {};
}

Result<void> answer_log(const Call& call, http::Response& response) {
  const index::Store& store = call.environment.services.store;
  const auto published = require_published(call);
  if (!published) return published.error();
  JsonWriter json(response.body);
  json.begin_object().member("origin", store.origin());
  json.member("role", store.is_mirror() ? "mirror" : "origin");
  json.member("size", static_cast<std::int64_t>((*published)->checkpoint.size));
  json.member("root", to_hex(view((*published)->checkpoint.root)));
  json.key("keys").begin_array();
  write_key(json, store.log_key());
  if (const auto* second = store.second_log_key(); second != nullptr) write_key(json, *second);
  json.end_array().end_object();
  return {};
}

}  // namespace chayan::api
