#include "base/text.h"

#include <simdjson.h>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/uniset.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace chayan {
namespace {

constexpr UChar32 kMiddleDot = 0x00B7;
constexpr std::size_t kSearchKeyBytesMax = 48;

// The character at `at`, which moves behind it; negative for invalid UTF-8.
UChar32 next_character(std::string_view text, std::size_t& at) {
  UChar32 character = 0;
  U8_NEXT(text.data(), at, text.size(), character);
  return character;
}

void append(std::string& out, UChar32 character) {
  char bytes[U8_MAX_LENGTH];
  std::size_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, character);
  out.append(bytes, length);
}

void require_icu(UErrorCode code, const char* what) {
  if (U_FAILURE(code)) throw std::runtime_error(std::string("ICU has no ") + what);
}

std::unique_ptr<icu::Transliterator> make_transliterator(const char16_t* id) {
  UErrorCode code = U_ZERO_ERROR;
  std::unique_ptr<icu::Transliterator> made(
      icu::Transliterator::createInstance(icu::UnicodeString(id), UTRANS_FORWARD, code));
  require_icu(code, "transliterator; install its full data");
  return made;
}

// Traditional to simplified, one character for one. ICU's rules map single characters and none of
// them looks at its neighbours, so a table says the same. It is worth having: ICU runs every
// rule-based transliteration of a process under one mutex (rbt.cpp), which no request should meet.
class SimplifiedTable {
 public:
  static const SimplifiedTable& instance() {
    static const SimplifiedTable table;
    return table;
  }

  UChar32 operator[](UChar32 character) const {
    if (kFirst <= character && character <= kLast) {
      return common_[static_cast<std::size_t>(character - kFirst)];
    }
    const auto found = others_.find(character);
    return found == others_.end() ? character : found->second;
  }

 private:
  static constexpr UChar32 kFirst = 0x3400;  // extension A to the end of the basic block
  static constexpr UChar32 kLast = 0x9FFF;

  SimplifiedTable() : common_(kLast - kFirst + 1) {
    std::iota(common_.begin(), common_.end(), kFirst);
    const auto rules = make_transliterator(u"Traditional-Simplified");
    icu::UnicodeSet sources;
    rules->getSourceSet(sources);
    std::unordered_map<UChar32, UChar32> mapped;
    for (int range = 0; range < sources.getRangeCount(); ++range) {
      for (UChar32 c = sources.getRangeStart(range); c <= sources.getRangeEnd(range); ++c) {
        icu::UnicodeString text(c);
        rules->transliterate(text);
        if (text.countChar32() == 1 && text.char32At(0) != c) mapped[c] = text.char32At(0);
      }
    }
    for (const auto& [from, to] : mapped) set(from, last_of_chain(mapped, from));
  }

  // So that simplifying twice changes nothing. 苎 and 苧 lead to each other: the smaller counts.
  static UChar32 last_of_chain(const std::unordered_map<UChar32, UChar32>& mapped, UChar32 from) {
    std::vector<UChar32> seen = {from};
    for (auto next = mapped.find(from); next != mapped.end(); next = mapped.find(next->second)) {
      const auto before = std::find(seen.begin(), seen.end(), next->second);
      if (before != seen.end()) return *std::min_element(before, seen.end());
      seen.push_back(next->second);
    }
    return seen.back();
  }

  void set(UChar32 from, UChar32 to) {
    if (kFirst <= from && from <= kLast) {
      common_[static_cast<std::size_t>(from - kFirst)] = to;
    } else {
      others_[from] = to;
    }
  }

  std::vector<UChar32> common_;
  std::unordered_map<UChar32, UChar32> others_;
};

UChar32 simplified(UChar32 character) {
  switch (character) {
    case 0x2022:
    case 0x2027:
    case 0x30FB:
      return kMiddleDot;
    default:
      return SimplifiedTable::instance()[character];
  }
}

bool is_dropped(UChar32 character) {
  return u_isUWhiteSpace(character) || u_iscntrl(character);
}

// Characters that normalisation neither changes nor joins with a neighbour of their kind.
bool is_inert_cjk(UChar32 c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x20000 && c <= 0x2A6DF) || c == kMiddleDot || c == 0x2022 || c == 0x2027;
}

// The match form of text that holds ASCII and inert CJK alone; false where it holds anything else.
bool match_form_of_ordinary(std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      ++at;
      if (byte <= ' ' || byte == 0x7F) continue;
      const bool upper = byte >= 'A' && byte <= 'Z';
      out.push_back(static_cast<char>(upper ? byte + ('a' - 'A') : byte));
      continue;
    }
    const UChar32 character = next_character(text, at);
    if (character < 0 || !is_inert_cjk(character)) return false;
    append(out, simplified(character));
  }
  return true;
}

