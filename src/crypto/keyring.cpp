#include "crypto/keyring.h"

#include <openssl/crypto.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

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
constexpr std::string_view kRateKeyLabel = "chayan rate limit key v1";
constexpr std::string_view kAuditKeyLabel = "chayan audit key wrapping v1";
constexpr std::string_view kLogKeyLabel = "chayan log key v1";
constexpr std::string_view kWrappingKeyLabel = "chayan data key wrapping v1";
constexpr std::string_view kFingerprintLabel = "fingerprint";

constexpr int kFormat = 1;
constexpr std::uint32_t kFirstDataKey = 1;

// Bytes of a secret on their way through; wiped when they go.
struct Secret {
  std::string bytes;

  explicit Secret(std::string given) : bytes(std::move(given)) {}
  Secret(Secret&& other) noexcept : bytes(std::move(other.bytes)) { other.wipe(); }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(); }
  void wipe() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
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
Sealer wrapping_sealer(const Suite& suite, std::string_view root) {
  Keyring wrapping;
  wrapping.suite = &suite;
  wrapping.data_keys[0].secret = hkdf(suite.digest, root, kWrappingKeyLabel);
  return Sealer(wrapping);
}

Keyring derive(const Suite& suite, std::string_view root) {
  const auto derived = [&](std::string_view label) { return hkdf(suite.digest, root, label); };
  Keyring keyring;
  keyring.suite = &suite;
  keyring.index_key = derived(kIndexKeyLabel);
  keyring.cursor_key = derived(kCursorKeyLabel);
  keyring.rate_key = {&suite, derived(kRateKeyLabel)};
  keyring.audit_key = {&suite, derived(kAuditKeyLabel)};
  keyring.log_key = derived(kLogKeyLabel);
  keyring.fingerprint = derived(kFingerprintLabel);
  return keyring;
}

// The same keys make the same text: seals are synthetic.
std::string render(const Keyring& keyring, std::string_view root) {
  const Sealer wrapping = wrapping_sealer(*keyring.suite, root);
  std::string text;
  std::string wrapped;
  JsonWriter json(text);
  json.begin_object().member("format", std::int64_t{kFormat});
  json.member("suite", keyring.suite->name).member("created", keyring.created);
  json.key("data_keys").begin_array();
  for (const auto& [id, key] : keyring.data_keys) {
    wrapping.seal(wrapping_aad(id), view(key.secret), wrapped);
    json.begin_object().member("id", std::int64_t{id}).member("state", name(key.state));
    json.optional_member("created", key.created).member("wrapped", to_hex(wrapped)).end_object();
  }
  json.end_array().end_object();
  text.push_back('\n');
  return text;
}

std::optional<DataKeyState> read_state(std::string_view text) {
  for (const auto state : {DataKeyState::active, DataKeyState::retiring, DataKeyState::retired}) {
    if (name(state) == text) return state;
  }
  return std::nullopt;
}

// Reads one element of data_keys into the keyring.
Result<void> read_data_key(JsonObject& element, const Sealer& wrapping, Keyring& keyring) {
  const std::int64_t id = element.integer("id");
  const auto state = read_state(element.string("state"));
  const std::string created(element.optional_string("created").value_or(""));
  const std::string_view wrapped_hex = element.string("wrapped");
  if (auto read = element.finish(); !read) return read;
  if (id < kFirstDataKey || id > UINT32_MAX) return corrupt("a data key's id is out of range.");
  const auto key_id = static_cast<std::uint32_t>(id);

  if (!state) return corrupt("a data key's state is unknown.");
  const bool active = *state == DataKeyState::active;
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
  if (!keyring.data_keys.emplace(key_id, DataKey{*key, *state, created}).second)
    return corrupt("a data key's id stands twice.");
  return {};
}

