// Parameters and types that several routes name.
#pragma once

#include <string_view>
#include <vector>

#include "api/route.h"

namespace chayan::api {

// JSON Schemas of parameters.
inline constexpr std::string_view kString = R"({"type":"string"})";
inline constexpr std::string_view kDate = R"({"type":"string","format":"date"})";
inline constexpr std::string_view kLists = R"({"enum":["foreign","dual"]})";
inline constexpr std::string_view kPositive = R"({"type":"integer","minimum":1})";
inline constexpr std::string_view kFromZero = R"({"type":"integer","minimum":0})";
inline constexpr std::string_view kPageLimit = R"({"type":"integer","minimum":1,"maximum":100})";
inline constexpr std::string_view kStates =
    R"({"enum":["effective","in_procedure","not_yet_valid","suspended","expired","revoked",)"
    R"("cancelled","any"],"default":"effective"})";

inline constexpr Parameter kReportCode = {
    "code", kString,
    "28 letters and digits; typing errors are told. It is a secret of holder and bearer: no log "
    "names it."};
inline constexpr Parameter kOn = {"on", kDate,
                                  "The day the answer is for; today in Shanghai if left out."};
inline constexpr Parameter kOccupation = {
    "occupation", kString,
    "Code (4-10-01-05) or name (养老护理员). One that is not recorded is an error that lists the "
    "nearest names."};
inline constexpr Parameter kWorkType = {
    "work_type", kString,
    "Work type of the occupation; lines for the whole occupation match too. Alone it stands for "
    "its occupation."};
inline constexpr Parameter kLevel = {"level", kString, "3, 三级, 高级工 or 高级工（三级）."};
inline constexpr Parameter kCreditCode = {"credit_code", kString,
                                          "Unified social credit code, 18 characters."};
inline constexpr Parameter kQ = {
    "q", kString, "Words to search: characters, pinyin (yanglao) or initials (ylhly)."};

// Of /v1/institutions and of the page that shows the same.
std::vector<Parameter> institution_parameters();
// Of /v1/catalog and of the page that shows the same.
std::vector<Parameter> catalog_parameters();

}  // namespace chayan::api
