// The keys of every row. SCHEMA.md shows each with a worked example.
//
//   family          key                        value
//   m  meta         m name                     text: "format", "keyring" (fingerprint), "suite",
//                                              "origin", "log", "upstream", "promise", "unheld",
//                                              "floor"; and where a rotation or a purge stands
//   h  head         h                          frontier of the tree (log/merkle)
//   e  entry        e seq                      entry bytes, as written
//   p  payload      p seq                      sealed: private fields and record salt; erasable
//   b  batch        b MAC(key), 16 bytes       BatchRecord of an idempotency key
//   r  reports      r issued seq               sealed: the certificate's share reports
//   v  report code  v MAC(code)                issued seq of its certificate
//   l  tile         l level index              hashes of the tree, 32 bytes each (log/tile)
//   o  occupation   o code                     Occupation
//   k  catalog item k list batch row           all versions of a CatalogItem, ascending
//   y  calendar     y year                     CalendarYear
//   i  institution  i credit_code              InstitutionRecord
//   g  filing       g filing id                credit_code of its institution
//   q  receipt      q receipt number           filing id
//   n  concerns     n credit_code seq          nothing: the entry concerns the institution
//   f  offering     f facet region credit_code OfferingRecord
//   x  conversion   x occupation level item    nothing: some version of the item leads there
//   t  text         t what search_key 0 id     u8: bytes in common with the preceding key
//   c  certificate  c MAC(number)              sealed Certificate
//   s  issued       s seq                      MAC(number) of the certificate issued at seq
//
// m h e p b r v are primary: what was given, r and v to this store alone and not to the log. All others are derived from e and p by the fold (fold.h)
// and the tree (tree.h), and `rebuild` makes them again, byte for byte. All are in one column
// family: the family byte keeps them apart, and a commit is one batch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "crypto/keyed_index.h"
#include "domain/catalog.h"
#include "domain/credit_code.h"
#include "domain/occupation.h"
#include "domain/region.h"
#include "log/tile.h"

namespace chayan::index {

// Bump it on any change of a key's or a value's bytes. A store of another version is refused:
// `export` it with the version that wrote it and import it again, or `rebuild` where only derived
// rows changed.
inline constexpr std::string_view kFormatVersion = "3";

enum class Family : char {
  meta = 'm',
  head = 'h',
  entry = 'e',
  payload = 'p',
  batch = 'b',
  reports = 'r',
  report_code = 'v',
  tile = 'l',
  occupation = 'o',
  catalog = 'k',
  calendar = 'y',
  institution = 'i',
  filing = 'g',
  receipt = 'q',
  concerns = 'n',
  offering = 'f',
  conversion = 'x',
  text = 't',
  certificate = 'c',
  issued = 's',
};

inline constexpr std::string_view kPrimaryFamilies = "mhepbrv";
inline bool is_primary(std::string_view key) {
  return !key.empty() && kPrimaryFamilies.find(key.front()) != std::string_view::npos;
}

// Values that stand sealed under a data key, each under its own row key: what a rotation of keys
// seals anew, and what an erasure must make unreadable. In key order.
inline constexpr std::string_view kSealedFamilies = "cpr";
inline bool is_sealed(std::string_view key) {
  return !key.empty() && kSealedFamilies.find(key.front()) != std::string_view::npos;
}

inline std::string prefix(Family family) {
  return std::string(1, static_cast<char>(family));
}
// The smallest key that is greater than every key beginning with `prefix`.
std::string end_of(std::string_view prefix);

std::string meta_key(std::string_view name);
inline constexpr std::string_view kPromiseRow = "promise";  // of a mirror (follower.h)
std::string head_key();
std::string entry_key(std::uint64_t seq);
std::string payload_key(std::uint64_t seq);
std::string batch_key(const crypto::RowKey& idempotency_key);
std::string reports_key(std::uint64_t issued_seq);
std::string report_code_key(const crypto::RowKey& code);
std::string tile_key(log::TileId tile);
std::string occupation_key(const OccupationCode& code);
std::string calendar_key(int year);
std::string institution_key(const CreditCode& code);
std::string filing_key(std::string_view id);
std::string receipt_key(std::string_view receipt);
std::string certificate_key(const crypto::RowKey& key);
std::string issued_key(std::uint64_t seq);

std::string catalog_key(const CatalogItemId& id);

std::string concerns_prefix(const CreditCode& code);
std::string concerns_key(const CreditCode& code, std::uint64_t seq);

// A facet is one way of asking for institutions; each has its own run of rows, in order of region
// and credit code. Materialised for every scope line: all, occupation, level, occupation and level,
// and the item where it names one. Work types have no facet of their own: an occupation has one or
// two, and lines for the whole occupation match each.
struct Facet {
  OccupationCode occupation;  // empty: any
  std::optional<SkillLevel> level;
  std::optional<CatalogItemId> item;

  auto operator<=>(const Facet&) const = default;
};
std::string offering_prefix(const Facet& facet);
std::string offering_key(const Facet& facet, const RegionCode& region, const CreditCode& code);
// What orders rows within a facet, and so where a page may continue: region and credit code.
inline constexpr std::size_t kOfferingPositionBytes = 6 + CreditCode::kLength;

std::string conversion_prefix(const OccupationCode& occupation, std::optional<SkillLevel> level);
std::string conversion_key(const OccupationCode& occupation, SkillLevel level,
                           const CatalogItemId& id);

// What a search finds.
enum class Searched : char { institution = 'i', catalog_item = 'k', occupation = 'o' };
std::string text_prefix(Searched what, std::string_view search_key_prefix);
std::string text_key(Searched what, std::string_view search_key, std::string_view id);
// Splits a text row's key; nullopt where it is not one.
struct TextKeyParts {
  std::string_view search_key;
  std::string_view id;
};
std::optional<TextKeyParts> split_text_key(std::string_view key);

inline constexpr std::size_t kItemBytes = 5;  // list, batch, row
void put_item(std::string& out, const CatalogItemId& id);
std::optional<CatalogItemId> take_item(ByteReader& reader);

}  // namespace chayan::index
