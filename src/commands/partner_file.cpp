#include "commands/partner_file.h"

#include <algorithm>
#include <set>

#include "base/json_reader.h"
#include "base/limits.h"
#include "commands/account_name.h"
#include "commands/small_file.h"
#include "domain/change.h"

namespace chayan::commands {
namespace {

constexpr std::int64_t kVersion = 1;

constexpr SmallFileKind kKind = {"partner file", "合作方文件", limits::kPartnerFileBytesMax};

Error no_such_partner() {
  return {ErrorCode::not_found,
          "name",
          {"There is no partner of this name; `chayan partners list` shows all.",
           "没有这个名称的合作方，可用 chayan partners list 查看。"}};
}

PartnerCertificate read_certificate(JsonObject& object) {
  PartnerCertificate certificate;
  const auto hash = hash_from(from_hex(object.string("sha256")).value_or(""));
  if (!hash)
    object.fail(invalid("sha256", "This must be 64 hexadecimal digits.", "须为64位十六进制数。"));
  certificate.fingerprint = hash.value_or(Hash());
  certificate.added = object.string("added");
  certificate.revoked = object.optional_string("revoked").value_or("");
  return certificate;
}

Result<PartnerEntry> read_partner(JsonObject& object) {
  PartnerEntry partner;
  partner.name = object.string("name");
  partner.profile = read_profile(object);
  for (JsonObject& one : object.objects("certificates")) {
    partner.certificates.push_back(read_certificate(one));
    if (const auto finished = one.finish(); !finished) return finished.error();
  }
  if (const auto finished = object.finish(); !finished) return finished.error();
  return partner;
}

void write_partner(JsonWriter& json, const PartnerEntry& partner) {
  json.begin_object().key("certificates").begin_array();
  for (const PartnerCertificate& certificate : partner.certificates) {
    json.begin_object().member("added", certificate.added);
    json.optional_member("revoked", certificate.revoked);
    json.member("sha256", to_hex(view(certificate.fingerprint))).end_object();
  }
  json.end_array();
  write_profile(json, partner.profile);
  json.member("name", partner.name).end_object();
}

}  // namespace

bool PartnerEntry::is_active() const {
  return std::any_of(certificates.begin(), certificates.end(),
                     [](const PartnerCertificate& one) { return one.counts(); });
}

void write_profile(JsonWriter& json, const index::Visibility& profile) {
  if (profile.everything) {
    json.key("all").boolean(true);
    return;
  }
  json.key("fields").begin_array();
  for (const std::string& name : profile.fields) json.string(name);
  json.end_array();
}

index::Visibility read_profile(JsonObject& object) {
  index::Visibility profile;
  profile.everything = object.optional_boolean("all").value_or(false);
  for (const std::string_view name : object.strings("fields")) profile.fields.emplace_back(name);
  if (profile.everything && profile.fields.empty()) return profile;
  if (profile.everything) {
    object.fail(
        invalid("fields", "Both \"all\" and \"fields\" are given.", "all 与 fields 不能并存。"));
    return {};
  }
  auto checked = profile_of_fields(std::move(profile.fields));
  if (checked) return std::move(*checked);
  object.fail(checked.error());
  return {};
}

Result<index::Visibility> profile_of_fields(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const bool known = std::all_of(names.begin(), names.end(), [](const std::string& name) {
    return std::find(kPrivateFields.begin(), kPrivateFields.end(), name) != kPrivateFields.end();
  });
  if (known && !names.empty()) return index::Visibility{false, std::move(names)};
  std::string all;
  for (const std::string_view name : kPrivateFields)
    all.append(all.empty() ? "" : ", ").append(name);
  return invalid("fields", "Choose among the private fields: " + all + ".",
                 "请在以下内部字段中选择：" + all + "。");
}

Result<PartnerList> PartnerList::parse(std::string_view text) {
  JsonParser parser;
  auto object = parser.parse_object(text);
  if (!object) return object.error();
  if (object->integer("version") != kVersion) {
    object->fail(invalid("version", "This version is not known here.", "不支持该版本。"));
  }
  PartnerList list;
  for (JsonObject& one : object->objects("partners")) {
    auto partner = read_partner(one);
    if (!partner) return partner.error();
    list.partners_.push_back(std::move(*partner));
  }
  if (const auto finished = object->finish(); !finished) return finished.error();
  if (const auto sound = list.check(); !sound) return sound.error();
  return list;
}

// What parts of the file have to be to each other, which nothing but an edit by hand can break.
Result<void> PartnerList::check() const {
  std::set<Hash> certificates;
  for (std::size_t i = 0; i < partners_.size(); ++i) {
    if (!is_account_name(partners_[i].name) ||
        (i > 0 && partners_[i - 1].name >= partners_[i].name)) {
      return invalid("name", "Names are letters and digits, ascending, each once.",
                     "名称须为字母或数字，按升序排列且不重复。");
    }
    for (const PartnerCertificate& certificate : partners_[i].certificates) {
      if (!certificates.insert(certificate.fingerprint).second) {
        return invalid("sha256", "A certificate belongs to one partner.",
                       "一张证书只属于一个合作方。");
      }
    }
  }
  return {};
}

std::string PartnerList::text() const {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("partners").begin_array();
  for (const PartnerEntry& partner : partners_) write_partner(json, partner);
  json.end_array().member("version", kVersion).end_object();
  text.push_back('\n');
  return text;
}

PartnerEntry* PartnerList::find(std::string_view name) {
  const auto found = std::find_if(partners_.begin(), partners_.end(),
                                  [&](const PartnerEntry& one) { return one.name == name; });
  return found == partners_.end() ? nullptr : &*found;
}

Result<void> PartnerList::add(std::string_view name, const index::Visibility& profile,
                              const Hash& certificate, const std::string& now) {
  if (!is_account_name(name)) {
    return bad_account_name();
  }
  for (const PartnerEntry& partner : partners_) {
    for (const PartnerCertificate& known : partner.certificates) {
      if (known.fingerprint != certificate) continue;
      return Error{ErrorCode::conflict,
                   "certificate",
                   {"Partner " + partner.name + (known.counts() ? " has" : " had") +
                        " this certificate already; a new one is needed.",
                    "合作方 " + partner.name + " 已登记过这张证书，请改用新的证书。"}};
    }
  }
  PartnerEntry* partner = find(name);
  if (partner != nullptr && partner->is_active() && partner->profile != profile) {
    return Error{ErrorCode::conflict,
                 "fields",
                 {"This partner has another profile; `chayan partners profile` changes it.",
                  "该合作方的字段范围与此不同，请用 chayan partners profile 更改。"}};
  }
  if (partner == nullptr) {
    const auto place = std::find_if(partners_.begin(), partners_.end(),
                                    [&](const PartnerEntry& one) { return one.name > name; });
    partner = &*partners_.insert(place, PartnerEntry{std::string(name), {}, {}});
  }
  partner->profile = profile;
  partner->certificates.push_back({certificate, now, {}});
  return {};
}

Result<void> PartnerList::set_profile(std::string_view name, const index::Visibility& profile) {
  PartnerEntry* partner = find(name);
  if (partner == nullptr) return no_such_partner();
  partner->profile = profile;
  return {};
}

Result<void> PartnerList::revoke(std::string_view name, const std::optional<Hash>& certificate,
                                 const std::string& now) {
  PartnerEntry* partner = find(name);
  if (partner == nullptr) return no_such_partner();
  bool any = false;
  for (PartnerCertificate& one : partner->certificates) {
    if (!one.counts() || (certificate && one.fingerprint != *certificate)) continue;
    one.revoked = now;
    any = true;
  }
  if (any) return {};
  return Error{ErrorCode::not_found,
               "certificate",
               {"This partner has no such certificate that counts; nothing was revoked.",
                "该合作方没有这样的有效证书，未撤销任何证书。"}};
}

Result<PartnerList> read_partner_file(const std::string& path) {
  return read_list_file<PartnerList>(path, kKind);
}

Result<void> edit_partner_file(const std::string& path,
                               const std::function<Result<void>(PartnerList&)>& edit) {
  return edit_list_file<PartnerList>(path, kKind, edit);
}

}  // namespace chayan::commands