Result<Keyring> parse(std::string_view text, std::string_view root) {
  JsonParser parser;
  Result<JsonObject> object = parser.parse_object(text);
  if (!object) return object.error();
  const std::int64_t format = object->integer("format");
  const Suite* const suite = find_suite(object->string("suite"));
  const std::string created(object->string("created"));
  std::vector<JsonObject> elements = object->objects("data_keys");
  if (auto read = object->finish(); !read) return read.error();
  if (format != kFormat) {
    return corrupt("format " + std::to_string(format) +
                   " is not known to this version, which reads " + std::to_string(kFormat) +
                   ": use the version that wrote it.");
  }
  if (suite == nullptr) {
    return corrupt("its suite is not known to this version, which reads intl and gm.");
  }

  Keyring keyring = derive(*suite, root);
  keyring.created = created;
  const Sealer wrapping = wrapping_sealer(*suite, root);
  for (JsonObject& element : elements) {
    if (auto read = read_data_key(element, wrapping, keyring); !read) return read.error();
  }
  if (keyring.active_data_key == 0) return corrupt("no data key is active.");
  return keyring;
}

void add_active_key(Keyring& keyring, const std::string& created_utc) {
  const std::uint32_t id =
      keyring.data_keys.empty() ? kFirstDataKey : keyring.data_keys.rbegin()->first + 1;
  for (auto& [other, key] : keyring.data_keys) {
    if (key.state == DataKeyState::active) key.state = DataKeyState::retiring;
  }
  const Secret secret(random_bytes(32));
  keyring.data_keys[id] = {*hash_from(secret.bytes), DataKeyState::active, created_utc};
  keyring.active_data_key = id;
}

Result<Keyring> write_new(const std::string& directory, const std::string& created_utc,
                          const Suite& suite) {
  if (auto prepared = prepare_key_directory(directory); !prepared) return prepared.error();
  const Secret root(random_bytes(32));
  const Secret root_text(to_hex(root.bytes));
  Keyring keyring = derive(suite, root.bytes);
  keyring.created = created_utc;
  add_active_key(keyring, created_utc);

  auto written = write_key_file(root_path(directory), root_text.bytes);
  if (written) written = write_key_file(keyring_path(directory), render(keyring, root.bytes));
  if (written) written = sync_key_directory(directory);
  if (!written) return written.error();
  return keyring;
}

Result<Secret> read_root(const std::string& directory) {
  Result<std::string> file = read_key_file(root_path(directory));
  if (!file) return file.error();
  const Secret text(std::move(*file));
  std::string_view digits = text.bytes;
  if (digits.ends_with('\n')) digits.remove_suffix(1);  // as an editor or a shell leaves it
  Secret root(from_hex(digits).value_or(std::string()));
  if (root.bytes.size() != 32) {
    return corrupt(root_path(directory) + " does not hold 64 hexadecimal digits.");
  }
  return root;
}

Result<Keyring> read_keyring(const std::string& directory, const Secret& root) {
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

// Reads, changes and replaces keyring.json. `change` is Result<void>(Keyring&).
template <typename Change>
Result<Keyring> replace(const std::string& directory, Change change) {
  if (auto checked = check_key_directory(directory); !checked) return checked.error();
  const auto lock = lock_key_file(root_path(directory));
  if (!lock) return lock.error();
  const auto root = read_root(directory);
  if (!root) return root.error();
  auto keyring = read_keyring(directory, *root);
  if (!keyring) return keyring;
  if (auto changed = change(*keyring); !changed) return changed.error();
  const auto replaced = replace_key_file(keyring_path(directory), render(*keyring, root->bytes));
  if (!replaced) return replaced.error();
  return keyring;
}

}  // namespace

Keyring::~Keyring() {
  OPENSSL_cleanse(index_key.data(), index_key.size());
  OPENSSL_cleanse(cursor_key.data(), cursor_key.size());
  OPENSSL_cleanse(rate_key.secret.data(), rate_key.secret.size());
  OPENSSL_cleanse(audit_key.secret.data(), audit_key.secret.size());
  OPENSSL_cleanse(log_key.data(), log_key.size());
  for (auto& [id, key] : data_keys) OPENSSL_cleanse(key.secret.data(), key.secret.size());
}

