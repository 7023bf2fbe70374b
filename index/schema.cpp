#include "index/schema.h"

namespace chayan::index {
namespace {

std::string key_of(Family family, std::string_view rest) {
  std::string key = prefix(family);
  key.append(rest);
  return key;
}

std::string numbered(Family family, std::uint64_t number) {
  std::string key = prefix(family);
  put_u64(key, number);
  return key;
}

// Region codes are six digits; an institution without one sorts first.
void put_region(std::string& out, const RegionCode& region) {
  out.append(region.text().empty() ? std::string_view("000000") : region.text());
}

}  // namespace

std::string end_of(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xFF) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

std::string meta_key(std::string_view name) {
  return key_of(Family::meta, name);
}
std::string head_key() {
  return prefix(Family::head);
}
std::string entry_key(std::uint64_t seq) {
  return numbered(Family::entry, seq);
}
std::string payload_key(std::uint64_t seq) {
  return numbered(Family::payload, seq);
}

std::string batch_key(const crypto::RowKey& idempotency_key) {
  return key_of(Family::batch, {idempotency_key.data(), idempotency_key.size()});
}

std::string tile_key(log::TileId tile) {
  std::string key = prefix(Family::tile);
  key.push_back(static_cast<char>(tile.level));
  put_u64(key, tile.index);
  return key;
}

std::string occupation_key(const OccupationCode& code) {
  return key_of(Family::occupation, code.text());
}

std::string calendar_key(int year) {
  std::string key = prefix(Family::calendar);
  put_u16(key, static_cast<std::uint16_t>(year));
  return key;
}

std::string institution_key(const CreditCode& code) {
  return key_of(Family::institution, code.text());
}
std::string filing_key(std::string_view id) {
  return key_of(Family::filing, id);
}
std::string receipt_key(std::string_view receipt) {
  return key_of(Family::receipt, receipt);
}

std::string certificate_key(const crypto::RowKey& key) {
  return key_of(Family::certificate, {key.data(), key.size()});
}

std::string reports_key(std::uint64_t issued_seq) {
  return numbered(Family::reports, issued_seq);
}

std::string report_code_key(const crypto::RowKey& code) {
  return key_of(Family::report_code, {code.data(), code.size()});
}

std::string issued_key(std::uint64_t seq) {
  return numbered(Family::issued, seq);
}

void put_item(std::string& out, const CatalogItemId& id) {
  out.push_back(static_cast<char>(id.list));
  put_u16(out, id.batch);
  put_u16(out, id.row);
}

std::optional<CatalogItemId> take_item(ByteReader& reader) {
  const auto list = reader.u8();
  const auto batch = reader.u16();
  const auto row = reader.u16();
  if (!reader.ok() || list < 1 || list > 2) return std::nullopt;
  return CatalogItemId{static_cast<CatalogList>(list), batch, row};
}

std::string catalog_key(const CatalogItemId& id) {
  std::string key = prefix(Family::catalog);
  put_item(key, id);
  return key;
}

std::string concerns_prefix(const CreditCode& code) {
  return key_of(Family::concerns, code.text());
}

std::string concerns_key(const CreditCode& code, std::uint64_t seq) {
  std::string key = concerns_prefix(code);
  put_u64(key, seq);
  return key;
}

std::string offering_prefix(const Facet& facet) {
  std::string key = prefix(Family::offering);
  key.append(facet.occupation.text());
  key.push_back('\0');
  key.push_back(facet.level ? static_cast<char>(*facet.level) : '\0');
  if (facet.item) {
    put_item(key, *facet.item);
  } else {
    key.append(5, '\0');
  }
  return key;
}

std::string offering_key(const Facet& facet, const RegionCode& region, const CreditCode& code) {
  std::string key = offering_prefix(facet);
  put_region(key, region);
  key.append(code.text());
  return key;
}

std::string conversion_prefix(const OccupationCode& occupation, std::optional<SkillLevel> level) {
  std::string key = key_of(Family::conversion, occupation.text());
  key.push_back('\0');
  if (level) key.push_back(static_cast<char>(*level));
  return key;
}

std::string conversion_key(const OccupationCode& occupation, SkillLevel level,
                           const CatalogItemId& id) {
  std::string key = conversion_prefix(occupation, level);
  put_item(key, id);
  return key;
}

std::string text_prefix(Searched what, std::string_view search_key_prefix) {
  std::string key = prefix(Family::text);
  key.push_back(static_cast<char>(what));
  key.append(search_key_prefix);
  return key;
}

std::string text_key(Searched what, std::string_view search_key, std::string_view id) {
  std::string key = text_prefix(what, search_key);
  key.push_back('\0');
  key.append(id);
  return key;
}

std::optional<TextKeyParts> split_text_key(std::string_view key) {
  if (key.size() < 2 || key.front() != static_cast<char>(Family::text)) return std::nullopt;
  const std::size_t end =
      key.find('\0', 2);  // search keys hold no zero byte: match_form drops controls
  if (end == std::string_view::npos) return std::nullopt;
  return TextKeyParts{key.substr(2, end - 2), key.substr(end + 1)};
}

}  // namespace chayan::index