bool code_form_of_ascii(std::string_view text, std::string& out) {
  out.resize(text.size());
  char* end = out.data();
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
    if (c == ' ' || (c >= '\t' && c <= '\r')) continue;
    *end++ = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  out.resize(static_cast<std::size_t>(end - out.data()));
  return true;
}

// One pass of normalising, then dropping and simplifying. Dropping a space can bring characters
// together that normalise further, so one pass is not always the last.
std::string match_form_pass(const std::string& text) {
  UErrorCode code = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(code);
  require_icu(code, "NFKC_Casefold");
  const icu::UnicodeString normal = normalizer->normalize(icu::UnicodeString::fromUTF8(text), code);
  require_icu(code, "normal form of a text");
  std::string out;
  for (int at = 0; at < normal.length(); at = normal.moveIndex32(at, 1)) {
    const UChar32 character = normal.char32At(at);
    if (!is_dropped(character)) append(out, simplified(character));
  }
  return out;
}

std::u32string characters_of(std::string_view text) {
  std::u32string characters;
  for (std::size_t at = 0; at < text.size();) {
    const UChar32 character = next_character(text, at);
    characters.push_back(character < 0 ? U'\uFFFD' : static_cast<char32_t>(character));
  }
  return characters;
}

// Opening "Han-Latin" takes long and running it takes ICU's mutex; names use few different
// characters. So each thread opens its own when it first needs it and remembers what it said.
const std::string& pinyin_of(UChar32 han) {
  thread_local std::unordered_map<UChar32, std::string> known;
  const auto found = known.find(han);
  if (found != known.end()) return found->second;
  thread_local const auto rules = make_transliterator(u"Han-Latin; Latin-ASCII; Lower");
  icu::UnicodeString text(han);
  rules->transliterate(text);
  std::string syllable;
  text.trim().toUTF8String(syllable);
  return known.emplace(han, std::move(syllable)).first->second;
}

// Every suffix of the joined parts that starts where a part starts.
void append_suffixes(const std::vector<std::string>& parts, std::vector<std::string>& keys) {
  for (std::size_t first = 0; first < parts.size(); ++first) {
    std::string joined;
    for (std::size_t i = first; i < parts.size() && joined.size() <= kSearchKeyBytesMax; ++i) {
      joined += parts[i];
    }
    keys.push_back(cut_search_key(joined));
  }
}

// One a thread: opening it costs more than a cell's conversion.
UConverter* gb18030_converter() {
  thread_local const auto converter = [] {
    UErrorCode code = U_ZERO_ERROR;
    std::unique_ptr<UConverter, decltype(&ucnv_close)> made(ucnv_open("gb18030", &code),
                                                            &ucnv_close);
    require_icu(code, "GB18030 converter");
    ucnv_setToUCallBack(made.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &code);
    require_icu(code, "GB18030 converter");
    return made;
  }();
  return converter.get();
}

}  // namespace

void prepare_text() {
  SimplifiedTable::instance();
}

bool is_valid_utf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

std::optional<std::string> from_gb18030(std::string_view bytes) {
  UErrorCode code = U_ZERO_ERROR;
  UConverter* converter = gb18030_converter();
  ucnv_resetToUnicode(converter);
  std::u16string text(bytes.size(), u'\0');  // no byte makes more than one unit
  const auto capacity = static_cast<int32_t>(text.size());
  const int32_t length = ucnv_toUChars(converter, text.data(), capacity, bytes.data(),
                                       static_cast<int32_t>(bytes.size()), &code);
  if (U_FAILURE(code)) return std::nullopt;
  std::string utf8;
  icu::UnicodeString(false, text.data(), length).toUTF8String(utf8);
  return utf8;
}

std::string_view trim(std::string_view text) {
  std::size_t first = 0;
  for (std::size_t at = 0; at < text.size(); first = at) {
    if (!u_isUWhiteSpace(next_character(text, at))) break;
  }
  text.remove_prefix(first);
  while (!text.empty()) {
    std::size_t last = text.size() - 1;
    while (last > 0 && U8_IS_TRAIL(static_cast<std::uint8_t>(text[last]))) --last;
    std::size_t at = last;
    if (!u_isUWhiteSpace(next_character(text, at)) || at != text.size()) break;
    text = text.substr(0, last);
  }
  return text;
}