std::string_view name(DataKeyState state) {
  switch (state) {
    case DataKeyState::active:
      return "active";
    case DataKeyState::retiring:
      return "retiring";
    case DataKeyState::retired:
      break;
  }
  return "retired";
}

Hash Keyring::log_secret(std::string_view origin, std::string_view scheme,
                         std::string_view log_id) const {
  std::string info(scheme);
  info.append(" ").append(origin).append(" ").append(log_id);
  return hkdf(suite->digest, view(log_key), info);
}

bool Keyring::has_retiring_key() const {
  return std::any_of(data_keys.begin(), data_keys.end(),
                     [](const auto& key) { return key.second.state == DataKeyState::retiring; });
}

Result<Keyring> Keyring::create(const std::string& path, const std::string& created_utc,
                                const Suite& suite) {
  std::string directory = path;
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  if (directory.empty()) {
    return invalid("--keys", "Say where the keyring is to be.", "请指定密钥目录。");
  }
  if (exists(directory)) {
    return Error{ErrorCode::conflict,
                 {},
                 {directory + " holds a keyring already; it is not written over.", {}}};
  }
  if (std::filesystem::exists(directory)) return write_new(directory, created_utc, suite);

  // Made under another name and renamed when whole: a crash leaves nothing that the next start must
  // ask a person about. What an interrupted create left was never used.
  const std::string making = directory + ".making";
  std::error_code failed;
  std::filesystem::remove_all(making, failed);
  auto keyring = write_new(making, created_utc, suite);
  if (!keyring) return keyring;
  std::filesystem::rename(making, directory, failed);
  if (failed) {
    std::error_code ignored;
    std::filesystem::remove_all(making, ignored);  // no keys where nobody looks for them
    return io_error("Cannot rename " + making + ": " + failed.message() + ".");
  }
  const auto synced = sync_key_directory(std::filesystem::path(directory).parent_path());
  if (!synced) return synced.error();
  return keyring;
}

Result<Keyring> Keyring::load(const std::string& directory) {
  if (auto checked = check_key_directory(directory); !checked) return checked.error();
  const auto root = read_root(directory);
  if (!root) return root.error();
  return read_keyring(directory, *root);
}

Result<Keyring> Keyring::add_data_key(const std::string& directory,
                                      const std::string& created_utc) {
  return replace(directory, [&](Keyring& keyring) -> Result<void> {
    add_active_key(keyring, created_utc);
    return {};
  });
}

Result<Keyring> Keyring::retire_data_keys(const std::string& directory) {
  return replace(directory, [](Keyring& keyring) -> Result<void> {
    for (auto& [id, key] : keyring.data_keys) {
      if (key.state == DataKeyState::retiring) key.state = DataKeyState::retired;
    }
    return {};
  });
}

Result<Keyring> Keyring::forget_data_key(const std::string& directory, std::uint32_t id) {
  return replace(directory, [&](Keyring& keyring) -> Result<void> {
    const auto key = keyring.data_keys.find(id);
    const std::string which = "Data key " + std::to_string(id);
    if (key == keyring.data_keys.end()) {
      return Error{ErrorCode::not_found,
                   {},
                   {directory + " holds no data key " + std::to_string(id) + ".", {}}};
    }
    if (key->second.state != DataKeyState::retired) {
      return Error{ErrorCode::conflict,
                   {},
                   {which + " is " + std::string(name(key->second.state)) +
                        ": what it seals would be lost. Only retired keys are forgotten.",
                    {}}};
    }
    keyring.data_keys.erase(key);
    return {};
  });
}

bool Keyring::exists(const std::string& directory) {
  struct stat ignored {};
  return ::stat(keyring_path(directory).c_str(), &ignored) == 0 ||
         ::stat(root_path(directory).c_str(), &ignored) == 0;
}

}  // namespace chayan::crypto
