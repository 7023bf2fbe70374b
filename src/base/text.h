// Text as people type it, made comparable. ICU does the work; this header says what is done and in
// which order. All functions are thread-safe. The first match_form of Chinese text in the process
// builds a table from ICU's rules (about 30 ms), the first pinyin_syllables on a thread opens ICU's
// transliterator (about 80 ms): prepare_text() does the first ahead of the first request. Input is
// UTF-8; where it may not be, the function says what it answers.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chayan {

void prepare_text();

bool is_valid_utf8(std::string_view text);  // RFC 3629: no surrogates, no overlong forms

// GB18030 (which contains GBK and GB2312) to UTF-8; nullopt where a byte sequence is not assigned.
std::optional<std::string> from_gb18030(std::string_view bytes);

// Removes white space of any script at both ends (U+3000 too).
std::string_view trim(std::string_view text);

// Full-width ASCII forms and the ideographic space to half-width, then trim: for codes and numbers.
// Invalid UTF-8 is returned unchanged: the format check behind it refuses it.
std::string half_width(std::string_view text);

// half_width without any white space, ASCII letters in upper case: how codes and numbers are
// stored and compared, however they were typed.
std::string code_form(std::string_view text);

// C0, C1 and DEL; also true for invalid UTF-8. What no name and no line of text may hold.
bool has_control_character(std::string_view text);

// Bytes of the character at `at` where it would turn the text beside it round: embeddings, overrides
// and isolates of Unicode's bidirectional algorithm (UAX #9), U+202A-202E and U+2066-2069. Else 0.
std::size_t turning_bytes(std::string_view text, std::size_t at);

// White space of any script (U+00A0 and U+3000 too); false for invalid UTF-8.
bool has_white_space(std::string_view text);

// Letters and digits of any script and printable ASCII but the space, and at least one of them.
bool is_code_text(std::string_view text);

// The form in which names and search words are compared: NFKC (which turns full-width into
// half-width) with case folded and what is not seen removed (controls, joiners, variation
// selectors), outer and inner white space removed, traditional to simplified Chinese, one middle
// dot (U+00B7) for U+2022 U+30FB U+2027 (names of minorities and foreigners). Idempotent. Invalid
// UTF-8 gives an empty string, which equals no stored name.
std::string match_form(std::string_view text);

// Pinyin syllables without tones, lower case, one element a Han character; other letters and digits
// pass as single elements, the rest is dropped: 养老 → {"yang", "lao"}. Characters with several
// readings get ICU's first one.
std::vector<std::string> pinyin_syllables(std::string_view text);

// Everything a search can be a prefix of: each suffix of the match form by character, of the pinyin
// by syllable, and of the initials by letter; each cut by cut_search_key; sorted, without
// duplicates. 养老 → {"l", "lao", "yanglao", "yl", "养老", "老"}.
std::vector<std::string> search_keys(std::string_view text);

// At most 48 bytes of valid UTF-8, cut at a character boundary: a query is cut as the keys are.
std::string cut_search_key(std::string_view text);

// Number of Unicode code points; 0 for invalid UTF-8.
std::size_t length_in_characters(std::string_view text);

// Keeps the first character (of one: none; of two: the first; of more: the first and the last) and
// puts * for the others: 张*, 欧**娜.
std::string mask_name(std::string_view name);

// Characters to insert, remove or replace between two words (Levenshtein); for "did you mean".
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace chayan