std::string half_width(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const UChar32 character = next_character(text, at);
    if (character < 0) return std::string(text);
    if (character >= 0xFF01 && character <= 0xFF5E) {
      out.push_back(static_cast<char>(character - 0xFF01 + '!'));
    } else if (character == 0x3000) {
      out.push_back(' ');
    } else {
      append(out, character);
    }
  }
  return std::string(trim(out));
}

std::string code_form(std::string_view text) {
  if (std::string form; code_form_of_ascii(text, form)) return form;
  const std::string narrow = half_width(text);
  std::string out;
  for (std::size_t at = 0; at < narrow.size();) {
    const std::size_t from = at;
    const UChar32 character = next_character(narrow, at);
    if (u_isUWhiteSpace(character)) continue;
    if (character >= 'a' && character <= 'z') {
      out.push_back(static_cast<char>(character - 'a' + 'A'));
    } else {
      out.append(narrow, from, at - from);
    }
  }
  return out;
}

std::size_t turning_bytes(std::string_view text, std::size_t at) {
  const std::string_view character = text.substr(at, 3);
  const bool turns = (character >= "\u202A" && character <= "\u202E") ||
                     (character >= "\u2066" && character <= "\u2069");
  return character.size() == 3 && turns ? 3 : 0;
}

bool has_white_space(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (u_isUWhiteSpace(next_character(text, at))) return true;
  }
  return false;
}

bool has_control_character(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const UChar32 character = next_character(text, at);
    if (character < 0 || u_charType(character) == U_CONTROL_CHAR) return true;
  }
  return false;
}

bool is_code_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const UChar32 character = next_character(text, at);
    const bool printable_ascii = character > ' ' && character < 0x7F;
    if (!printable_ascii && !u_isalnum(character)) return false;
  }
  return !text.empty();
}

std::string match_form(std::string_view text) {
  std::string form;
  form.reserve(text.size());
  if (match_form_of_ordinary(text, form)) return form;
  if (!is_valid_utf8(text)) return {};
  form = text;
  for (std::string next = match_form_pass(form); next != form; next = match_form_pass(form)) {
    form = std::move(next);
  }
  return form;
}

std::vector<std::string> pinyin_syllables(std::string_view text) {
  const std::string form = match_form(text);
  std::vector<std::string> syllables;
  for (std::size_t at = 0; at < form.size();) {
    const std::size_t from = at;
    const UChar32 character = next_character(form, at);
    if (u_hasBinaryProperty(character, UCHAR_IDEOGRAPHIC)) {
      syllables.push_back(pinyin_of(character));
    } else if (u_isalnum(character)) {
      syllables.push_back(form.substr(from, at - from));
    }
  }
  return syllables;
}

std::vector<std::string> search_keys(std::string_view text) {
  const std::string form = match_form(text);
  std::vector<std::string> characters;
  for (std::size_t at = 0; at < form.size();) {
    const std::size_t from = at;
    next_character(form, at);
    characters.push_back(form.substr(from, at - from));
  }
  const std::vector<std::string> syllables = pinyin_syllables(form);
  std::vector<std::string> initials;
  for (const std::string& syllable : syllables) {
    std::size_t length = 0;
    next_character(syllable, length);
    initials.push_back(syllable.substr(0, length));
  }
  std::vector<std::string> keys;
  append_suffixes(characters, keys);
  append_suffixes(syllables, keys);
  append_suffixes(initials, keys);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

std::string cut_search_key(std::string_view text) {
  if (text.size() <= kSearchKeyBytesMax) return std::string(text);
  std::size_t end = kSearchKeyBytesMax;
  while (end > 0 && U8_IS_TRAIL(static_cast<std::uint8_t>(text[end]))) --end;
  return std::string(text.substr(0, end));
}

std::size_t length_in_characters(std::string_view text) {
  if (!is_valid_utf8(text)) return 0;
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return !U8_IS_TRAIL(static_cast<std::uint8_t>(byte));
  }));
}

std::string mask_name(std::string_view name) {
  const std::u32string characters = characters_of(name);
  std::string masked;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const bool is_kept =
        (i == 0 && characters.size() > 1) || (i + 1 == characters.size() && characters.size() > 2);
    append(masked, is_kept ? static_cast<UChar32>(characters[i]) : '*');
  }
  return masked;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  const std::u32string from = characters_of(a);
  const std::u32string to = characters_of(b);
  std::vector<std::size_t> row(to.size() +
                               1);  // distances from a prefix of `from` to those of `to`
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace chayan
