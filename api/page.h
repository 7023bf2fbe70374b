// Pages for people: Mustache templates of api/web/, complete without JavaScript. Values are escaped
// by the template engine; nothing else writes HTML.
#pragma once

#include <kainjow/mustache.hpp>
#include <string_view>

#include "api/endpoint.h"
#include "api/problem.h"

namespace chayan::api {

using PageData = kainjow::mustache::data;

// Renders api/web/<file> inside head.html and foot.html.
void render_page(const Environment& environment, std::string_view file, PageData data,
                 std::string& out);

void write_problem_page(const Environment& environment, const Problem& problem, Language language,
                        http::Response& response);

// The eight levels as options of a select; `chosen` is marked.
PageData level_options(std::string_view chosen);

Result<void> answer_home_page(const Call& call, http::Response& response);

}  // namespace chayan::api
