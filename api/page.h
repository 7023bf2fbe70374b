// Pages for people: Mustache templates of api/web/, complete without JavaScript. Values are escaped
// by the template engine, and lose what would turn the text beside them round; nothing else writes
// HTML.
//
// Both languages stand on each page; the reader's comes first. In templates:
//
//   {{#t}}中文|English{{/t}}         the reader's language, then the other one, marked as such
//   {{#only}}中文|English{{/only}}   the reader's language alone, for attributes, titles and options
//   {{> head.html}} {{> icon-check.svg}}   another file of web/ or web/icons/
//   {{asset.style}}                the name under which style.css is served
//
// A '|' in the value of a variable is none of the template's.
#pragma once

#include <kainjow/mustache.hpp>
#include <span>
#include <string>
#include <string_view>

#include "api/assets.h"
#include "api/endpoint.h"
#include "api/problem.h"

namespace chayan::api {

using PageData = kainjow::mustache::data;

// What templates of every page may use, in both languages. Built once; read-only afterwards, so any
// thread may render with it.
class PageFrame {
 public:
  explicit PageFrame(const Assets& assets);
  const PageData& in(Language language) const { return language == Language::en ? en_ : zh_; }

 private:
  PageData zh_;
  PageData en_;
};

// The part of the site that a page belongs to, which its navigation marks.
enum class Section { none, find, check, data };

// What a page begins with. `title` is for the tab; the heading stands in the template.
PageData page_data(Section section, const Message& title);
// Sets NAME and NAME_en, for {{#t}}{{NAME}}|{{NAME_en}}{{/t}}.
void set_message(PageData& data, const std::string& name, const Message& message);
// Sets NAME and has_NAME; a list or a text that is empty is not there for {{#has_NAME}}.
void set_optional(PageData& data, const std::string& name, std::string_view text);

// Renders api/web/<file>.
void render_page(const Call& call, std::string_view file, const PageData& data,
                 http::Response& response);
// The same for a body that is made while it is sent, when the call is over.
std::string rendered_page(const Environment& environment, Language language, std::string_view file,
                          const PageData& data);

void write_problem_page(const Environment& environment, const Problem& problem, Language language,
                        http::Response& response);
// For a page that can be mended where the fault is: gives the response the problem's status and
// headers, and the page {{#error}} with what is wrong and the id of the control it is about, where
// `controls` has it: an address may hold parameters that the form has no control for.
void set_form_problem(const Call& call, const Error& error,
                      std::span<const std::string_view> controls, PageData& data,
                      http::Response& response);

Result<void> answer_home_page(const Call& call, http::Response& response);
// Says the same to everyone.
Result<void> answer_design_page(const Call& call, http::Response& response);

}  // namespace chayan::api
