#include "commands/credential_file.h"

#include <algorithm>
#include <set>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "commands/account_name.h"
#include "commands/small_file.h"

namespace chayan::commands {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kIdDigits = 10;
constexpr SmallFileKind kKind = {"credential file", "凭证文件", limits::kCredentialFileBytesMax};

Result<void> check(const Credential& credential) {
  if (!is_account_name(credential.name)) return bad_account_name();
  if (credential.rows_per_day == 0 || credential.rows_per_day > limits::kCredentialRowsPerDayMax) {
    return invalid(
        "rows_per_day",
        "A quota is 1 to " + std::to_string(limits::kCredentialRowsPerDayMax) + " rows a day.",
        "每日额度为 1 至 " + std::to_string(limits::kCredentialRowsPerDayMax) + " 行。");
  }
  if (credential.networks.size() > limits::kCredentialNetworksMax) {
    return invalid(
        "networks",
        "A credential has at most " + std::to_string(limits::kCredentialNetworksMax) + " networks.",
        "允许的网段过多。");
  }
  return {};
}

Hash read_digest(JsonObject& object) {
  const auto hash = hash_from(from_hex(object.string("sha256")).value_or(""));
  if (!hash) {
    object.fail(invalid("sha256", "This must be 64 hexadecimal digits.", "须为64位十六进制数。"));
  }
  return hash.value_or(Hash());
}

Result<Credential> read_credential(JsonObject& object) {
  Credential credential;
  credential.name = object.string("name");
  credential.digest = read_digest(object);
  credential.rows_per_day =
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, object.integer("rows_per_day")));
  if (const auto expires = object.optional_string("expires")) {
    const auto date = Date::parse(*expires, "expires");
    if (!date) return date.error();
    credential.expires = *date;
  }
  for (const std::string_view text : object.strings("networks")) {
    auto network = guard::Network::parse(text, "networks");
    if (!network) return network.error();
    credential.networks.push_back(*network);
  }
  credential.added = object.string("added");
  credential.revoked = object.optional_string("revoked").value_or("");
  if (const auto finished = object.finish(); !finished) return finished.error();
  if (const auto sound = check(credential); !sound) return sound.error();
  return credential;
}

void write_credential(JsonWriter& json, const Credential& credential) {
  json.begin_object().member("added", credential.added);
  if (credential.expires) json.member("expires", credential.expires->text());
  json.member("name", credential.name);
  if (!credential.networks.empty()) {
    json.key("networks").begin_array();
    for (const guard::Network& network : credential.networks) json.string(network.text());
    json.end_array();
  }
  json.optional_member("revoked", credential.revoked);
  json.member("rows_per_day", static_cast<std::int64_t>(credential.rows_per_day));
  json.member("sha256", to_hex(view(credential.digest))).end_object();
}

}  // namespace

std::string Credential::id() const {
  return to_hex(view(digest)).substr(0, kIdDigits);
}

bool Credential::counts(Date today, const guard::Address& client) const {
  bool is_near = networks.empty();
  for (const guard::Network& network : networks) is_near |= network.contains(client);
  const bool is_in_time = !expires || today <= *expires;
  return is_near & is_in_time & revoked.empty();
}

Result<CredentialList> CredentialList::parse(std::string_view text) {
  JsonParser parser;
  auto object = parser.parse_object(text);
  if (!object) return object.error();
  if (object->integer("version") != kVersion) {
    object->fail(invalid("version", "This version is not known here.", "不支持该版本。"));
  }
  CredentialList list;
  std::set<Hash> digests;
  for (JsonObject& one : object->objects("credentials")) {
    auto credential = read_credential(one);
    if (!credential) return credential.error();
    if (!digests.insert(credential->digest).second) {
      return invalid("sha256", "A digest stands twice.", "摘要重复。");
    }
    list.credentials_.push_back(std::move(*credential));
  }
  if (const auto finished = object->finish(); !finished) return finished.error();
  return list;
}

std::string CredentialList::text() const {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("credentials").begin_array();
  for (const Credential& credential : credentials_) write_credential(json, credential);
  json.end_array().member("version", kVersion).end_object();
  text.push_back('\n');
  return text;
}

Result<void> CredentialList::add(Credential credential) {
  if (auto sound = check(credential); !sound) return sound;
  credentials_.push_back(std::move(credential));
  return {};
}

Result<std::size_t> CredentialList::revoke(std::string_view name_or_id, const std::string& now) {
  // A name may look like an id, and who revokes one means no other account.
  const bool is_id = std::any_of(credentials_.begin(), credentials_.end(),
                                 [&](const Credential& one) { return one.id() == name_or_id; });
  std::size_t revoked = 0;
  for (Credential& one : credentials_) {
    if (!one.revoked.empty() || (is_id ? one.id() : one.name) != name_or_id) continue;
    one.revoked = now;
    ++revoked;
  }
  if (revoked > 0) return revoked;
  return Error{ErrorCode::not_found,
               "name",
               {"No credential of this name or id counts; `chayan credentials list` shows all.",
                "没有该名称或编号的有效凭证，可用 chayan credentials list 查看。"}};
}

Result<CredentialList> read_credential_file(const std::string& path) {
  return read_list_file<CredentialList>(path, kKind);
}

Result<void> edit_credential_file(const std::string& path,
                                  const std::function<Result<void>(CredentialList&)>& edit) {
  return edit_list_file<CredentialList>(path, kKind, edit);
}

}  // namespace chayan::commands
