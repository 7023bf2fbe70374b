#include "crypto/keyring.h"

#include <openssl/crypto.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "crypto/digest.h"
#include "crypto/key_files.h"
#include "crypto/seal.h"

namespace chayan::crypto {
namespace {

// Everything that is derived from the root secret. A label never changes its meaning: the keys that
// data was written with would be gone.
constexpr std::string_view kIndexKeyLabel = "chayan index key v1";
constexpr std::string_view kCursorKeyLabel = "chayan cursor key v1";
constexpr std::string_view kLogKeyLabel = "chayan log key v1";
constexpr std::string_view kWrappingKeyLabel = "chayan data key wrapping v1";
constexpr std::string_view kFingerprintLabel = "fingerprint";

constexpr int kFormat = 1;
constexpr std::string_view kSuite = "intl";
constexpr std::uint32_t kFirstDataKey = 1;

// Bytes of a secret on their way through; wiped when they go.
struct Secret {
  std::string bytes;

  explicit Secret(std::string given) : bytes(std::move(given)) {}
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

std::string root_path(const std::string& directory) {
  return directory + "/root.key";
}
std::string keyring_path(const std::string& directory) {
  return directory + "/keyring.json";
}

std::string wrapping_aad(std::uint32_t data_key_id) {
  std::string aad = "data key ";
  put_u32(aad, data_key_id);
  return aad;
}

// Key id 0 is the wrapping key's; data keys start at 1.
Sealer wrapping_sealer(std::string_view root) {
  Keyring wrapping;
  wrapping.data_keys[0] = hkdf_sha256(root, kWrappingKeyLabel);
  return Sealer(wrapping);
}

Keyring derive(std::string_view root) {
  Keyring keyring;
  keyring.suite = kSuite;
  keyring.index_key = hkdf_sha256(root, kIndexKeyLabel);
  keyring.cursor_key = hkdf_sha256(root, kCursorKeyLabel);
  keyring.log_key = hkdf_sha256(root, kLogKeyLabel);
  keyring.fingerprint = hkdf_sha256(root, kFingerprintLabel);
  return keyring;
}

std::string render(std::string_view created_utc, std::uint32_t data_key_id,
                   std::string_view wrapped) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("format", std::int64_t{kFormat});
  json.member("suite", kSuite).member("created", created_utc);
  json.key("data_keys").begin_array().begin_object();
  json.member("id", std::int64_t{data_key_id}).member("state", std::string_view("active"));
  json.member("wrapped", to_hex(wrapped));
  json.end_object().end_array().end_object();
  text.push_back('\n');
  return text;
}

// Reads one element of data_keys into the keyring.
Result<void> read_data_key(JsonObject& element, const Sealer& wrapping, Keyring& keyring) {
  const std::int64_t id = element.integer("id");
  const std::string_view state = element.string("state");
  const std::string_view wrapped_hex = element.string("wrapped");
  if (auto read = element.finish(); !read) return read;
  if (id < kFirstDataKey || id > UINT32_MAX) return corrupt("a data key's id is out of range.");
  const auto key_id = static_cast<std::uint32_t>(id);

  const bool active = state == "active";
  if (!active && state != "retiring") return corrupt("a data key's state is unknown.");
  if (active && keyring.active_data_key != 0) return corrupt("two data keys are active.");
  if (active) keyring.active_data_key = key_id;

  const std::optional<std::string> wrapped = from_hex(wrapped_hex);
  if (!wrapped) return corrupt("a wrapped data key is not hexadecimal.");
  Secret unwrapped{std::string()};
  if (!wrapping.open(wrapping_aad(key_id), *wrapped, unwrapped.bytes)) {
    return corrupt("data key " + std::to_string(id) +
                   " was not wrapped under this root.key: put back the two files that belong "
                   "together.");
  }
  const std::optional<Hash> key = hash_from(unwrapped.bytes);
  if (!key) return corrupt("a data key is not 32 bytes long.");
  if (!keyring.data_keys.emplace(key_id, *key).second)
    return corrupt("a data key's id stands twice.");
  return {};
}

Result<Keyring> parse(std::string_view text, std::string_view root) {
  JsonParser parser;
  Result<JsonObject> object = parser.parse_object(text);
  if (!object) return object.error();
  const std::int64_t format = object->integer("format");
  const std::string_view suite = object->string("suite");
  object->string("created");
  std::vector<JsonObject> elements = object->objects("data_keys");
  if (auto read = object->finish(); !read) return read.error();
  if (format != kFormat) {
    return corrupt("format " + std::to_string(format) +
                   " is not known to this version, which reads " + std::to_string(kFormat) +
                   ": use the version that wrote it.");
  }
  if (suite != kSuite) return corrupt("its suite is not known to this version, which reads intl.");

  Keyring keyring = derive(root);
  const Sealer wrapping = wrapping_sealer(root);
  for (JsonObject& element : elements) {
    if (auto read = read_data_key(element, wrapping, keyring); !read) return read.error();
  }
  if (keyring.active_data_key == 0) return corrupt("no data key is active.");
  return keyring;
}

Result<Keyring> write_new(const std::string& directory, const std::string& created_utc) {
  if (auto prepared = prepare_key_directory(directory); !prepared) return prepared.error();
  const Secret root(random_bytes(32));
  const Secret root_text(to_hex(root.bytes));
  const Secret data_key(random_bytes(32));
  Keyring keyring = derive(root.bytes);
  keyring.active_data_key = kFirstDataKey;
  keyring.data_keys[kFirstDataKey] = *hash_from(data_key.bytes);
  std::string wrapped;
  wrapping_sealer(root.bytes).seal(wrapping_aad(kFirstDataKey), data_key.bytes, wrapped);

  auto written = write_key_file(root_path(directory), root_text.bytes);
  if (written) {
    written = write_key_file(keyring_path(directory), render(created_utc, kFirstDataKey, wrapped));
  }
  if (written) written = sync_key_directory(directory);
  if (!written) return written.error();
  return keyring;
}

}  // namespace

Keyring::~Keyring() {
  OPENSSL_cleanse(index_key.data(), index_key.size());
  OPENSSL_cleanse(cursor_key.data(), cursor_key.size());
  OPENSSL_cleanse(log_key.data(), log_key.size());
  for (auto& [id, key] : data_keys) OPENSSL_cleanse(key.data(), key.size());
}

Hash Keyring::log_secret(std::string_view origin, std::string_view scheme) const {
  std::string info(scheme);
  info.append(" ").append(origin);
  return hkdf_sha256(view(log_key), info);
}

Result<Keyring> Keyring::create(const std::string& directory, const std::string& created_utc) {
  if (exists(directory)) {
    return Error{ErrorCode::conflict,
                 {},
                 {directory + " holds a keyring already; it is not written over.", {}}};
  }
  if (std::filesystem::exists(directory)) return write_new(directory, created_utc);

  // Made under another name and renamed when whole: a crash leaves nothing that the next start must
  // ask a person about. What an interrupted create left was never used.
  const std::string making = directory + ".making";
  std::error_code failed;
  std::filesystem::remove_all(making, failed);
  auto keyring = write_new(making, created_utc);
  if (!keyring) return keyring;
  std::filesystem::rename(making, directory, failed);
  if (failed) return io_error("Cannot rename " + making + ": " + failed.message() + ".");
  const auto synced = sync_key_directory(std::filesystem::path(directory).parent_path());
  if (!synced) return synced.error();
  return keyring;
}

Result<Keyring> Keyring::load(const std::string& directory) {
  if (auto checked = check_key_directory(directory); !checked) return checked.error();
  Result<std::string> root_file = read_key_file(root_path(directory));
  if (!root_file) return root_file.error();
  const Secret root_text(std::move(*root_file));
  std::string_view digits = root_text.bytes;
  if (digits.ends_with('\n')) digits.remove_suffix(1);  // as an editor or a shell leaves it
  const Secret root(from_hex(digits).value_or(std::string()));
  if (root.bytes.size() != 32) {
    return corrupt(root_path(directory) + " does not hold 64 hexadecimal digits.");
  }
  const Result<std::string> text = read_key_file(keyring_path(directory));
  if (!text) return text.error();
  Result<Keyring> keyring = parse(*text, root.bytes);
  if (!keyring) {
    const Error& error = keyring.error();
    const std::string member = error.field.empty() ? "" : error.field + ": ";
    return corrupt(keyring_path(directory) + " cannot be used: " + member + error.message.en);
  }
  return keyring;
}

bool Keyring::exists(const std::string& directory) {
  struct stat ignored {};
  return ::stat(keyring_path(directory).c_str(), &ignored) == 0 ||
         ::stat(root_path(directory).c_str(), &ignored) == 0;
}

}  // namespace chayan::crypto
