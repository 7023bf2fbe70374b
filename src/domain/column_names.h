// Names of columns as people write them in the header rows of spreadsheets, in Chinese or English.
#pragma once

#include <string>
#include <string_view>

namespace chayan {

// The member that a column of this name holds: 证书编号, certificate_number, CERTIFICATE_NUMBER, or
// both as our own files have them ("证书编号 certificate_number"); also with what forms add to names:
// a remark in parentheses, a star for what must be filled in, a colon. A name that is not known here
// is given back in its match form, for there are columns that only one reader knows.
std::string member_of_column(std::string_view column);

// Whether some Chinese name leads to this member.
bool is_column_member(std::string_view name);

// The Chinese names that lead to it, "证书编号、证书号": for telling people which are known.
std::string column_names_of(std::string_view member);

}  // namespace chayan
