#include "log/note.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "crypto/digest.h"

namespace chayan::log {
namespace {

using crypto::SignatureScheme;

constexpr std::string_view kDashAndSpace = "\xE2\x80\x94 ";
constexpr std::string_view kSm2Word = "sm2-sm3 (GB/T 32918)";

// What stands before the public key in a verifier line and in the hash that gives the id.
std::string type_bytes(SignatureScheme scheme) {
  if (scheme == SignatureScheme::ed25519) return "\x01";
  return "\xFF" + std::string(kSm2Word);
}

Error bad_note(std::string why) {
  return corrupt("The signed note " + std::move(why) + ".");
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20;
}

struct SignatureLine {
  std::string_view name;
  std::uint32_t id = 0;
  std::string signature;
};

std::optional<SignatureLine> parse_signature(std::string_view line) {
  if (!line.starts_with(kDashAndSpace)) return std::nullopt;
  line.remove_prefix(kDashAndSpace.size());
  const std::size_t space = line.find(' ');
  if (space == 0 || space == std::string_view::npos) return std::nullopt;
  const auto bytes = from_base64(line.substr(space + 1));
  if (!bytes || bytes->size() < 5) return std::nullopt;
  ByteReader reader(*bytes);
  const std::uint32_t id = reader.u32();
  return SignatureLine{line.substr(0, space), id, std::string(reader.rest())};
}

}  // namespace

NoteKey note_key(std::string name, SignatureScheme scheme, std::string public_key) {
  const Hash digest = crypto::sha256({name, "\n", type_bytes(scheme), public_key});
  ByteReader reader(view(digest));
  return {std::move(name), reader.u32(), scheme, std::move(public_key)};
}

std::string verifier_line(const NoteKey& key) {
  std::string id;
  put_u32(id, key.id);
  return key.name + '+' + to_hex(id) + '+' + to_base64(type_bytes(key.scheme) + key.public_key);
}

Result<NoteKey> parse_verifier_line(std::string_view text, std::string_view field) {
  auto refused = invalid(std::string(field), "This is not a verifier key: name+id+key.",
                         "不是有效的验证公钥，格式应为 名称+编号+公钥。");
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return refused;
  const std::string_view name = text.substr(0, first);
  if (!check_key_name(name, field)) return refused;
  const auto bytes = from_base64(text.substr(second + 1));
  if (!bytes) return refused;
  for (const auto scheme : {SignatureScheme::ed25519, SignatureScheme::sm2}) {
    const std::string type = type_bytes(scheme);
    if (!bytes->starts_with(type)) continue;
    NoteKey key = note_key(std::string(name), scheme, bytes->substr(type.size()));
    if (verifier_line(key) == text) return key;
  }
  return refused;
}

Result<void> check_key_name(std::string_view name, std::string_view field) {
  const bool is_good = !name.empty() && is_valid_utf8(name) && !has_white_space(name) &&
                       !has_control_character(name) && name.find('+') == std::string_view::npos;
  if (is_good) return {};
  return invalid(std::string(field),
                 "A name in UTF-8 without spaces and '+' is needed: example.org/log.",
                 "名称须为 UTF-8，不能为空，也不能含空格或加号，例如 example.org/log。");
}

NoteSigner::NoteSigner(std::string name, crypto::SigningKey key)
    : key_(std::move(key)), public_(note_key(std::move(name), key_.scheme(), key_.public_key())) {}

std::string NoteSigner::signature_line(std::string_view text) const {
  std::string signed_bytes;
  put_u32(signed_bytes, public_.id);
  signed_bytes.append(key_.sign(text));
  std::string line(kDashAndSpace);
  line.append(public_.name).append(" ").append(to_base64(signed_bytes)).append("\n");
  return line;
}

std::string sign_note(std::string_view text, std::span<const NoteSigner> signers) {
  std::string note(text);
  note.push_back('\n');
  for (const NoteSigner& signer : signers) note.append(signer.signature_line(text));
  return note;
}

Result<std::string_view> open_note(std::string_view note, const NoteKey& key) {
  if (note.size() > kNoteBytesMax) return bad_note("is too long");
  if (std::any_of(note.begin(), note.end(), [](char c) { return is_control(c) && c != '\n'; })) {
    return bad_note("has control characters");
  }
  // The text ends at the last empty line.
  const std::size_t split = note.rfind("\n\n");
  if (split == std::string_view::npos || !note.ends_with('\n')) return bad_note("has no signature");
  const std::string_view text = note.substr(0, split + 1);
  std::string_view rest = note.substr(split + 2);
  bool verified = false;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const auto line = parse_signature(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    if (!line) return bad_note("has a line that is no signature");
    if (line->name != key.name || line->id != key.id) continue;
    if (!crypto::verify_signature(key.scheme, key.public_key, text, line->signature)) {
      return bad_note("has a wrong signature of " + key.name);
    }
    verified = true;
  }
  if (!verified) return bad_note("is not signed by " + key.name);
  return text;
}

}  // namespace chayan::log
