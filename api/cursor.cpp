#include "api/cursor.h"

#include <cstdint>

#include "base/limits.h"
#include "crypto/digest.h"

namespace chayan::api {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kMacBytes = 16;
constexpr std::size_t kQueryDigestBytes = 8;

std::string mac(const Hash& key, std::string_view payload) {
  const Hash whole = crypto::hmac_sha256(view(key), {"cursor", payload});
  return std::string(view(whole).substr(0, kMacBytes));
}

std::string query_digest(std::string_view query) {
  const Hash whole = crypto::sha256(query);
  return std::string(view(whole).substr(0, kQueryDigestBytes));
}

std::uint64_t seconds(Time time) {
  return static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

Error not_ours() {
  return invalid("cursor",
                 "This cursor was not issued by this service; start again without a cursor.",
                 "该翻页标记不是本服务签发的，请去掉 cursor 重新查询。");
}

}  // namespace

std::string issue_cursor(const Hash& key, std::string_view query, const Cursor& cursor, Time now) {
  const auto expiry = std::chrono::ceil<std::chrono::hours>(now + limits::kCursorLife);
  std::string payload(1, kVersion);
  put_u64(payload, seconds(expiry));
  put_u32(payload, static_cast<std::uint32_t>(cursor.on.days()));
  payload += query_digest(query);
  payload += cursor.position;
  payload += mac(key, payload);
  return to_base64url(payload);
}

Result<Cursor> read_cursor(const Hash& key, std::string_view query, std::string_view text,
                           Time now) {
  const auto bytes = from_base64url(text);
  if (!bytes || bytes->size() < kMacBytes) return not_ours();
  const std::string_view signed_part(bytes->data(), bytes->size() - kMacBytes);
  const std::string_view signature(bytes->data() + signed_part.size(), kMacBytes);
  if (!crypto::equal_in_constant_time(mac(key, signed_part), signature)) return not_ours();

  ByteReader reader(signed_part);
  const std::uint8_t version = reader.u8();
  const std::uint64_t expiry = reader.u64();
  const auto on = static_cast<std::int32_t>(reader.u32());
  const std::string_view of_query = reader.take(kQueryDigestBytes);
  if (!reader.ok() || version != kVersion) return not_ours();
  if (of_query != query_digest(query)) {
    return invalid("cursor",
                   "This cursor belongs to a query with other parameters; send the same ones, or "
                   "start again without a cursor.",
                   "该翻页标记属于条件不同的查询，请保持条件不变，或去掉 cursor 重新查询。");
  }
  if (seconds(now) >= expiry) {
    return invalid("cursor", "This cursor has expired; start again without a cursor.",
                   "该翻页标记已过期，请去掉 cursor 重新查询。");
  }
  return Cursor{Date::from_days(on), std::string(reader.rest())};
}

}  // namespace chayan::api
