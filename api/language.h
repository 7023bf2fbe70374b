// The language of what people read: Chinese unless the client prefers English.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace chayan::api {

enum class Language { zh, en };

// From Accept-Language (RFC 9110 section 12.5.4), q values honoured; of equals the one named first.
// Chinese where neither is wanted, nothing is said, or the field cannot be parsed.
Language choose_language(std::string_view accept_language);

std::string_view tag(Language language);  // "zh-CN", "en"

inline const std::string& in(Language language, const Message& message) {
  return language == Language::en || message.zh.empty() ? message.en : message.zh;
}

}  // namespace chayan::api
